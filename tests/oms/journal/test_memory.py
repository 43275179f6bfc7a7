from pathlib import Path

import pytest
from msgspec import structs

from oms.journal.chain import GENESIS
from oms.journal.errors import JournalError
from oms.journal.memory import MemoryJournal
from oms.ports import Journal
from tests.oms.journal.examples import record, records
from tests.oms.journal.opened import opened


async def test_it_holds_the_same_bytes_as_a_file(path: Path) -> None:
    written = records(200)
    memory = MemoryJournal()
    async with opened(path) as file:
        both: tuple[Journal, ...] = (memory, file)
        for journal in both:
            await journal.append(written[:1])
            await journal.append(written[1:150])
            await journal.append(written[150:])

        assert memory.rows() == [row async for row in file.rows()]
        assert (memory.seq, memory.hash, memory.trace()) == (file.seq, file.hash, await file.trace())


async def test_it_gives_back_what_it_was_given() -> None:
    journal: Journal = MemoryJournal()
    await journal.append(records(5))
    await journal.append([])

    assert [each async for each in journal.replay()] == records(5)
    assert [each async for each in journal.replay(after=3)] == records(2, after=3)
    await journal.close()


def test_a_digest_in_the_middle_changes_nothing() -> None:
    asked, unasked = MemoryJournal(), MemoryJournal()
    assert asked.hash == GENESIS
    for journal in (asked, unasked):
        journal.keep(records(5))
        _ = asked.hash
        journal.keep(records(5, after=5))

    assert asked.hash == unasked.hash
    assert asked.rows(after=8) == unasked.rows()[8:]


def test_nothing_is_encoded_until_somebody_asks() -> None:
    journal = MemoryJournal()
    journal.keep([structs.replace(record(1), correlation_id="")])

    with pytest.raises(JournalError, match="record 1 cannot be written"):
        _ = journal.hash


@pytest.mark.parametrize("wrong", [[2], [1, 3], [0]])
def test_records_out_of_sequence_are_refused(wrong: list[int]) -> None:
    journal = MemoryJournal()

    with pytest.raises(JournalError, match="cannot follow record 0"):
        journal.keep([record(seq) for seq in wrong])

    assert journal.seq == 0
