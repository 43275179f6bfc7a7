"""Why an order came about and what became of it: its chain, read out of the journal.

The chain is every record of the order and everything that caused one of them, along the causations to the root: the
signal, the order, the decision with its findings, what the venue said; and the halt that canceled it, if one did.
"""

from pathlib import Path

from cockpit.queries.plain import Json
from cockpit.queries.records import LIMITS_KIND, LimitsTables, note_limits, to_json
from oms.domain.events import Record
from oms.domain.ids import ClientOrderId
from oms.journal.codec import decode
from oms.journal.reader import read_rows


def why(journal: Path, order_id: ClientOrderId) -> Json:
    """Return the chain of an order, oldest record first, each as `seq kind ts text findings`.

    Raises:
        JournalError: the journal cannot be read.
    """
    own, tables = _gather(journal, order_id)
    chain = {record.seq: record for record in own}
    causes = [record.causation_id for record in own]
    while causes:
        seq = causes.pop()
        if seq is not None and seq not in chain:
            chain[seq] = decode(next(read_rows(journal, seq - 1)))
            causes.append(chain[seq].causation_id)
    return [to_json(chain[seq], tables) for seq in sorted(chain)]


def _gather(journal: Path, order_id: ClientOrderId) -> tuple[list[Record], LimitsTables]:
    """Return the order's records and all limits tables.

    A row is decoded only where its payload names the order: the field stands in it exactly as searched for.
    """
    name = f'"client_order_id":"{order_id}"'
    records: list[Record] = []
    tables: LimitsTables = {}
    for row in read_rows(journal):
        if row.kind == LIMITS_KIND:
            note_limits(row, tables)
        elif name in row.payload:
            records.append(decode(row))
    return records, tables
