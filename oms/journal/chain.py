"""Two digests of a journal, each a chain: the hash of a record covers the hash of the one before it.

`hash` covers everything that is stored, so nobody can change, drop, add or swap a record without changing every
hash after it. `trace` leaves out what differs between two equal runs (wall clock, run id, who pressed the key): equal
tape, configuration and seed give an equal trace, which is how determinism is tested.

Fields are joined by line feeds. That is unambiguous because no field holds one: the payload is compact JSON, the
rest are numbers and names, and a correlation id with a line feed is refused. It may not be empty either, for null
is written as nothing.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from oms.domain.events import KINDS, Record
from oms.journal.codec import Columns, Row, encode
from oms.journal.errors import JournalError

GENESIS: Final = "0" * 64  # what the first record follows


def hash_of(
    previous: str,
    seq: int,
    ts: int,
    wall: int,
    kind: str,
    correlation_id: str | None,
    causation_id: int | None,
    payload: str,
) -> str:
    """Return the lower-case hex SHA-256 of a record that follows the record hashed `previous`.

    `Chain.follow`, which every order waits for, writes the same line by itself.
    """
    correlation = "" if correlation_id is None else correlation_id
    causation = "" if causation_id is None else causation_id
    line = f"{previous}\n{seq}\n{ts}\n{wall}\n{kind}\n{correlation}\n{causation}\n{payload}"
    return sha256(line.encode()).hexdigest()


class Chain(NamedTuple):
    """The end of a chain: the last record's number and hash.

    Immutable, so that a write that fails leaves the writer with the end it had.
    """

    seq: int = 0
    hash: str = GENESIS

    def follow(self, records: Sequence[Record]) -> "tuple[list[Columns], Chain]":
        """Return the columns of records that continue this chain, and its new end.

        Raises:
            JournalError: a record is out of sequence or cannot be written.
        """
        seq, end = self
        rows: list[Columns] = []
        ts = wall = None
        stamps = ""
        for seq, record in enumerate(records, self.seq + 1):
            if record.seq != seq:
                msg = f"record {record.seq} cannot follow record {seq - 1}"
                raise JournalError(msg)
            correlation_id, causation_id = record.correlation_id, record.causation_id
            if correlation_id is not None and (not correlation_id or "\n" in correlation_id):
                msg = f"record {seq} cannot be written: correlation id {correlation_id!r} is empty or has a line feed"
                raise JournalError(msg)
            kind, payload = type(record.event).__name__, encode(record)
            if record.ts is not ts or record.wall is not wall:  # those of one decision carry the very same stamps
                ts, wall = record.ts, record.wall
                stamps = f"{ts}\n{wall}"
            correlation = "" if correlation_id is None else correlation_id
            causation = "" if causation_id is None else causation_id
            line = f"{end}\n{seq}\n{stamps}\n{kind}\n{correlation}\n{causation}\n{payload}"
            end = sha256(line.encode()).hexdigest()
            rows.append((seq, ts, wall, kind, correlation_id, causation_id, payload, end))
        return rows, Chain(seq, end)


_PERSONAL: Final = ("actor", "run_id")
_PERSONAL_KINDS: Final = frozenset(
    name for name, kind in KINDS.items() if any(field in kind.__struct_fields__ for field in _PERSONAL)
)


class Trace:
    """The trace so far; `hash` is its end."""

    def __init__(self) -> None:
        self.hash = GENESIS

    def add(self, row: Row) -> None:
        """Take the next row in."""
        payload = row.payload
        if row.kind in _PERSONAL_KINDS:
            fields: dict[str, Any] = msgspec.json.decode(payload)
            for name in _PERSONAL:
                fields.pop(name, None)
            payload = msgspec.json.encode(fields).decode()
        correlation = "" if row.correlation_id is None else row.correlation_id
        causation = "" if row.causation_id is None else row.causation_id
        joined = f"{self.hash}\n{row.seq}\n{row.ts}\n{row.kind}\n{correlation}\n{causation}\n{payload}"
        self.hash = sha256(joined.encode()).hexdigest()


def trace_of(rows: Iterable[Row]) -> str:
    """Return the trace of a journal's rows, all of them in order."""
    trace = Trace()
    for row in rows:
        trace.add(row)
    return trace.hash
