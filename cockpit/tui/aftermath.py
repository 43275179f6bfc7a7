"""What came of an emergency stop, in one line: the gate, each venue with its milliseconds, what stays, what is next."""

from cockpit import format as fmt
from cockpit.aftermath import Cancels
from cockpit.session import Session
from cockpit.tui.keymap import Keymap
from cockpit.tui.said import PART, Said
from oms.domain.ids import BrokerId
from oms.domain.text import sanitize


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
        told.append(f"{fmt.plural(kept, 'protective order')} stay")
    flattens = [f"{keymap.shown('positions.flatten')} flattens"] if held else []
    told += [stay(held), *flattens, f"{keymap.shown('trading.resume')} resumes"]
    return Said(sanitize(PART.join(told)), "warn" if aftermath.is_settled else "danger")


def stay(held: int) -> str:
    """Return how many positions are left."""
    return f"{fmt.plural(held, 'position')} stay" if held else "no positions"


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
