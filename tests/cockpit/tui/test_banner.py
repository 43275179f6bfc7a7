"""The rows around the panels."""

import pytest

from cockpit.glyphs import ASCII
from cockpit.tui.banner import Ribbon, banner, drawdown, links, tiny
from cockpit.tui.recent import Recent
from cockpit.tui.view import Freshness
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.state import State
from tests.cockpit.tui import scene

GATE = scene.gate()


@pytest.fixture
def afternoon() -> tuple[State, Recent]:
    return scene.afternoon(GATE)


def words(bar: Ribbon) -> str:
    return "".join(cell.text for cell in bar.line)


def test_the_word_comes_first_and_fills_the_bar(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    bar = banner(state, scene.view(recent), 140)

    assert words(bar).startswith("▌PAPER▐ DEMO  tape 2010-07-14 14:59Z ×0.5")
    assert bar.word == "paper"


def test_a_wide_banner_tells_everything(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    said = words(banner(state, scene.view(recent), 160))

    for fact in ("••••0001", "NAV 99,996.33", "Day ▼ -3.67 (0.00%)", "Open +0.33", "BP 92,772", "DD -0.15%"):
        assert fact in said


@pytest.mark.parametrize("width", range(24, 161, 4))
def test_facts_are_left_out_whole_and_never_cut(afternoon: tuple[State, Recent], width: int) -> None:
    state, recent = afternoon
    full = words(banner(state, scene.view(recent), 400))
    said = words(banner(state, scene.view(recent), width))

    assert len(said) <= width
    for number in (part for part in said.split() if part[-1].isdigit() and "." in part and "×" not in part):
        assert number in full


def test_the_day_stays_longest(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon

    assert "Day ▼ -3.67" in words(banner(state, scene.view(recent), 24))


def test_a_halt_changes_the_word_and_says_who(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    halted = ev.TradingHalted(actor="gate", cause="drawdown", text="10.2 % below the peak")
    state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=halted))
    bar = banner(state, scene.view(recent, trading=TradingState.HALTED), 200)

    assert words(bar).startswith("▌HALTED▐ PAPER by drawdown: 10.2 % below the peak")
    assert bar.word == "halted"


@pytest.mark.parametrize(
    ("freshness", "said"),
    [(Freshness.PAUSED, "PAUSED"), (Freshness.ENDED, "TAPE ENDED"), (Freshness.STALE, "STALE")],
)
def test_what_is_not_normal_is_said_before_any_number(
    afternoon: tuple[State, Recent], freshness: Freshness, said: str
) -> None:
    state, recent = afternoon

    assert words(banner(state, scene.view(recent, freshness=freshness), 120)).startswith(f"▌PAPER▐ {said}  ")


def test_stale_and_lost_prices_mark_the_totals_too(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    said = words(banner(state, scene.view(recent, freshness=Freshness.STALE), 160))

    assert "NAV 99,996.33~" in said
    assert "Open +0.33~" in said


def test_a_lost_link_is_the_word(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    bar = banner(state, scene.view(recent, freshness=Freshness.DISCONNECTED, link="reset by peer"), 120)

    assert words(bar).startswith("▌OFFLINE▐ PAPER")
    assert bar.word == "offline"
    assert "NAV" in words(bar)


def test_an_armed_stop_takes_the_whole_bar(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon

    assert banner(state, scene.view(recent), 120, armed=True).word == "estop"
    assert tiny(state, scene.view(recent), armed=True).word == "estop"


def test_the_smallest_terminal_shows_mode_result_and_stop(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon

    assert words(tiny(state, scene.view(recent))) == "PAPER -4 ^X^X STOP"


def test_nothing_known_is_absent_and_never_zero() -> None:
    said = words(banner(State(), scene.view(Recent()), 160))

    assert "NAV —" in said
    assert "Day —" in said
    assert drawdown(State()) is None


def test_links_say_what_stands(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    said = "".join(cell.text for cell in links(state, scene.view(recent), 120))

    assert said == " Dashboard   feed ●  sim ●  engine ● record 36  interpolated prices  us_daily_2000_2013"


def test_outside_text_cannot_command_the_terminal(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    evil = scene.view(recent, freshness=Freshness.DISCONNECTED, link="\x1b]52;c;cm0=\x07[red]gone")

    assert "\x1b" not in "".join(cell.text for cell in links(state, evil, 120))


def test_a_terminal_without_unicode_gets_signs_it_has(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    view = scene.view(recent, glyphs=ASCII, account="****0001", speed="x0.5")

    assert words(banner(state, view, 160)).isascii()
