"""Sentences that fit: by part, by word, never in the middle of either."""

import pytest

from cockpit.tui.said import Said, parts, without_folders

SAID = "STOPPED: sim 3/3 orders closed in 142 ms · 3 positions stay · ^R resumes"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (120, SAID),
        (len(SAID), SAID),
        (len(SAID) - 1, "STOPPED: sim 3/3 orders closed in 142 ms · 3 positions stay"),
        (56, "STOPPED: sim 3/3 orders closed in 142 ms · ^R resumes"),
        (41, "STOPPED: sim 3/3 orders closed in 142 ms"),
        (39, "STOPPED: sim 3/3 orders closed in 142…"),
        (12, "STOPPED:…"),
        (3, "…"),
        (0, ""),
    ],
)
def test_what_does_not_fit_is_left_out_by_part_and_the_first_part_by_word(width: int, shown: str) -> None:
    assert parts(SAID, width) == shown


def test_a_file_is_named_without_its_folders() -> None:
    said = (
        "records 44 to 45 were not written to /home/a/state/journal.sqlite: database or disk is full, 2/3 of '/x/y z/b'"
    )

    assert (
        without_folders(said)
        == "records 44 to 45 were not written to journal.sqlite: database or disk is full, 2/3 of 'b'"
    )
    assert without_folders("EUR/USD and/or /") == "EUR/USD and/or /"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (len(SAID), SAID),
        (len(SAID) - 1, "STOPPED: sim 3/3 · 3 positions stay · ^R resume"),
        (46, "STOPPED: sim 3/3 · 3 positions stay …"),
        (36, "STOPPED: sim 3/3 · ^R resume …"),
        (17, "STOPPED: sim…"),
    ],
)
def test_a_result_is_said_in_fewer_words_before_a_part_is_left_out_and_then_with_a_sign(width: int, shown: str) -> None:
    said = Said(SAID, "warn", "STOPPED: sim 3/3 · 3 positions stay · ^R resume")

    assert said.fitted(width) == shown
    assert len(said.fitted(width)) <= width


def test_what_has_no_fewer_words_loses_parts_with_a_sign() -> None:
    assert Said("copied 7 fields · as a row").fitted(20) == "copied 7 fields …"
