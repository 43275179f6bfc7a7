"""What came of an emergency stop, and of a flatten, each in one line.

Of a stop: the gate, each venue with its milliseconds, what stays, what is next. Of a flatten: flat is said only when
nothing that was meant is held any more, by anyone.
"""

from collections.abc import Sequence
from typing import Final

from cockpit import format as fmt
from cockpit.aftermath import Cancels
from cockpit.flatten import Flattened, still_held
from cockpit.session import Session
from cockpit.tui.keymap import Keymap
from cockpit.tui.said import PART, Said
from oms.domain.ids import BrokerId, InstrumentId, StrategyId, symbol_of
from oms.domain.order import OrderStatus
from oms.domain.position import Position
from oms.domain.text import sanitize
from oms.state import State

NAMED: Final = 2  # positions that are named one by one


def said_of(session: Session, keymap: Keymap) -> Said | None:
    """Return what has come of the newest stop so far; None without one, or when trading was resumed."""
    aftermath = session.aftermath
    if aftermath.stop is None:
        return None
    venues = aftermath.venues()
    held = len(session.state.ledger.open)  # as the panel counts them: what one strategy holds is one
    told = [
        f"STOPPED in {_ms(aftermath.gate_secs)}: {', '.join(_venue(*venue) for venue in venues.items()) or 'no venue'}"
    ]
    if (failed := session.latch.file_error) is not None:
        told.append(f"latch file: {failed}")
    if (kept := len(aftermath.kept())) and aftermath.journaled_secs is not None:
        told.append(fmt.staying(kept, "protective order"))
    flattens = [f"{keymap.shown('positions.flatten')} flattens"] if held else []
    stay = fmt.staying(held, "position") if held else "no positions"
    told += [stay, *flattens, f"{keymap.shown('trading.resume')} resumes"]
    return Said(sanitize(PART.join(told)), "warn" if aftermath.is_settled else "danger")


def flattened(
    state: State, done: Flattened, instrument_id: InstrumentId | None = None, strategy_id: StrategyId | None = None
) -> Said:
    """Return what has come of a flatten of an instrument, or of all, or of one strategy's share."""
    orders = [state.blotter.orders[order_id] for order_id in done.sent if order_id in state.blotter.orders]
    filled = sum(order.status is OrderStatus.FILLED for order in orders)
    working = any(not order.is_closed for order in orders)
    held = still_held(state, instrument_id, strategy_id)
    done_yet = "FLATTENED" if not held else "FLATTENING" if working else "NOT FLAT"
    told = [f"{done_yet}: {fmt.count(filled)}/{fmt.count(len(orders))} orders filled"]
    if held:
        told.append(f"{_staying(held, state)}{' until the rest trades' if working else ''}")
    else:
        of = f" of {strategy_id}" if strategy_id is not None else ""
        told.append("no positions" if instrument_id is None else f"{symbol_of(instrument_id)}{of} is flat")
        others = still_held(state, instrument_id) if strategy_id is not None else ()
        told += [_staying(others, state)] if others else []
    told += [f"{fmt.plural(len(done.denied), 'order')} denied"] if done.denied else []
    told += [done.refused] if done.refused else []
    return Said(sanitize(PART.join(told)), "danger" if held else "warn")


def _staying(held: Sequence[Position], state: State) -> str:
    """Return `AAPL LONG 19 of manual stays`, or how many do."""
    if len(held) > NAMED:
        return fmt.staying(len(held), "position")
    lots = {one.key: state.instruments.by_id[one.key.instrument_id].lot for one in held}
    names = [
        f"{symbol_of(one.key.instrument_id)} {fmt.holding(one.quantity, lots[one.key])} of {one.key.strategy_id}"
        for one in held
    ]
    return f"{' and '.join(names)} {'stays' if len(held) == 1 else 'stay'}"


def _venue(broker: BrokerId, cancels: Cancels) -> str:
    """Return `sim 3/3 canceled in 4 ms`, or how far it has come and why no further."""
    if not cancels.asked:
        return f"{broker} {cancels.obstacle or 'had none to cancel'}"
    if not cancels.waiting:
        return f"{broker} {_of(cancels.asked, cancels)} canceled in {_ms(cancels.confirmed_secs)}"
    handed = f"{fmt.count(cancels.handed)} handed over in {_ms(cancels.handed_secs)}"
    silent = f" and {cancels.obstacle}" if cancels.obstacle else ""
    return f"{broker} {_of(cancels.confirmed, cancels)} canceled, {handed}{silent}"


def _of(number: int, cancels: Cancels) -> str:
    return f"{fmt.count(number)}/{fmt.count(cancels.asked)}"


def _ms(secs: float) -> str:
    return f"{fmt.count(round(secs * 1_000))} ms"
