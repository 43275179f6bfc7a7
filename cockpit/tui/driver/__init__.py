"""The driver that sends only changed cells."""
