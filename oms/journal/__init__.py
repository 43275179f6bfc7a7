"""The append-only record of everything that happened, and the codec it is written in."""
