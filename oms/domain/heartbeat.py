"""A sign of life: what a venue says when it has nothing to say."""

from msgspec import Struct


class Heartbeat(Struct, frozen=True, gc=False):
    """The venue is there [35=0]. It is no input of the engine; whoever keeps the link counts on it."""
