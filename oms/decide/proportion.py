"""The legs of a group in proportion: where there is no room for all of one leg, the others are smaller by as much.

What a sizer wants of the legs is the bet, so many of the one against so many of the other. Cut one by one to what the
gate has room for they would be another bet. So all of them shrink as the one that has the least room for what was
wanted of it. What only shrinks passes wherever the larger did. Where a leg has no room at all nothing is changed: the
gate denies it, in its own words, and the others with it.
"""

from msgspec.structs import replace

from oms.domain.order import Purpose
from oms.domain.risk import GROUP
from oms.ports import Sized
from oms.state import State


def in_proportion(legs: list[Sized], state: State) -> tuple[list[Sized], str]:
    """Return the openings of one group as they were wanted of each other, in whole lots, and why there can be none, in
    words. Legs that give back are as large as what is held, and stay so."""
    cut = [leg for leg in legs if leg.ticket.quantity < leg.sizing.wanted_qty]
    if not cut or any(_has_no_room(leg, state) or leg.ticket.purpose is not Purpose.OPEN for leg in legs):
        return legs, ""
    least = min(cut, key=lambda leg: leg.ticket.quantity / leg.sizing.wanted_qty)
    fitted = [_fitted(leg, least, state) for leg in legs]
    gone = [leg.ticket.instrument_id for leg in fitted if not leg.ticket.quantity]
    return fitted, f"in proportion to the other leg, {gone[0]} comes to less than a lot" if gone else ""


def _has_no_room(leg: Sized, state: State) -> bool:
    room = leg.sizing.room_qty
    return room is not None and room < state.instruments.by_id[leg.ticket.instrument_id].lot


def _fitted(leg: Sized, least: Sized, state: State) -> Sized:
    """Return a leg of the size that the one with the least room leaves it, and what bound it."""
    wanted = leg.sizing.wanted_qty * least.ticket.quantity / least.sizing.wanted_qty
    quantity = state.instruments.by_id[leg.ticket.instrument_id].floor_quantity(wanted)
    if quantity >= leg.ticket.quantity:
        return leg
    sizing = replace(leg.sizing, room_qty=quantity, bound_by=GROUP)
    return Sized(replace(leg.ticket, quantity=quantity), sizing)
