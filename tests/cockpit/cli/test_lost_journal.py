"""A journal that is gone is told from one that never was: its head, which is still there, names its end."""

import pytest

from cockpit.paths import Paths
from tests.doubles.command_line import CommandLine


@pytest.mark.parametrize(
    "verb",
    [
        ("orders", "list"),
        ("orders", "quality"),
        ("positions", "list"),
        ("strategies", "list"),
        ("risk", "status"),
        ("journal", "show"),
        ("journal", "state"),
        ("journal", "show", "42"),
        ("journal", "verify"),
        ("orders", "show", "SIM-1-1"),
        ("resume", "--confirm", "RESUME"),
        ("headless", "--bars", "1"),
    ],
    ids=" ".join,
)
def test_a_journal_that_is_gone_while_its_head_names_its_end_is_no_account_that_has_not_run(
    cockpit: CommandLine, traded: Paths, verb: tuple[str, ...]
) -> None:
    traded.journal.unlink()

    ran = cockpit(*verb, "--json")

    assert (ran.code, ran.error["code"]) == (12, "JOURNAL_BROKEN")
    assert f"there is no {traded.journal}, its head names record" in ran.error["message"]


def test_a_stop_of_an_account_whose_journal_is_gone_stops_it_and_says_what_is_not_known(
    cockpit: CommandLine, traded: Paths
) -> None:
    traded.journal.unlink()

    ran = cockpit("stop", "--json")

    assert (ran.data["state"], ran.data["orders"]) == ("HALTED", None)
    assert any("the journal cannot be read" in warning for warning in ran.envelope["warnings"])
