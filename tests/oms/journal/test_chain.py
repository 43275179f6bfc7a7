from hashlib import sha256

import pytest
from msgspec import structs

from oms.domain.events import Record
from oms.domain.ids import RunId
from oms.domain.strategy_events import StrategyPaused
from oms.journal.chain import GENESIS, Chain, hash_of, trace_of
from oms.journal.codec import Row
from oms.journal.errors import JournalError
from tests.oms.journal.examples import STARTED, TREND, record, records


def rows_of(written: list[Record]) -> list[Row]:
    return [Row._make(columns) for columns in Chain().follow(written)[0]]


def test_a_hash_covers_the_one_before_and_every_column() -> None:
    paused = StrategyPaused(strategy_id=TREND, actor="ann")
    first = Record(seq=1, ts=10, wall=20, event=paused)
    second = Record(seq=2, ts=11, wall=21, event=paused, correlation_id="S-1", causation_id=1)
    payload = '{"strategy_id":"trend","actor":"ann","text":""}'
    first_hash = sha256(f"{'0' * 64}\n1\n10\n20\nStrategyPaused\n\n\n{payload}".encode()).hexdigest()
    second_hash = sha256(f"{first_hash}\n2\n11\n21\nStrategyPaused\nS-1\n1\n{payload}".encode()).hexdigest()

    rows, end = Chain().follow([first, second])

    assert [row[-1] for row in rows] == [first_hash, second_hash]
    assert end == Chain(2, second_hash)


def test_a_hash_has_the_stamps_of_its_own_record_also_where_one_of_them_is_that_of_the_record_before() -> None:
    first = record(1)
    written = [first, structs.replace(record(2), ts=first.ts, wall=first.wall + 1)]
    written.append(structs.replace(record(3), ts=first.ts + 1, wall=written[1].wall))
    rows, _ = Chain().follow(written)

    assert [row[1:3] for row in rows] == [(each.ts, each.wall) for each in written]
    assert [row[-1] for row in rows] == [
        hash_of(previous, *row[:7]) for previous, row in zip([GENESIS, *(row[-1] for row in rows)], rows, strict=False)
    ]


def test_batches_do_not_show_in_the_chain() -> None:
    written = records(10)
    rows, middle = Chain().follow(written[:3])
    more, end = middle.follow(written[3:])

    assert (rows + more, end) == Chain().follow(written)
    assert middle.seq == 3


def test_nothing_follows_from_nothing() -> None:
    assert Chain().follow([]) == ([], Chain(0, GENESIS))


@pytest.mark.parametrize("wrong", [[2], [1, 3], [1, 1], [0]])
def test_a_record_out_of_sequence_is_refused(wrong: list[int]) -> None:
    with pytest.raises(JournalError, match=f"record {wrong[-1]} cannot follow record {len(wrong) - 1}"):
        Chain().follow([record(seq) for seq in wrong])


@pytest.mark.parametrize("correlation_id", ["", "a\nb"])
def test_a_correlation_that_would_make_two_records_hash_alike_is_refused(correlation_id: str) -> None:
    with pytest.raises(JournalError, match="correlation id"):
        Chain().follow([structs.replace(record(1), correlation_id=correlation_id)])


def test_a_trace_forgets_the_wall_the_actor_and_the_run() -> None:
    here = [record(1, STARTED), record(2, StrategyPaused(strategy_id=TREND, actor="ann")), *records(20, after=2)]
    there = [
        structs.replace(here[0], wall=1, event=structs.replace(STARTED, run_id=RunId(9), actor="bob")),
        structs.replace(here[1], wall=2, event=StrategyPaused(strategy_id=TREND, actor="bob")),
        *here[2:],
    ]

    assert Chain().follow(here)[1] != Chain().follow(there)[1]
    assert trace_of(rows_of(here)) == trace_of(rows_of(there))


@pytest.mark.parametrize(
    "change",
    [
        {"ts": 1},
        {"event": structs.replace(STARTED, seed=8)},
        {"event": StrategyPaused(strategy_id=TREND, actor="ann")},
        {"correlation_id": "other"},
        {"causation_id": 77},
    ],
)
def test_a_trace_remembers_everything_else(change: dict[str, object]) -> None:
    here = [record(1, STARTED), *records(5, after=1)]
    there = [structs.replace(here[0], **change), *here[1:]]

    assert trace_of(rows_of(here)) != trace_of(rows_of(there))
