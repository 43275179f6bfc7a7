import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from oms.domain.events import Record
from oms.domain.order import ticket_hash
from oms.domain.order_events import OrderDenied, OrderInitialized, OrderReleased, OrderSubmitted
from oms.journal.chain import GENESIS, hash_of
from oms.journal.errors import JournalBroken, JournalError
from oms.journal.schema import SELECT_ALL, SELECT_HASH, TRIGGERS
from oms.journal.verify import Verified, verify
from tests.oms.journal.examples import DECISION, ORDER, TICKET, record, records
from tests.oms.journal.opened import opened

COUNT = 30
CHANGE = "UPDATE records SET {} WHERE seq = {}"


@pytest.fixture
async def journal(path: Path) -> Path:
    """A journal of 30 records, at rest."""
    async with opened(path) as writer:
        await writer.append(records(COUNT))
    return path


def edit(path: Path, *statements: str) -> None:
    """Change a journal by hand and put its triggers back, so that only the records show it."""
    with sqlite3.connect(path) as by_hand:
        for trigger in TRIGGERS:
            by_hand.execute(f"DROP TRIGGER {trigger}")
        for statement in (*statements, *TRIGGERS.values()):
            by_hand.execute(statement)
    by_hand.close()


def chain_anew(path: Path, first: int, last: int) -> None:
    """Compute the hashes of some records again from what they hold now."""
    with sqlite3.connect(path) as by_hand:
        rows = by_hand.execute(SELECT_ALL).fetchall()
    by_hand.close()
    previous, updates = rows[first - 2][7] if first > 1 else GENESIS, []
    for row in rows[first - 1 : last]:
        previous = hash_of(previous, *row[:7])
        updates.append(CHANGE.format(f"hash = '{previous}'", row[0]))
    edit(path, *updates)


def broken_at(path: Path) -> int | None:
    with pytest.raises(JournalBroken) as caught:
        verify(path)
    return caught.value.seq


def test_a_journal_that_was_left_alone_verifies(journal: Path) -> None:
    with sqlite3.connect(journal) as reader:
        [(digest,)] = reader.execute("SELECT hash FROM records WHERE seq = 30").fetchall()
    reader.close()

    assert verify(journal) == Verified(COUNT, digest, anchored=True)


