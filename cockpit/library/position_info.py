"""A position as a script sees it, and several of one symbol as one."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from cockpit.protection import Where, protection_of
from oms.domain.ids import InstrumentId, StrategyId, symbol_of
from oms.domain.order import Side
from oms.domain.position import Position
from oms.domain.units import ZERO, Price, Quantity
from oms.exits import behind
from oms.state import State


class PositionSide(StrEnum):
    """Which way a position lies."""

    LONG = "LONG"
    SHORT = "SHORT"
    FLAT = "FLAT"


class PositionInfo(Struct, frozen=True, kw_only=True):
    """What is held of one instrument, and what it makes. Money is in the instrument's currency, before fees.

    `quantity` is not negative, `side` says the way. What a price or a cost is missing for is None. The stop and the
    target are of the orders that wait to give it back: those trade, whether anybody asks here or not. The stop is the
    worst of them, so that all `stop_loss_quantity` is given back there or before; the target is the nearest.
    `stop_loss_at_venue` says that the venue has all of the stops: what it does not have works as long as the session.
    """

    symbol: str
    instrument_id: InstrumentId
    strategy_ids: tuple[StrategyId, ...]  # whose it is; several where positions were merged
    side: PositionSide
    quantity: Quantity
    multiplier: Decimal
    avg_entry_price: Decimal | None  # exact, so it may lie between two ticks
    current_price: Price | None
    realized_pnl: Decimal
    stop_loss_price: Price | None = None
    stop_loss_quantity: Quantity = ZERO
    stop_loss_at_venue: bool = False
    take_profit_price: Price | None = None

    def should_stop_loss(self) -> bool:
        """Tell whether the current price has come to the stop."""
        return self._has_come_to(self.stop_loss_price, gain=-1)

    def should_take_profit(self) -> bool:
        """Tell whether the current price has come to the target."""
        return self._has_come_to(self.take_profit_price, gain=1)

    def _has_come_to(self, level: Price | None, *, gain: int) -> bool:
        """Tell whether the price is at a level or past it, on the side where the position gains (1) or loses (-1)."""
        if self.current_price is None or level is None or self.is_closed:
            return False
        return (self.current_price - level) * self.signed_quantity * gain >= ZERO

    @property
    def signed_quantity(self) -> Quantity:
        """The quantity with its direction: positive is long."""
        return -self.quantity if self.side is PositionSide.SHORT else self.quantity

    @property
    def position_value(self) -> Decimal | None:
        """The signed worth at the current price."""
        return None if self.current_price is None else self.signed_quantity * self.current_price * self.multiplier

    @property
    def unrealized_pnl(self) -> Decimal | None:
        """What closing it at the current price would make."""
        value, cost = self.position_value, _cost(self)
        return None if value is None or cost is None else value - cost

    @property
    def unrealized_pnl_percent(self) -> Decimal | None:
        """The same in percent of what it cost: 2.5 is two and a half percent."""
        profit, cost = self.unrealized_pnl, _cost(self)
        return None if profit is None or not cost else profit / abs(cost) * 100

    @property
    def is_closed(self) -> bool:
        """Whether nothing is held any more."""
        return not self.quantity


def to_position_info(position: Position, state: State) -> PositionInfo:
    """Return a position in a script's words, at the mark of now."""
    key, mark = position.key, state.marks.get(position.key.instrument_id)
    stop = protection_of(position, state)
    return PositionInfo(
        symbol=symbol_of(key.instrument_id),
        instrument_id=key.instrument_id,
        strategy_ids=(key.strategy_id,),
        side=_side(position.quantity),
        quantity=abs(position.quantity),
        multiplier=position.multiplier,
        avg_entry_price=position.avg_px,
        current_price=mark.px if mark is not None else None,
        realized_pnl=position.realized,
        stop_loss_price=stop.worst_px if stop is not None else None,
        stop_loss_quantity=stop.quantity if stop is not None else ZERO,
        stop_loss_at_venue=stop is not None and stop.where is Where.VENUE,
        take_profit_price=_lowest(_targets(position, state), position.quantity),
    )


def merge_positions(positions: Sequence[PositionInfo]) -> PositionInfo | None:
    """Return several positions of one instrument as one, None for none.

    The entry price is the sum of what they cost over the sum of what they hold: 100 at 150 and 50 at 160 are 150 at
    153.33. Where they lie both ways, it is the price at which closing what is left breaks even.

    Raises:
        ValueError: they are of different instruments.
    """
    if not positions:
        return None
    first = positions[0]
    if any(position.instrument_id != first.instrument_id for position in positions):
        msg = f"positions of {first.instrument_id} and of another instrument cannot be merged"
        raise ValueError(msg)
    net = sum((position.signed_quantity for position in positions), ZERO)
    costs = [_cost(position) for position in positions]
    known = [cost for cost in costs if cost is not None]
    whole = sum(known, ZERO) if len(known) == len(costs) else None
    alike = [position for position in positions if position.side is _side(net)]
    stopped = [position for position in alike if position.stop_loss_price is not None]
    return PositionInfo(
        symbol=first.symbol,
        instrument_id=first.instrument_id,
        strategy_ids=tuple(dict.fromkeys(name for position in positions for name in position.strategy_ids)),
        side=_side(net),
        quantity=abs(net),
        multiplier=first.multiplier,
        avg_entry_price=whole / (net * first.multiplier) if net and whole is not None else None,
        current_price=first.current_price,
        realized_pnl=sum((position.realized_pnl for position in positions), ZERO),
        stop_loss_price=_lowest([position.stop_loss_price for position in stopped], net),
        stop_loss_quantity=min(sum((position.stop_loss_quantity for position in stopped), ZERO), abs(net)),
        stop_loss_at_venue=bool(stopped) and all(position.stop_loss_at_venue for position in stopped),
        take_profit_price=_lowest([position.take_profit_price for position in alike], net),
    )


def _targets(position: Position, state: State) -> list[Price | None]:
    """Return where orders wait that give it back at a gain, a bracket's or by hand."""
    if not position.quantity:
        return []
    side = Side.SELL if position.quantity > ZERO else Side.BUY
    waiting = (cover.order for cover in behind(state, position.key, side, stops=False))
    return [order.ticket.limit_px for order in waiting if not order.is_closed]


def _lowest(prices: Sequence[Price | None], signed: Quantity) -> Price | None:
    """Return the price at which the least is made: of stops the worst, of targets the nearest. None without any."""
    known = [px for px in prices if px is not None]
    return (min if signed > ZERO else max)(known, default=None)


def _side(signed: Quantity) -> PositionSide:
    if not signed:
        return PositionSide.FLAT
    return PositionSide.LONG if signed > ZERO else PositionSide.SHORT


def _cost(position: PositionInfo) -> Decimal | None:
    """Return the signed cost; None when it is not known."""
    if position.is_closed:
        return ZERO
    if position.avg_entry_price is None:
        return None
    return position.signed_quantity * position.avg_entry_price * position.multiplier
