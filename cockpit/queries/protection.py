"""How a position is protected: where its stops stand, for how much of it, and whether the venue has them.

A stop that is held here works as long as this process does, so a reader must be able to tell the two apart.
"""

from cockpit.queries.plain import Json, number
from oms.domain.position import PositionKey
from oms.domain.units import ZERO
from oms.state import State


def protection(state: State, key: PositionKey) -> Json:
    """Return `{stop_px, quantity, where}`: the nearest stop of a position, the quantity that all of them cover, and
    `venue`, or `soft` where any of it is held here. Null when nothing protects it."""
    stops = state.brackets.protection(key)
    if not stops:
        return None
    long = state.ledger.position(key).quantity > ZERO
    nearest = max if long else min
    return {
        "stop_px": number(nearest(stop.stop_px for stop in stops)),
        "quantity": number(sum((stop.quantity for stop in stops), ZERO)),
        "where": "venue" if all(stop.at_venue for stop in stops) else "soft",
    }
