"""What is said of one order in lists and on its page."""

import pytest

from cockpit.cli.order_page import told_of


@pytest.mark.parametrize(
    ("said", "soft", "shown"),
    [
        (
            "soft: now it would be denied by max_position",
            True,
            "held here, not at the venue: now it would be denied by max_position",
        ),
        ("soft: the link to sim is down", False, "was held here: the link to sim is down"),
        ("by ann", False, "by ann"),
        ("", True, ""),
    ],
)
def test_of_an_order_that_is_held_here_that_is_said_first(said: str, soft: bool, shown: str) -> None:
    assert told_of({"text": said, "soft": soft}) == shown
