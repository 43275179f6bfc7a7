"""What cannot be done now: said to whoever asked, and recorded."""

from oms.domain import commands as do
from oms.domain import events as ev


def refusal(command: do.Command, text: str) -> ev.CommandRefused:
    """Return the event that refuses a command, with the reason in words."""
    return ev.CommandRefused(actor=command.actor, command=type(command).__name__, text=text)
