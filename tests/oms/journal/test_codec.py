from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from msgspec.inspect import DictType, FloatType, NoneType, StructType, Type, UnionType, VarTupleType, type_info

from oms.domain.account_events import DayOpened
from oms.domain.events import KINDS, Event, LimitsSet, MarketMoved
from oms.domain.market import SessionEnded
from oms.domain.order_events import OrderFilled, OrderInitialized, OrderPendingReplace, OrderRejected, OrderSubmitted
from oms.domain.risk import Judges, RuleLimits, Sizing
from oms.domain.strategy_events import SignalRaised
from oms.domain.units import Money
from oms.journal.codec import Row, decode, decode_event, encode
from oms.journal.errors import JournalBroken, JournalError
from tests.oms.journal.examples import DECISION, FILL, ORDER, SIGNAL, TICKET, events_of, record


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_kind_comes_back_as_it_was(kind: str, data: st.DataObject) -> None:
    event = data.draw(events_of(KINDS[kind]))

    payload = encode(record(1, event))

    assert decode_event(1, kind, payload) == event
    assert encode(record(1, decode_event(1, kind, payload))) == payload


def test_a_payload_is_the_struct_in_order_without_spaces_and_with_decimals_as_strings() -> None:
    event = DayOpened(day="2010-06-18", equity=Decimal("100000.50"))

    assert encode(record(1, event)) == '{"day":"2010-06-18","equity":"100000.50"}'


def test_a_row_comes_back_as_its_record() -> None:
    original = record(7)
    row = Row(
        7,
        original.ts,
        original.wall,
        type(original.event).__name__,
        original.correlation_id,
        original.causation_id,
        encode(original),
        "",
    )

    assert decode(row) == original


def test_what_the_market_showed_is_not_durable() -> None:
    moved = MarketMoved(data=SessionEnded(session="2010-06-18", ts=1))

    with pytest.raises(JournalError, match=r"record 3 \(MarketMoved\) cannot be written: it is not a durable event"):
        encode(record(3, moved))


@pytest.mark.parametrize("number", ["NaN", "-NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_not_finite_is_never_written(number: str) -> None:
    with pytest.raises(JournalError, match=r"record 1 .* holds the number"):
        encode(record(1, DayOpened(day="d", equity=Decimal(number))))


@pytest.mark.parametrize("number", ["NaN", "sNaN12", "-Infinity"])
@pytest.mark.parametrize(
    "make",
    [
        lambda number: OrderFilled(client_order_id=ORDER, fill=structs.replace(FILL, fee=Money(number, "USD"))),
        lambda number: OrderInitialized(client_order_id=ORDER, ticket=structs.replace(TICKET, signal_px=number)),
        lambda number: OrderInitialized(
            client_order_id=ORDER, ticket=TICKET, sizing=Sizing(sizer="s", wanted_qty=Decimal(1), room_qty=number)
        ),
        lambda number: OrderSubmitted(
            client_order_id=ORDER, decision=structs.replace(DECISION, observed=(None, number)), ticket_hash=""
        ),
        lambda number: OrderSubmitted(
            client_order_id=ORDER,
            decision=structs.replace(DECISION, facts=structs.replace(DECISION.facts, equity=number)),
            ticket_hash="",
        ),
        lambda number: LimitsSet(number=1, limits=(RuleLimits(rule="r", judges=Judges.ALL, limit=number, options={}),)),
    ],
)
def test_it_is_never_written_however_deep_it_stands(make: Callable[[Decimal], Event], number: str) -> None:
    with pytest.raises(JournalError, match=r"record 1 .* holds the number"):
        encode(record(1, make(Decimal(number))))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(
    "make",
    [
        lambda number: SignalRaised(signal=structs.replace(SIGNAL, confidence=number)),
        lambda number: SignalRaised(signal=structs.replace(SIGNAL, strength=number)),
        lambda number: OrderPendingReplace(
            client_order_id=ORDER, actor="ann", ticket=structs.replace(TICKET, confidence=number)
        ),
    ],
)
def test_a_float_that_would_come_back_as_null_is_never_written(make: Callable[[float], Event], number: float) -> None:
    with pytest.raises(JournalError, match=r"record 1 .* holds the number"):
        encode(record(1, make(number)))


def test_floats_stand_only_where_the_codec_looks_for_them() -> None:
    """It follows structs, and a float or nothing at their ends; one inside a tuple or dict would escape it."""

    def hidden(of: Type, path: str) -> list[str]:
        if isinstance(of, StructType):
            return [found for field in of.fields for found in hidden(field.type, f"{path}.{field.name}")]
        if isinstance(of, UnionType) and all(isinstance(each, (FloatType, NoneType)) for each in of.types):
            return []
        return [path] if "FloatType" in repr(of) and not isinstance(of, FloatType) else []

    assert [found for name, kind in KINDS.items() for found in hidden(type_info(kind), name)] == []


def test_decimals_stand_only_where_the_codec_looks_for_them() -> None:
    """It follows structs, unions and rows; one inside a dict would escape it."""

    def dicts(of: Type) -> Iterator[DictType]:
        if isinstance(of, DictType):
            yield of
        for inner in (*(field.type for field in getattr(of, "fields", ())), *getattr(of, "types", ())):
            yield from dicts(inner)
        if isinstance(of, VarTupleType):
            yield from dicts(of.item_type)

    found = [each for kind in KINDS.values() for each in dicts(type_info(kind))]

    assert found
    assert not any("DecimalType" in repr(each) for each in found)


@pytest.mark.parametrize("number", ["NaN", "nan", "-sNaN12", "Infinity", " -INF ", "\\u004eaN"])
def test_a_decimal_that_is_not_finite_is_refused_when_read(number: str) -> None:
    with pytest.raises(JournalBroken, match="record 5: its payload holds the number"):
        decode_event(5, "DayOpened", f'{{"day":"d","equity":"{number}"}}')


def test_words_that_look_like_numbers_are_still_words() -> None:
    event = OrderRejected(client_order_id=ORDER, text='NaN, Infinity, nan, "-inf" and \\ are words here')

    assert decode_event(1, "OrderRejected", encode(record(1, event))) == event


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [
        ("OrderTeleported", "{}", "record 9: unknown kind 'OrderTeleported'"),
        ("MarketMoved", "{}", "record 9: unknown kind 'MarketMoved'"),
        ("DayOpened", "{}", "record 9: its payload is no DayOpened: .*`day`"),
        ("DayOpened", '{"day":"d","equity":"1', "record 9: its payload is no DayOpened"),
        ("DayOpened", '{"day":"d","equity":"one"}', "record 9: its payload is no DayOpened"),
        ("DayOpened", '{"day":"d","equity":NaN}', "record 9: its payload is no DayOpened"),
        ("DayOpened", '{"more":' + "[" * 100_000, "record 9: its payload is no DayOpened"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_number(kind: str, payload: str, said: str) -> None:
    with pytest.raises(JournalBroken, match=said) as caught:
        decode_event(9, kind, payload)

    assert caught.value.seq == 9


def test_text_that_is_no_text_is_never_written() -> None:
    with pytest.raises(JournalError, match=r"record 1 \(OrderRejected\) cannot be written"):
        encode(record(1, OrderRejected(client_order_id=ORDER, text="\ud800")))
