"""A slice of the state: what it keeps, and which of its methods counts which kind of event in.

A slice names a method for each kind that changes it. So an event goes to those it concerns and to nobody else, and no
method asks what it was given: what the fold of a journal costs is the work on its numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from oms.domain.units import Nanos

Applier: TypeAlias = Callable[[Any, Nanos], None]  # counts in an event of the kind it stands for, at engine time
Appliers: TypeAlias = Mapping[type, Applier]


class Slice(Protocol):
    """A part of the state, changed by events alone."""

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        ...