def test_a_copy_without_its_head_verifies_and_is_not_anchored(journal: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    shutil.copy(journal, copy)

    assert verify(copy) == verify(journal)._replace(anchored=False)


@pytest.mark.parametrize(
    ("change", "seq"),
    [
        ("ts = ts + 1", 12),
        ("wall = wall + 1", 12),
        ("kind = 'OrderExpired'", 12),
        ("correlation_id = 'S-9'", 12),
        ("correlation_id = NULL", 13),
        ("correlation_id = ''", 12),
        ("causation_id = 3", 12),
        ("causation_id = NULL", 12),
        ("payload = replace(payload, 'crossed', 'guessed')", 12),
        ("payload = NULL", 12),
        ("payload = CAST(payload AS BLOB)", 12),
        ("hash = upper(hash)", 12),
        ("hash = NULL", 12),
        ("ts = 'yesterday'", 12),
    ],
)
def test_an_edited_record_is_found_whatever_was_edited(journal: Path, change: str, seq: int) -> None:
    edit(journal, CHANGE.format(change, seq))

    assert broken_at(journal) == seq


def test_a_null_that_became_nothing_is_found_although_it_hashes_alike(journal: Path) -> None:
    edit(journal, "UPDATE records SET correlation_id = '' WHERE seq = 16 AND correlation_id IS NULL")

    assert broken_at(journal) == 16


@pytest.mark.parametrize(
    ("statements", "seq"),
    [
        (["DELETE FROM records WHERE seq = 12"], 12),
        (["DELETE FROM records WHERE seq BETWEEN 12 AND 20"], 12),
        (["DELETE FROM records WHERE seq = 1"], 1),
        (["DELETE FROM records WHERE seq > 25"], 26),
        (["DELETE FROM records"], 1),
        # closing the gap by renumbering
        (["DELETE FROM records WHERE seq = 12", "UPDATE records SET seq = seq - 1 WHERE seq > 12"], 12),
        (["UPDATE records SET seq = seq + 100 WHERE seq > 11"], 12),
        (["UPDATE records SET seq = 0 WHERE seq = 1"], 0),
        # putting one in
        (["INSERT INTO records SELECT 0, ts, wall, kind, NULL, NULL, payload, hash FROM records WHERE seq = 1"], 0),
        (["INSERT INTO records SELECT 31, ts, wall, kind, NULL, NULL, payload, hash FROM records WHERE seq = 1"], 31),
        (
            [
                "UPDATE records SET seq = -seq - 1 WHERE seq > 11",
                "UPDATE records SET seq = -seq WHERE seq < 0",
                "INSERT INTO records SELECT 12, ts, wall, kind, NULL, NULL, payload, hash FROM records WHERE seq = 3",
            ],
            12,
        ),
        (["INSERT OR REPLACE INTO records SELECT 12, ts, 0, kind, NULL, NULL, payload, hash FROM records LIMIT 1"], 12),
        # two in each other's place
        (
            [
                "UPDATE records SET seq = -12 WHERE seq = 12",
                "UPDATE records SET seq = 12 WHERE seq = 20",
                "UPDATE records SET seq = 20 WHERE seq = -12",
            ],
            12,
        ),
    ],
)
def test_a_record_removed_moved_or_put_in_is_found(journal: Path, statements: list[str], seq: int) -> None:
    edit(journal, *statements)

    assert broken_at(journal) == seq


def test_a_record_with_a_new_hash_of_its_own_is_found_at_the_next(journal: Path) -> None:
    edit(journal, "UPDATE records SET wall = 0 WHERE seq = 12")
    chain_anew(journal, 12, 12)

    assert broken_at(journal) == 13


@pytest.mark.parametrize("first", [1, 12, 30])
def test_a_chain_computed_anew_does_not_meet_its_head(journal: Path, first: int) -> None:
    edit(journal, CHANGE.format("wall = 0", first))
    chain_anew(journal, first, COUNT)

    assert broken_at(journal) == COUNT


@pytest.mark.parametrize(
    "change", ["kind = 'OrderTeleported'", "payload = '{}'", "payload = replace(payload, '271.40', 'NaN')"]
)
def test_a_payload_that_nobody_can_read_is_found_although_it_is_chained(journal: Path, change: str) -> None:
    (journal.parent / "head").unlink()
    edit(journal, CHANGE.format(change, 13))  # an OrderInitialized with a limit
    chain_anew(journal, 13, COUNT)

    assert broken_at(journal) == 13


@pytest.mark.parametrize("trigger", TRIGGERS)
@pytest.mark.parametrize("instead", ["SELECT 1", "CREATE TRIGGER {} BEFORE UPDATE ON records BEGIN SELECT 1; END"])
def test_a_trigger_dropped_or_weakened_is_found(journal: Path, trigger: str, instead: str) -> None:
    with sqlite3.connect(journal) as by_hand:
        by_hand.execute(f"DROP TRIGGER {trigger}")
        by_hand.execute(instead.format(trigger))
    by_hand.close()

    with pytest.raises(JournalBroken, match=f"can be changed: its trigger {trigger} is missing or altered"):
        verify(journal)


@pytest.mark.parametrize("left", [0, 1, 99, 100, 4_096, 5_000, 8_192, 12_288])
def test_a_file_cut_short_is_found(journal: Path, left: int) -> None:
    content = journal.read_bytes()
    assert left < len(content)
    journal.write_bytes(content[:left])

    with pytest.raises(JournalBroken):
        verify(journal)


def test_no_flipped_byte_changes_a_record_unseen(journal: Path) -> None:
    """A flip is either found, or lies where nothing is stored and every row reads as before."""
    content = bytearray(journal.read_bytes())
    rows = stored_rows(journal)
    found = 0
    for place in range(0, len(content), 23):
        content[place] ^= 0x5A
        journal.write_bytes(content)
        content[place] ^= 0x5A
        try:
            verify(journal)
        except JournalError:
            found += 1
        else:
            assert stored_rows(journal) == rows, f"byte {place}"

    assert found > len(content) / 23 / 3


def test_a_tree_that_hides_a_record_from_a_search_is_found(journal: Path) -> None:
    """The signposts above the records can be wrong while the records themselves read in order, and chained."""
    content = bytearray(journal.read_bytes())
    rows, page_end = stored_rows(journal), root_page_of(journal) * 4_096
    hiding = 0
    for place in range(page_end - 40, page_end):
        content[place] ^= 0x01
        journal.write_bytes(content)
        content[place] ^= 0x01
        if found_one_by_one(journal) < COUNT:
            hiding += stored_rows(journal) == rows
            with pytest.raises(JournalBroken):
                verify(journal)

    assert hiding


def root_page_of(path: Path) -> int:
    reader = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        [(page,)] = reader.execute("SELECT rootpage FROM sqlite_master WHERE name = 'records'").fetchall()
    finally:
        reader.close()
    return int(page)


def found_one_by_one(path: Path) -> int:
    reader = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        return sum(len(reader.execute(SELECT_HASH, (seq,)).fetchall()) for seq in range(1, COUNT + 1))
    except sqlite3.DatabaseError:
        return 0
    finally:
        reader.close()


def stored_rows(path: Path) -> list[tuple[object, ...]]:
    reader = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
    try:
        return reader.execute(SELECT_ALL).fetchall()
    except sqlite3.DatabaseError:
        return []
    finally:
        reader.close()


def test_a_flipped_byte_in_a_payload_is_named_by_its_record(journal: Path) -> None:
    content = bytearray(journal.read_bytes())
    place = content.find(b"by\\nhand")
    content[place] ^= 0x80  # no longer UTF-8
    journal.write_bytes(content)

    assert broken_at(journal) in {8, 17, 26}


async def copy_of_a_running_journal(path: Path, to: Path) -> Path:
    """A crash: the files as they stand while the writer runs, the last records in the -wal only."""
    async with opened(path) as writer:
        await writer.append(records(10))
        await writer.append(records(10, after=10))
        await writer.append(records(10, after=20))
        shutil.copytree(path.parent, to)
    return to / path.name


async def test_a_crashed_journal_verifies_with_what_its_wal_holds(path: Path, tmp_path: Path) -> None:
    crashed = await copy_of_a_running_journal(path, tmp_path / "crashed")

    assert verify(crashed) == verify(path)


async def test_a_missing_wal_is_found(path: Path, tmp_path: Path) -> None:
    crashed = await copy_of_a_running_journal(path, tmp_path / "crashed")
    crashed.with_name("journal.sqlite-wal").unlink()

    assert broken_at(crashed) == 1


@pytest.mark.parametrize("cut", [1, 100, 4_096, 9_000])
@pytest.mark.parametrize("damage", [lambda wal, cut: wal[:-cut], lambda wal, cut: wal[:-cut] + bytes(cut)])
async def test_a_wal_cut_short_or_torn_is_found(
    path: Path, tmp_path: Path, damage: Callable[[bytes, int], bytes], cut: int
) -> None:
    crashed = await copy_of_a_running_journal(path, tmp_path / "crashed")
    crashed.with_name("journal.sqlite-shm").unlink()
    wal = crashed.with_name("journal.sqlite-wal")
    wal.write_bytes(damage(wal.read_bytes(), cut))

    assert broken_at(crashed) in {1, 11, 21}


async def test_a_journal_verifies_while_it_is_written(path: Path) -> None:
    async with opened(path) as writer:
        for after in range(0, 500, 100):
            await writer.append(records(100, after=after))

            assert verify(path) == (after + 100, writer.hash, True)


def test_a_missing_journal_is_broken_only_if_there_was_one(journal: Path, tmp_path: Path) -> None:
    journal.unlink()

    assert broken_at(journal) == 1
    with pytest.raises(JournalError, match="there is no journal"):
        verify(tmp_path / "never.sqlite")


@pytest.mark.parametrize("content", [b"", b"not a database at all " * 200])
def test_a_file_that_is_no_journal_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.sqlite").write_bytes(content)

    with pytest.raises(JournalBroken, match="is not a journal"):
        verify(tmp_path / "other.sqlite")


INITIALIZED = OrderInitialized(client_order_id=ORDER, ticket=TICKET)
SUBMITTED = OrderSubmitted(client_order_id=ORDER, decision=DECISION, ticket_hash=ticket_hash(TICKET))
DENIED = OrderDenied(client_order_id=ORDER, decision=DECISION, text="no")
RELEASED = OrderReleased(client_order_id=ORDER, ticket=TICKET)
LARGER = replace(INITIALIZED, ticket=replace(TICKET, quantity=TICKET.quantity * 10))


@pytest.mark.parametrize(
    ("story", "broken"),
    [
        ([INITIALIZED, SUBMITTED], None),
        ([INITIALIZED, DENIED], None),
        ([LARGER, SUBMITTED], 2),
        ([INITIALIZED, replace(SUBMITTED, ticket_hash="")], 2),
        ([SUBMITTED, INITIALIZED], 1),
        ([INITIALIZED, SUBMITTED, SUBMITTED], 3),
        ([INITIALIZED, DENIED, SUBMITTED], 3),
        ([LARGER, RELEASED, SUBMITTED], None),
        ([INITIALIZED, replace(RELEASED, ticket=LARGER.ticket), SUBMITTED], 3),
    ],
    ids=[
        *("approved", "denied", "a larger ticket", "of nothing", "before its ticket", "twice", "after a denial"),
        *("as it was released", "released as another"),
    ],
)
async def test_an_approval_is_of_exactly_the_ticket_before_it(
    path: Path, story: list[OrderInitialized | OrderReleased | OrderSubmitted | OrderDenied], broken: int | None
) -> None:
    """The chain is whole in all of them: whoever can write a journal can compute its hashes."""
    async with opened(path) as writer:
        await writer.append([record(seq, event) for seq, event in enumerate(story, start=1)])

    if broken is None:
        assert verify(path).seq == len(story)
    else:
        assert broken_at(path) == broken


def test_the_records_of_the_pass_are_those_that_were_written(journal: Path) -> None:
    seen: list[Record] = []

    assert verify(journal, each=seen.append).seq == COUNT
    assert seen == records(COUNT)


def test_no_record_is_given_from_the_first_broken_one_on(journal: Path) -> None:
    edit(journal, CHANGE.format("ts = ts + 1", 12))
    seen: list[Record] = []

    with pytest.raises(JournalBroken):
        verify(journal, each=seen.append)

    assert seen == records(11)


def test_verifying_leaves_no_file_behind(journal: Path) -> None:
    before = {each.name: each.read_bytes() for each in journal.parent.iterdir()}
    verify(journal)

    assert {each.name: each.read_bytes() for each in journal.parent.iterdir()} == before
