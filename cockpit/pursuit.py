"""What goes on with a flatten that was not over while somebody waited for it: a cancel was not confirmed, or what is
to close has traded in part.

What protects a position has made way by then, or is about to, so the position is open to the market from the moment at
which its venue answers; and where the close of one of two that hold against each other has traded, so is the other.
Nobody may be there at that moment, and time may stand still until then: on a recorded tape nothing is answered and
nothing trades while the tape is held. So whoever was told that it takes longer need not come back for it. As soon as
nothing of the flatten is under way any more in an instrument the core is asked anew, and the close leaves at that
instant. Asking once more meanwhile is harmless, for the core never closes twice.

It is given up, and what made way comes back, when somebody stops trading, when the venue refuses a cancel, when a close
comes to nothing, when the answer to a cancel comes so late that the market may be another one, and after some rounds.
An order of its own that works has been answered, and is waited for as long as it works, which is its day at most: what
it has left of the others' shares is the flatten's own doing. A link that is made anew gives back as well, and so does a
restart, which only says of a flatten that it was cut off. Whichever way it ends, whoever listens is told: who asked for
it has long been told only that it takes longer.

A close that is still on its way when nobody goes on with its flatten any more keeps off the stops of its share, for
both would trade. It may be of a part of that share, so once it has ended what is left gets them back.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from cockpit.meant import End, held_of, is_at, is_in_the_way, means, under_way
from oms.blotter import position_key
from oms.bus import Bus
from oms.decide.flatten import FLATTENS
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE, BrokerId, InstrumentId, short_id
from oms.domain.order import Order, OrderStatus
from oms.domain.units import MINUTE, Nanos
from oms.state import State

LATEST: Final = 5 * MINUTE  # of engine time after it was asked for: what is answered later closes nothing
ROUNDS: Final = 6  # in one instrument
STOPPED: Final = "trading was stopped"
_LATE: Final = f"no answer within {LATEST // MINUTE} minutes"
_CUT_OFF: Final = "it was cut off when the last run ended"
_SILENCE: Final = (oev.OrderFlagged, oev.OrderQueried, oev.OrderPendingCancel)  # come again and again without an answer
_ENDS: Final = (oev.OrderFilled, oev.OrderCanceled, oev.OrderExpired, oev.OrderRejected, oev.OrderUnfound)


@dataclass
class _Chase:
    """One flatten that goes on: until when, the last record before it was last asked for, and how often it was because
    of each instrument."""

    until: Nanos
    seq: int
    rounds: Counter[InstrumentId] = field(default_factory=Counter)


class Pursuit:
    """The flattens of one session that wait for a venue. `put` asks the core, and nobody waits for its answer."""

    def __init__(self, bus: Bus, state: State, put: Callable[[do.Command], None]) -> None:
        self._state = state
        self._put = put
        self._chases: dict[do.FlattenPosition, _Chase] = {}
        self._attended: list[do.FlattenPosition] = []
        self._listeners: list[Callable[[End], None]] = []
        bus.subscribe(self._on_order, *_ENDS)
        bus.subscribe(self._on_silence, *_SILENCE)
        bus.subscribe(self._on_refusal, oev.OrderCancelRejected)
        bus.subscribe(self._on_denial, oev.OrderDenied, ev.CommandRefused)
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_broker_lost, ev.BrokerDisconnected)

    @contextmanager
    def attended(self, command: do.FlattenPosition) -> Iterator[None]:
        """While somebody waits for a flatten and asks for its next step, nothing is given back of it here."""
        self._attended.append(command)
        try:
            yield
        finally:
            self._attended.remove(command)

    def begin(self, command: do.FlattenPosition) -> bool:
        """Go on with a flatten if a venue owes it an answer, or an order of its own works; return whether it does."""
        waits = [one for one in under_way(self._state, command) if one.confirmed or is_in_the_way(self._state, one)]
        owes = any(self._state.runs.links.get(one.ticket.broker) == "" for one in waits)
        if owes:
            self._chases[command] = _Chase(until=self._state.ts + LATEST, seq=self._state.seq)
        return owes

    def listen(self, listener: Callable[[End], None]) -> None:
        """Tell `listener` of each flatten that went on and is over, at the record that ends it."""
        self._listeners.append(listener)

    def tell_cut_off(self, instrument_ids: Sequence[InstrumentId]) -> None:
        """Tell of the flattens that an earlier run left: nobody goes on with them."""
        for command in [do.FlattenPosition(actor=GATE, instrument_id=one) for one in instrument_ids]:
            if held_of(self._state, command):
                self._tell(End(command, _CUT_OFF))

    def _on_order(self, record: ev.Record) -> None:
        order = self._state.blotter.orders[record.event.client_order_id]  # type: ignore[union-attr]
        if not order.is_closed:
            return
        for command, chase in tuple(self._chases.items()):
            if record.seq > chase.seq and means(command, order.ticket.instrument_id, order.ticket.strategy_id):
                self._go_on(command, chase, order, record.ts)
        made_way = self._state.brackets.aside.of(position_key(order.ticket))
        if order.confirmed and made_way and not self._is_pursued(order):
            self._put(do.RenewProtection(actor=GATE))

    def _is_pursued(self, order: Order) -> bool:
        """Tell whether somebody goes on with what an order was a part of."""
        return any(
            means(command, order.ticket.instrument_id, order.ticket.strategy_id)
            for command in (*self._attended, *self._chases)
        )

    def _go_on(self, command: do.FlattenPosition, chase: _Chase, ended: Order, ts: Nanos) -> None:
        """Take the next step after an order has ended, if that was the last that was waited for in its instrument."""
        instrument_id = ended.ticket.instrument_id
        if ended.confirmed:
            chase.until = max(chase.until, ts + LATEST)
        waits, held = under_way(self._state, command), held_of(self._state, command)
        if not held and not waits:
            self._end(command)
            return
        if any(one.ticket.instrument_id == instrument_id for one in waits) or (waits and instrument_id not in held):
            return  # it is not the last of its instrument, or nothing is left there
        if ended.confirmed and ended.status is not OrderStatus.FILLED:
            why = f": {ended.text}" if ended.text else ""
            self._give_up(command, f"order {short_id(ended.client_order_id)} is {ended.status}{why}")
        elif ts > chase.until and not any(one.confirmed for one in waits):
            self._give_up(command, _LATE)
        elif chase.rounds[instrument_id] == ROUNDS:
            self._give_up(command, f"it has not come to an end in {ROUNDS} rounds")
        else:
            chase.rounds[instrument_id] += 1
            chase.seq = self._state.seq
            self._put(command)

    def _on_denial(self, record: ev.Record) -> None:
        """The gate lets a step not pass, or there is none that could be taken."""
        event = record.event
        if isinstance(event, oev.OrderDenied):
            order = self._state.blotter.orders[event.client_order_id]
            if order.ticket.reason.startswith(FLATTENS):
                self._stuck(f"order {short_id(event.client_order_id)} is DENIED: {event.text}")
        elif isinstance(event, ev.CommandRefused) and event.command == do.FlattenPosition.__name__:
            self._stuck(event.text)

    def _stuck(self, why: str) -> None:
        for command in tuple(self._chases):
            if not under_way(self._state, command):
                self._give_up(command, why)

    def _on_silence(self, record: ev.Record) -> None:
        """What is still not answered is waited for no longer than what is answered late."""
        for command, chase in tuple(self._chases.items()):
            if record.ts > chase.until and not any(one.confirmed for one in under_way(self._state, command)):
                self._give_up(command, _LATE)

    def _on_refusal(self, record: ev.Record) -> None:
        for command in tuple(self._chases):
            order = self._state.blotter.orders[record.event.client_order_id]  # type: ignore[union-attr]
            if means(command, order.ticket.instrument_id, order.ticket.strategy_id):
                self._give_up(command, f"the venue refuses to cancel order {short_id(order.client_order_id)}")

    def _on_halted(self, record: ev.Record) -> None:
        """A stop takes back the flattens before it; a limit asks for just what they do."""
        if isinstance(record.event, ev.TradingHalted) and record.event.actor != GATE:
            for command in tuple(self._chases):
                self._give_up(command, STOPPED)

    def _on_broker_lost(self, record: ev.Record) -> None:
        """The link that is made anew brings back what made way there. A flatten of nothing there goes on."""
        broker: BrokerId = record.event.broker  # type: ignore[union-attr]
        for command in tuple(self._chases):
            if is_at(self._state, broker, command):
                self._end(command, f"the link to {broker} was lost")

    def _give_up(self, command: do.FlattenPosition, why: str) -> None:
        if self._state.brackets.aside:
            self._put(do.RenewProtection(actor=command.actor))
        self._end(command, why)

    def _end(self, command: do.FlattenPosition, why: str = "") -> None:
        if self._chases.pop(command, None) is None:  # a listener may have asked for the end of it before
            return
        self._tell(End(command, why))

    def _tell(self, end: End) -> None:
        for listener in self._listeners:
            listener(end)
