"""How a position is protected, for programs: where it would be given back, how much of it, and whether the venue knows.

A stop that is held here works as long as this process does, so a reader must be able to tell the two apart.
"""

from cockpit.protection import protection_of
from cockpit.queries.plain import Json, number
from oms.domain.position import Position
from oms.state import State


def protection(position: Position, state: State) -> Json:
    """Return `{stop_px, quantity, where}`: the worst price at which a position would be given back, for how much of it
    there are stops, and `venue`, `soft` where any of them is held here, `sent` where any is on its way and protects
    nothing yet, or `unknown` where of any the venue says nothing. Null when there is none."""
    found = protection_of(position, state)
    if found is None:
        return None
    return {
        "stop_px": number(found.worst_px),
        "quantity": number(found.quantity),
        "where": found.where.value,
    }
