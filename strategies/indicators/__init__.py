"""Numbers a strategy reads off its bars: incremental, of constant memory, and never NaN. One word, one file."""
