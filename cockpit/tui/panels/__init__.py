"""One file for each panel: the rows it makes of the state, and the keys it offers."""
