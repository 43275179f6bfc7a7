"""The local socket of a running session: verbs in, records out."""
