"""One file for each risk rule, named after it. A rule that cannot judge denies."""
