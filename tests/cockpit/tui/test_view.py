"""How fresh a price is: wall time since it arrived, against how often one is expected."""

from dataclasses import replace

import pytest

from cockpit.tui.view import Freshness, View, caption, freshness, priced
from oms.domain.risk import TradingState
from oms.domain.units import SECOND


@pytest.mark.parametrize(
    ("quiet", "expected", "answer"),
    [
        (None, 0.125, Freshness.WAITING),
        (0.1, 0.125, Freshness.FRESH),
        (0.9, 0.125, Freshness.FRESH),
        (1.1, 0.125, Freshness.AGEING),
        (4.9, 0.125, Freshness.AGEING),
        (5.1, 0.125, Freshness.STALE),
        (5.1, 10.0, Freshness.FRESH),
        (16.0, 10.0, Freshness.AGEING),
        (29.0, 10.0, Freshness.AGEING),
        (31.0, 10.0, Freshness.STALE),
    ],
)
def test_lateness_is_measured_against_what_is_expected(quiet: float | None, expected: float, answer: Freshness) -> None:
    said = freshness(quiet_secs=quiet, expected_secs=expected, paused=False, ended=False, connected=True)

    assert said is answer


def test_a_paused_tape_is_never_stale() -> None:
    said = freshness(quiet_secs=3_600, expected_secs=0.1, paused=True, ended=False, connected=True)

    assert said is Freshness.PAUSED


def test_an_ended_tape_has_ended_even_if_it_is_paused() -> None:
    assert freshness(quiet_secs=9, expected_secs=0.1, paused=True, ended=True, connected=True) is Freshness.ENDED


def test_a_lost_link_outweighs_everything() -> None:
    assert freshness(quiet_secs=0, expected_secs=1, paused=True, ended=True, connected=False) is Freshness.DISCONNECTED


def view(state: Freshness) -> View:
    return View(now=0.0, mode_word="PAPER", mode_style="paper", freshness=state, quiet_secs=7.2)


def test_old_values_are_kept_and_marked() -> None:
    assert priced("189.20", "text", view(Freshness.STALE)) == ("189.20~", "stale")
    assert priced("189.20", "up", view(Freshness.DISCONNECTED)) == ("189.20×", "stale")
    assert priced("189.20", "up", view(Freshness.AGEING)) == ("189.20", "muted")
    assert priced("189.20", "up", view(Freshness.PAUSED)) == ("189.20", "up")


def test_titles_say_how_old() -> None:
    assert caption(view(Freshness.STALE)) == "STALE 7s"
    assert caption(view(Freshness.FRESH)) == ""


@pytest.mark.parametrize("closed", [TradingState.HALTED, TradingState.REDUCING])
def test_a_lost_link_says_for_how_long_what_was_last_and_which_key_helps(closed: TradingState) -> None:
    lost = replace(view(Freshness.DISCONNECTED), away_secs=72.4, quoted=1_279_119_600 * SECOND, trading=closed)

    assert caption(lost) == "DISCONNECTED 01:12 · last 15:00:00Z · ^R retries"
    assert caption(replace(lost, quoted=0)) == "DISCONNECTED 01:12 · ^R retries"


def test_a_lost_link_that_lets_trading_go_on_comes_back_by_itself_and_no_key_helps() -> None:
    """`^R` would only say that trading is not stopped."""
    lost = replace(view(Freshness.DISCONNECTED), away_secs=72.4, trading=TradingState.ACTIVE)

    assert caption(lost) == "DISCONNECTED 01:12 · retrying"
