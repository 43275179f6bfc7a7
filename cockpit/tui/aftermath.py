"""What came of an emergency stop, and of a flatten, also of one that went on by itself, each in one line.

Of a stop: the gate, each venue with its milliseconds, what stays, what is next. Of a flatten: flat is said only when
nothing that was meant is held any more, by anyone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from cockpit import format as fmt
from cockpit.aftermath import Cancels
from cockpit.flatten import GOES_ON, Flattened, still_held
from cockpit.meant import End
from cockpit.protection import Where, is_sure, protection_of, unprotected_qty
from cockpit.session import Session
from cockpit.tui.keymap import Keymap
from cockpit.tui.said import PART, Said
from oms.domain.ids import BrokerId, InstrumentId, StrategyId, short_id, symbol_of
from oms.domain.order import OrderStatus
from oms.domain.position import Position
from oms.domain.text import sanitize
from oms.state import State

NAMED: Final = 2  # positions that are named one by one
TAPE_HELD: Final = "does not answer while the tape is held"


def said_of(session: Session, keymap: Keymap) -> Said | None:
    """Return what has come of the newest stop so far; None without one, or when trading was resumed."""
    aftermath = session.aftermath
    if aftermath.stop is None:
        return None
    venues = _venues(session)
    held = len(session.state.ledger.open)  # as the panel counts them: what one strategy holds is one
    kept = _kept(session)
    failed = _failed(session)
    flatten, resume = (keymap.shown(name) for name in ("positions.flatten", "trading.resume"))
    told = [
        f"STOPPED in {_ms(aftermath.gate_secs)}: {', '.join(_venue(*venue) for venue in venues) or 'no venue'}",
        *failed,
        *([fmt.staying(kept, "protective order")] if kept else []),
        *([fmt.staying(held, "position"), f"{flatten} flattens"] if held else ["no positions"]),
        f"{resume} resumes",
    ]
    first, *others = results(session)
    brief = [f"STOPPED: {first}", *others, *([f"{flatten} flat"] if held else []), f"{resume} resume"]
    word = "warn" if aftermath.is_settled else "danger"
    return Said(sanitize(PART.join(told)), word, sanitize(PART.join(brief)))


def results(session: Session) -> list[str]:
    """Return in a few words what has come of the newest stop so far: each venue's cancels, and what stays."""
    aftermath = session.aftermath
    if aftermath.stop is None:
        return []
    kept = _kept(session)
    venues = ", ".join(_briefly(*venue) for venue in _venues(session)) or "no venue"
    return [sanitize(venues), *_failed(session), _stay(kept, len(session.state.ledger.open))]


def _kept(session: Session) -> int:
    """Return how many orders the newest stop left of which it is known that they stand."""
    aftermath = session.aftermath
    return sum(map(is_sure, aftermath.kept())) if aftermath.journaled_secs is not None else 0


def cancels_of(session: Session) -> str:
    """Return how far the cancels of the newest stop have come: `3/3 canceled`; empty where it had none."""
    venues = list(session.aftermath.venues().values()) if session.aftermath.stop is not None else []
    asked, confirmed = sum(one.asked for one in venues), sum(one.confirmed for one in venues)
    held = confirmed < asked and session.pace.paused
    return f"{fmt.count(confirmed)}/{fmt.count(asked)} canceled{', tape held' if held else ''}" if asked else ""


def _venues(session: Session) -> list[tuple[BrokerId, Cancels]]:
    """Return the venues of the newest stop. A simulated one lives in the tape's time, so a tape that is held is a
    reason for its silence, and one that whoever reads it can end."""
    links, found = session.state.runs.links, []
    for broker, cancels in session.aftermath.venues().items():
        waits = cancels.waiting and cancels.obstacle and session.pace.paused and not links.get(broker)
        found.append((broker, replace(cancels, obstacle=TAPE_HELD) if waits else cancels))
    return found


