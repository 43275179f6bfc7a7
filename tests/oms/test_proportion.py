"""The legs of a group are cut together, so that the bet stays the one that was meant."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from oms.decide.decider import Decider
from oms.decide.proportion import in_proportion
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import InstrumentId
from oms.domain.order import OrderTicket, Purpose
from oms.domain.risk import Sizing
from oms.domain.signal import SignalType, TradingSignal
from oms.ports import Declined, RiskGate, Sized
from oms.state import State
from tests.doubles.core import FixedSizer
from tests.oms.examples import AAPL, ACCOUNT, IBM, PAIRS, SIM, Core, D, signal, ticket


def leg(instrument_id: InstrumentId, wanted: str, room: str | None = None) -> Sized:
    """Return a leg as a sizer makes it: cut to the room at the gate, but for one that has none."""
    quantity = wanted if room is None or room == "0" else room
    sizing = Sizing(
        sizer="fixed",
        wanted_qty=D(wanted),
        room_qty=None if room is None else D(room),
        bound_by=None if room is None else "max_position",
    )
    return Sized(ticket(quantity, instrument_id=instrument_id, group_id="G1"), sizing)


def quantities(legs: Sequence[Sized]) -> list[int]:
    return [int(one.ticket.quantity) for one in legs]


@pytest.mark.parametrize(
    ("aapl", "ibm", "fitted"),
    [
        (("30", None), ("90", None), [30, 90]),
        (("30", "10"), ("90", None), [10, 30]),
        (("30", None), ("90", "30"), [10, 30]),
        (("30", "20"), ("90", "30"), [10, 30]),
        (("27", "22"), ("7", None), [22, 5]),  # 5.7 of 7 are five whole ones
    ],
)
def test_the_leg_with_the_least_room_for_what_was_wanted_of_it_sizes_the_others(
    aapl: tuple[str, str | None], ibm: tuple[str, str | None], fitted: list[int]
) -> None:
    legs, text = in_proportion([leg(AAPL, *aapl), leg(IBM, *ibm)], Core().state)

    assert (quantities(legs), text) == (fitted, "")


def test_what_a_leg_was_cut_by_is_on_record() -> None:
    legs, _ = in_proportion([leg(AAPL, "30", "10"), leg(IBM, "90")], Core().state)

    assert [(one.sizing.room_qty, one.sizing.bound_by) for one in legs] == [(D(10), "max_position"), (D(30), "group")]


def test_where_one_leg_has_no_room_the_gate_says_so_of_what_was_wanted() -> None:
    legs, text = in_proportion([leg(AAPL, "30", "10"), leg(IBM, "90", "0")], Core().state)

    assert (quantities(legs), text) == ([10, 90], "")


def test_a_leg_of_which_nothing_would_be_left_ends_the_group() -> None:
    _, text = in_proportion([leg(AAPL, "30", "10"), leg(IBM, "2")], Core().state)

    assert text == "in proportion to the other leg, IBM.XNYS comes to less than a lot"


def test_legs_that_give_back_are_not_made_smaller() -> None:
    legs = [leg(AAPL, "30", "10"), leg(IBM, "90")]
    closing = [Sized(replace(one.ticket, purpose=Purpose.CLOSE), one.sizing) for one in legs]

    assert quantities(in_proportion(closing, Core().state)[0]) == [10, 90]


class Cramped(FixedSizer):
    """A sizer whose gate has room for so much of each instrument."""

    room: dict[str, Decimal]

    def size(
        self, signal: TradingSignal, state: State, gate: RiskGate, beside: Sequence[OrderTicket] = ()
    ) -> Sized | Declined:
        sized = super().size(signal, state, gate, beside)
        room = self.room.get(signal.instrument_id)
        if isinstance(sized, Declined) or room is None:
            return sized
        return Sized(replace(sized.ticket, quantity=room), replace(sized.sizing, room_qty=room, bound_by="room"))


def raised(room: dict[str, Decimal], aapl: int = 10) -> list[ev.Event]:
    """Raise a pair of `aapl` and ten IBM before a gate with so much room."""
    core = Core()
    core.sizer = Cramped(SIM, ACCOUNT)
    core.sizer.room = room
    core.sizer.by_id[AAPL] = D(aapl)
    core.decider = Decider(core.gate, core.sizer)
    opinion = (
        signal(SignalType.BUY, AAPL, strategy_id=PAIRS, group_id="G1"),
        signal(SignalType.SELL, IBM, strategy_id=PAIRS, group_id="G1"),
    )
    return core.put(opinion)


def test_a_pair_leaves_as_large_as_both_legs_would_pass() -> None:
    made = [event.ticket for event in raised({IBM: D(4)}) if isinstance(event, oev.OrderInitialized)]

    assert [(one.instrument_id, one.quantity) for one in made] == [(AAPL, D(4)), (IBM, D(4))]


def test_a_pair_of_which_one_leg_would_be_nothing_is_declined_as_a_whole() -> None:
    events = raised({IBM: D(4)}, aapl=1)

    declined = [event for event in events if isinstance(event, sev.SignalDeclined)]
    assert [one.instrument_id for one in declined] == [AAPL, IBM]
    assert not any(isinstance(event, oev.OrderInitialized) for event in events)
