"""Exported files are private, and there whole or not at all."""

import stat
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from cockpit.snapshot.store import file_name, write

NOW = datetime(2026, 11, 20, 14, 3, 25, 999_000, tzinfo=UTC)


def test_a_name_says_mode_time_and_record() -> None:
    assert file_name("paper", NOW, 18_204, "svg") == "cockpit-paper-20261120T140325Z-18204.svg"


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    written = write(tmp_path / "snapshots", "a.txt", "NAV ▲")

    assert written.path.read_text("utf-8") == "NAV ▲"
    assert written.sha256 == sha256("NAV ▲".encode()).hexdigest()
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.path.parent.stat().st_mode) == 0o700


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path, "a.txt", "x")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(OSError, match="file"):
        write(tmp_path / "file" / "snapshots", "a.txt", "x")