def _failed(session: Session) -> list[str]:
    return [f"latch file: {session.latch.file_error}"] if session.latch.file_error is not None else []


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
    if done.canceled and not (orders or done.denied or held):
        told = [f"{fmt.plural(len(done.canceled), 'order')} canceled that had nothing to reduce"]
    if held:
        guarded = "" if done.refused else _guarded(held, state)  # a stop that is being canceled is no guard
        told.append(f"{_staying(held, state)}{' until the rest trades' if working else guarded}")
    else:
        of = f" of {strategy_id}" if strategy_id is not None else ""
        told.append("no positions" if instrument_id is None else f"{symbol_of(instrument_id)}{of} is flat")
        others = still_held(state, instrument_id) if strategy_id is not None else ()
        told += [_staying(others, state)] if others else []
    told += [f"{fmt.plural(len(done.denied), 'order')} denied"] if done.denied else []
    ended = [order for order in orders if order.is_closed and order.status is not OrderStatus.FILLED]
    for one in ended[:1]:
        told += [f"order {short_id(one.client_order_id)} {one.status}", *filter(None, [one.text])]
    told += [done.refused] if done.refused else []
    told += [GOES_ON] if done.goes_on else []
    brief = [done_yet, *told[1:]] if held else told  # why it is not flat says more than how many filled
    return Said(sanitize(PART.join(told)), "danger" if held else "warn", sanitize(PART.join(brief)))


def pursued(state: State, end: End) -> Said:
    """Return what has come of a flatten that waited for its venue: nobody may have thought of it any more."""
    instrument_id, strategy_id = end.command.instrument_id, end.command.strategy_id
    held = still_held(state, instrument_id, strategy_id)
    if not held:
        of = f" of {strategy_id}" if strategy_id is not None else ""
        flat = "no positions" if instrument_id is None else f"{symbol_of(instrument_id)}{of} is flat"
        return Said(sanitize(f"FLATTENED after all: {flat}"), "warn")
    way = " and its stop comes back" if state.brackets.aside else _guarded(held, state)
    stays = f"{_staying(held, state)}{way}"
    why = end.why or "more came to be held"
    brief = PART.join((f"NOT FLAT: {stays}", why))
    return Said(sanitize(PART.join((f"NOT FLAT, given up: {why}", stays))), "danger", sanitize(brief), stays=True)


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


def _guarded(held: Sequence[Position], state: State) -> str:
    """Return `, stop 120.00` or `, soft stop 120.00` where what stays has its stop, or how much of it has none."""
    left = [unprotected_qty(one, state) for one in held]
    bare = sum(map(bool, left))
    if len(held) > 1:
        some = f", {bare} of them" if bare < len(held) else ""
        return f"{some} UNPROTECTED" if bare else ", each with its stop"
    (one,), instrument = held, state.instruments.by_id[held[0].key.instrument_id]
    if not bare:
        stops = [stop.stop_px for stop in state.brackets.protection(one.key) if stop.quantity]
        found = protection_of(one, state)
        kind = "soft stop" if found is not None and found.where is Where.SOFT else "stop"
        return f", {kind} {' and '.join(fmt.price(px, instrument.tick) for px in stops)}"
    return f"{f', {fmt.quantity(left[0], instrument.lot)} of it' if left[0] < abs(one.quantity) else ''} UNPROTECTED"


def _venue(broker: BrokerId, cancels: Cancels) -> str:
    """Return `sim 3/3 canceled in 4 ms`, or how far it has come and why no further."""
    if not cancels.asked:
        return f"{broker} {cancels.obstacle or 'had none to cancel'}"
    if not cancels.waiting:
        return f"{broker} {_of(cancels.asked, cancels)} canceled in {_ms(cancels.confirmed_secs)}"
    handed = f"{fmt.count(cancels.handed)} handed over in {_ms(cancels.handed_secs)}"
    silent = f" and {cancels.obstacle}" if cancels.obstacle else ""
    return f"{broker} {_of(cancels.confirmed, cancels)} canceled, {handed}{silent}"


def _briefly(broker: BrokerId, cancels: Cancels) -> str:
    """Return `sim 3/3 canceled`, or why no further."""
    if not cancels.asked:
        return f"{broker} {cancels.obstacle or 'had none'}"
    silent = f", {cancels.obstacle}" if cancels.obstacle else ""
    return f"{broker} {_of(cancels.confirmed, cancels)} canceled{silent}"


def _stay(stops: int, held: int) -> str:
    """Return `1 stop, 1 position stay`."""
    if not held:
        return f"{fmt.staying(stops, 'stop')}, no positions" if stops else "no positions"
    return (
        f"{fmt.plural(stops, 'stop')}, {fmt.plural(held, 'position')} stay" if stops else fmt.staying(held, "position")
    )


def _of(number: int, cancels: Cancels) -> str:
    return f"{fmt.count(number)}/{fmt.count(cancels.asked)}"


def _ms(secs: float) -> str:
    return f"{fmt.count(round(secs * 1_000))} ms"
