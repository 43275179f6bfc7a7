"""The emergency stop's own ways in: a signal, a file, a socket and the keys, none of which needs the loop."""
