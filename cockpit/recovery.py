"""What an account left behind, read before anything of it is opened for writing.

Journal and venue book are two witnesses of one past, and each is durable before what follows from it: an approval
before its order leaves, an execution before it is told. So wherever a crash fell, every order in the book was approved
in the journal, and every execution in the journal is in the book. Where that does not hold, a file was lost or an
older copy of it put back, and no start may go on from there: client order ids would be made a second time, the venue
would take the new orders for repetitions, and old fills would be booked as theirs.

Reading creates nothing but a missing lock, so a start that is refused leaves nothing that a later one could go on
from. The lock is held meanwhile: beside a running engine the two files are never read at one moment.
"""

from collections.abc import Callable

from brokers.sim.disk_book import known_to
from cockpit.paths import Paths
from oms.chains import Chains
from oms.domain.events import Record
from oms.domain.fill import Fill
from oms.domain.order_events import OrderFilled
from oms.journal.chain import Chain
from oms.journal.errors import JournalBroken
from oms.journal.head import demanded
from oms.journal.lock import Lock
from oms.journal.migrate import is_unmade
from oms.journal.sqlite import LOCK
from oms.journal.verify import verify
from oms.lifecycle import IllegalTransition
from oms.state import State


def recover(paths: Paths, state: State, chains: Chains, recall: Callable[[Fill], None]) -> Chain:
    """Verify the journal and fold it in the same pass, and compare it with the venue's book; return its end.

    `recall` is given every fill, oldest first. Without a journal, or with one whose making was cut short, there is
    nothing to fold and the end is the beginning.

    Raises:
        JournalLocked: an engine runs.
        JournalBroken: the journal is not what was written, or it and the venue's book are not of one past.
        JournalError: it cannot be opened.
        BookError: a ConnectionError; the venue's book cannot be read.
    """
    head = demanded(paths.journal)
    if not paths.journal.exists() or ((head is None or not head.seq) and is_unmade(paths.journal)):
        if paths.venue.exists():
            what = f"{paths.venue} is the venue's book of a journal that is gone: there is no {paths.journal}"
            raise JournalBroken(None, what)
        return Chain()
    lock = Lock.take(paths.account / LOCK)
    try:
        end = _fold(paths, state, chains, recall)
        _compare(paths, state)
    finally:
        lock.release()
    return end


def _fold(paths: Paths, state: State, chains: Chains, recall: Callable[[Fill], None]) -> Chain:
    def count(record: Record) -> None:
        try:
            state.apply(record)
        except (IllegalTransition, LookupError) as error:
            raise JournalBroken(record.seq, f"it cannot follow what is before it: {error}") from error
        chains.restore(record)
        if isinstance(record.event, OrderFilled):
            recall(record.event.fill)

    end = verify(paths.journal, each=count)
    return Chain(end.seq, end.hash)


def _compare(paths: Paths, state: State) -> None:
    """Demand that journal and book are of one past. Raises JournalBroken, BookError."""
    book = known_to(paths.venue)
    unapproved = [order_id for order_id in book.orders if order_id not in state.blotter.orders]
    if unapproved:
        what = f"{paths.journal} is older than {paths.venue}, which holds the order {unapproved[0]}"
        raise JournalBroken(None, f"{what} ({len(unapproved)} in all)")
    untold = [exec_id for _, exec_id in state.blotter.exec_ids if exec_id not in book.executions]
    if untold:
        what = f"{paths.venue} is missing or older than {paths.journal}, which counts {len(untold)}"
        raise JournalBroken(None, f"{what} executions that it does not hold")
