"""How an event becomes a line of JSON and an event again.

A payload is the struct in the order of its fields, without a space, decimals as strings; it is made once, and these
bytes are what is stored, hashed and shown. Reading is typed: the kind names the struct and the struct decides what
is legal. What would break it is a payload that can be written and never read again, so a number that is not finite
is refused on the way in (a float NaN would become null, a Decimal NaN a string) and once more on the way out, where
somebody may have typed it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from math import isfinite
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import Struct
from msgspec.inspect import FloatType, StructType, Type, UnionType, type_info

from oms.domain.events import KINDS, Event, Record
from oms.journal.errors import JournalBroken, JournalError

# A row without the names, as the database takes it: a record is made into one of these and no more.
Columns: TypeAlias = tuple[int, int, int, str, str | None, int | None, str, str]


class Row(NamedTuple):
    """A record as it is stored: its place, its kind, the payload as JSON text, and its link in the chain."""

    seq: int
    ts: int
    wall: int
    kind: str
    correlation_id: str | None
    causation_id: int | None
    payload: str
    hash: str


def _floats(of: Type, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the dotted path of every field that may hold a float; a struct that is always there is gone into."""
    if isinstance(of, StructType):
        for field in of.fields:
            yield from _floats(field.type, (*path, field.name))
    elif any(isinstance(each, FloatType) for each in (of.types if isinstance(of, UnionType) else (of,))):
        yield ".".join(path)


_ENCODER: Final = msgspec.json.Encoder()
_DECODERS: Final = {name: msgspec.json.Decoder(kind) for name, kind in KINDS.items()}
# What reads the floats of each kind of event. One that is not finite is written as null, so it is looked for before.
_FLOATS: Final[dict[type, tuple[Callable[[Struct], float | None], ...]]] = {
    kind: tuple(map(attrgetter, _floats(type_info(kind)))) for kind in KINDS.values()
}


def encode(record: Record) -> str:
    """Return the payload of a record.

    Raises:
        JournalError: the event is of no durable kind, or holds what could not be read back.
    """
    event = record.event
    floats = _FLOATS.get(type(event))
    if floats is None:
        raise _unwritable(record, "it is not a durable event")
    try:
        payload = _ENCODER.encode(event).decode()
    except (TypeError, ValueError, OverflowError) as error:
        raise _unwritable(record, str(error)) from error
    for read in floats:
        opinion = read(event)
        if opinion is not None and not isfinite(opinion):
            raise _unwritable(record, f"it holds the number {opinion}")
    # To look at every Decimal takes longer than to look for what none may be written as. The words also stand in
    # honest text, so they only make it worth looking.
    if "NaN" in payload or "Infinity" in payload:
        for number in _decimals(event):
            if not number.is_finite():
                raise _unwritable(record, f"it holds the number {number}")
    return payload


def decode_event(seq: int, kind: str, payload: str) -> Event:
    """Return the event that a payload holds; `seq` is for the message.

    Raises:
        JournalBroken: the kind is unknown, or the payload is not one of that kind with finite numbers.
    """
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise JournalBroken(seq, f"unknown kind {kind!r}")
    try:
        event = decoder.decode(payload)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise JournalBroken(seq, f"its payload is no {kind}: {error}") from error
    # Decimal reads "nan", " Inf" and JSON reads "\u004e": anything that could spell one is looked at.
    folded = payload.lower()
    if "nan" in folded or "inf" in folded or "\\" in folded:
        for number in _decimals(event):
            if not number.is_finite():
                raise JournalBroken(seq, f"its payload holds the number {number}")
    return cast("Event", event)


def decode(row: Row) -> Record:
    """Return the record that a row holds.

    Raises:
        JournalBroken: see `decode_event`.
    """
    return Record(
        seq=row.seq,
        ts=row.ts,
        wall=row.wall,
        event=decode_event(row.seq, row.kind, row.payload),
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
    )


def _decimals(value: object) -> Iterator[Decimal]:
    """Yield every Decimal inside a struct, however deep."""
    if isinstance(value, Decimal):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _decimals(getattr(value, name))
    elif isinstance(value, tuple):
        for member in value:
            yield from _decimals(member)


def _unwritable(record: Record, why: str) -> JournalError:
    return JournalError(f"record {record.seq} ({type(record.event).__name__}) cannot be written: {why}")
