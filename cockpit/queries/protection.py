"""How a position is protected, for programs: where it would be given back, how much of it, and whether the venue knows.

A stop that is held here works as long as this process does, so a reader must be able to tell the two apart.
"""

from cockpit.protection import protection_of
from cockpit.queries.plain import Json, number
from oms.domain.position import Position
from oms.state import State


def protection(position: Position, state: State) -> Json:
    """Return `{stop_px, quantity, where}`: the worst price at which a position would be given back, for how much of it
    there are stops, and `venue`, or `soft` where any of it is held here. Null when nothing protects it."""
    found = protection_of(position, state)
    if found is None:
        return None
    return {
        "stop_px": number(found.worst_px),
        "quantity": number(found.quantity),
        "where": "venue" if found.at_venue else "soft",
    }
