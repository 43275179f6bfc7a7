"""One file for each way to turn a signal into a quantity."""
