"""One frozen screen, written as files that need nothing to be read."""
