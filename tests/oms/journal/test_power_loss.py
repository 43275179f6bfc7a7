"""After a power failure a journal holds every record that was acknowledged, and of the commit that was cut all or
nothing."""

from pathlib import Path

import pytest

from bench import power_journal
from bench.power_journal import Promised, cut_power


def test_no_power_failure_loses_what_was_acknowledged(tmp_path: Path) -> None:
    """J-11: the campaign of thousands is `python bench/power_journal.py --images 2000`."""
    assert cut_power(tmp_path, commits=12, count=30, seed=1) == []


def test_a_journal_that_does_not_wait_for_the_disk_would_be_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = power_journal._copy  # noqa: SLF001 - what the disk has promised
    held: list[Promised] = []

    def late(folder: Path, seq: int) -> Promised:
        """Hold what was there one commit ago, and say that it was acknowledged."""
        held.append(copy(folder, seq))
        return held[max(0, len(held) - 2)]._replace(seq=seq)

    monkeypatch.setattr(power_journal, "_copy", late)

    assert cut_power(tmp_path, commits=12, count=20, seed=1)
