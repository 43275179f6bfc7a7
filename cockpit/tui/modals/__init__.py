"""One file for each question put to the human; every one returns a typed answer."""
