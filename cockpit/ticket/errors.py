"""What is wrong with what was typed."""


class TicketError(ValueError):
    """A field cannot be meant; the message is one line to stand beside it."""
