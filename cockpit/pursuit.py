"""What goes on with a flatten whose cancels were not confirmed while somebody waited for them.

What protects a position has made way by then, or is about to, so the position is open to the market from the moment at
which its venue answers. Nobody may be there at that moment, and time may stand still until then: on a recorded tape no
venue answers while the tape is held. So whoever was told that it takes longer need not come back for it. As soon as
nothing of the flatten is under way any more the core is asked anew, and the close leaves at the instant of the answer.
Asking once more meanwhile is harmless, for the core never closes twice.

It is given up, and what made way comes back, when somebody stops trading, when the venue refuses a cancel, when the
answer comes so late that the market may be another one, and after some rounds. A close that comes to nothing gives back
by itself in the core; so does a link that is made anew, and a restart, which knows nothing of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from oms.blotter import net_key
from oms.bus import Bus
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain.ids import GATE, InstrumentId, StrategyId
from oms.domain.order import Order, OrderStatus
from oms.domain.units import MINUTE, ZERO, Nanos
from oms.state import State

LATEST: Final = 5 * MINUTE  # of engine time after it was asked for: what is answered later closes nothing
ROUNDS: Final = 6
_CANCELING: Final = OrderStatus.PENDING_CANCEL
_ENDS: Final = (oev.OrderFilled, oev.OrderCanceled, oev.OrderExpired, oev.OrderRejected, oev.OrderUnfound)


@dataclass
class _Chase:
    """One flatten that goes on: until when, the last record before it was last asked for, and how often that was."""

    until: Nanos
    seq: int
    rounds: int = 0


class Pursuit:
    """The flattens of one session that wait for a venue. `put` asks the core, and nobody waits for its answer."""

    def __init__(self, bus: Bus, state: State, put: Callable[[do.Command], None]) -> None:
        self._state = state
        self._put = put
        self._chases: dict[do.FlattenPosition, _Chase] = {}
        bus.subscribe(self._on_order, *_ENDS)
        bus.subscribe(self._on_refusal, oev.OrderCancelRejected)
        bus.subscribe(self._on_halted, ev.TradingHalted)
        bus.subscribe(self._on_broker_lost, ev.BrokerDisconnected)

    def begin(self, command: do.FlattenPosition) -> bool:
        """Go on with a flatten if a venue owes it an answer; return whether it does."""
        canceling = [one for one in self._under_way(command) if one.status is _CANCELING and self._is_in_the_way(one)]
        owes = any(self._state.runs.links.get(one.ticket.broker) == "" for one in canceling)
        if owes:
            self._chases[command] = _Chase(until=self._state.ts + LATEST, seq=self._state.seq)
        return owes

    def _on_order(self, record: ev.Record) -> None:
        for command, chase in tuple(self._chases.items()):
            order = self._state.blotter.orders[record.event.client_order_id]  # type: ignore[union-attr]
            is_news = order.is_closed and record.seq > chase.seq
            if is_news and _means(command, order.ticket.instrument_id, order.ticket.strategy_id):
                self._go_on(command, chase, order, record.ts)

    def _go_on(self, command: do.FlattenPosition, chase: _Chase, ended: Order, ts: Nanos) -> None:
        """Take the next step after an order has ended, if that was the last that was waited for."""
        if self._under_way(command):
            return
        held = any(_means(command, key.instrument_id, key.strategy_id) for key in self._state.ledger.open)
        if not held or (ended.confirmed and ended.status is not OrderStatus.FILLED):
            del self._chases[command]
        elif ts > chase.until or chase.rounds == ROUNDS:
            self._give_up(command)
        else:
            chase.rounds, chase.seq = chase.rounds + 1, self._state.seq
            self._put(command)

    def _on_refusal(self, record: ev.Record) -> None:
        for command in tuple(self._chases):
            ticket = self._state.blotter.orders[record.event.client_order_id].ticket  # type: ignore[union-attr]
            if _means(command, ticket.instrument_id, ticket.strategy_id):
                self._give_up(command)

    def _on_halted(self, record: ev.Record) -> None:
        """A stop takes back the flattens before it; a limit asks for just what they do."""
        if isinstance(record.event, ev.TradingHalted) and record.event.actor != GATE:
            for command in tuple(self._chases):
                self._give_up(command)

    def _on_broker_lost(self, _record: ev.Record) -> None:
        """The link that is made anew brings back what made way."""
        self._chases.clear()

    def _give_up(self, command: do.FlattenPosition) -> None:
        del self._chases[command]
        self._put(do.RenewProtection(actor=command.actor))

    def _is_in_the_way(self, order: Order) -> bool:
        """Tell whether an order may close what is held, so that the core closes nothing there before it is gone."""
        net = net_key(order.ticket)
        return any(
            position.quantity * order.ticket.side.sign < ZERO
            for key, position in self._state.ledger.open.items()
            if (key.broker, key.account, key.instrument_id) == net
        )

    def _under_way(self, command: do.FlattenPosition) -> list[Order]:
        """Return what of a flatten is not over: the cancels that are not confirmed, and its own orders."""
        return [
            one
            for one in self._state.blotter.open.values()
            if (one.status is _CANCELING or one.confirmed)
            and _means(command, one.ticket.instrument_id, one.ticket.strategy_id)
        ]


def _means(command: do.FlattenPosition, instrument_id: InstrumentId, strategy_id: StrategyId) -> bool:
    return command.instrument_id in (None, instrument_id) and command.strategy_id in (None, strategy_id)
