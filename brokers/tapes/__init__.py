"""Recorded market data that ships, the script that made it, and the format it is kept in."""
