"""The top row, and the row of links below it."""

from decimal import Decimal

import pytest

from cockpit.glyphs import ASCII
from cockpit.tui.banner import Ribbon, banner, drawdown, tiny, title
from cockpit.tui.links import gate, links
from cockpit.tui.panels import gauges
from cockpit.tui.recent import Recent
from cockpit.tui.view import Freshness
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain.risk import TradingState
from oms.domain.units import Money
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

    assert words(bar).startswith("▌PAPER▐ DEMO tape 2010-07-14 14:59Z ×0.5")
    assert bar.word == "paper"


def test_a_wide_banner_tells_everything(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    said = words(banner(state, scene.view(recent, free=GATE.get_risk_status(state).free), 160))

    for fact in ("••••0001", "NAV 99,996.33", "Day ▼ -3.67 (<0.01%)", "Open ▲ +0.33", "BP 87,315", "DD -0.15%"):
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

    assert "▼ -4" in words(banner(state, scene.view(recent), 24))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("freshness", [Freshness.FRESH, Freshness.PAUSED, Freshness.ENDED, Freshness.DISCONNECTED])
def test_when_and_how_fast_is_said_whatever_else_there_is_to_say(
    afternoon: tuple[State, Recent], width: int, freshness: Freshness
) -> None:
    state, recent = afternoon
    halted = ev.TradingHalted(actor="gate", cause="drawdown", text="10.2 % below the peak")
    state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=halted))
    for trading in TradingState:
        said = words(banner(state, scene.view(recent, freshness=freshness, trading=trading), width))

        assert "2010-07-14 14:59Z ×0.5" in said


@pytest.mark.parametrize("width", range(40, 161, 8))
def test_the_room_decides_what_is_shown_and_where_and_no_digit_does(width: int) -> None:
    """The account goes from a loss of thousands over nothing to a profit of cents: no fact comes, goes or moves."""
    seen = set()
    for cash in ("95123.45", "99999.99", "100000.00", "100003.67", "104987.65"):
        state, recent = scene.afternoon(GATE)
        told = aev.BalanceReported(broker=scene.SIM, account=scene.ACCOUNT, cash=Money(Decimal(cash), "USD"))
        state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=told))
        said = words(banner(state, scene.view(recent, free=Decimal(cash)), width))
        seen.add(tuple((label, said.find(label)) for label in ("NAV", "Day", "(", "Open", "BP", "DD", "••••")))

    assert len({tuple(label for label, place in facts if place >= 0) for facts in seen}) == 1
    places = [{label: place for label, place in facts if label != "("} for facts in seen]
    assert all(place == places[0] for place in places)


@pytest.mark.parametrize(("actor", "cause", "who"), [("gate", "drawdown", "drawdown"), ("signal", "stop", "signal")])
def test_a_halt_changes_the_word_and_says_who(
    afternoon: tuple[State, Recent], actor: str, cause: str, who: str
) -> None:
    """A rule is named by its name, and whoever asked for a stop by theirs."""
    state, recent = afternoon
    halted = ev.TradingHalted(actor=actor, cause=cause, text="10.2 % below the peak")
    state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=halted))
    bar = banner(state, scene.view(recent, trading=TradingState.HALTED), 200)

    said = f"▌HALTED▐ PAPER by {who} 14:59:00Z: 10.2 % below the peak · cancels ok · ^R resume"
    assert words(bar).startswith(said)
    assert bar.word == "halted"


def test_how_far_the_cancels_have_come_is_said_and_not_that_they_are_well(
    afternoon: tuple[State, Recent],
) -> None:
    state, recent = afternoon
    state.apply(ev.Record(seq=99, ts=state.ts, wall=0, event=ev.TradingHalted(actor="signal", cause="stop", text="")))
    view = scene.view(recent, trading=TradingState.HALTED, cancels="0/3 canceled, tape held")

    said = " · 0/3 canceled, tape held · ^R resume  "
    assert words(banner(state, view, 130)).startswith(f"▌HALTED▐ PAPER by signal 14:59:00Z{said}")
    assert words(banner(state, view, 120)).startswith(f"▌HALTED▐ PAPER{said}")
    assert "cancels ok" in words(banner(state, scene.view(recent, trading=TradingState.HALTED), 120))


@pytest.mark.parametrize(
    "why",
    [
        "the journal failed: records 44 to 45 were not written to /x/journal.sqlite: database or disk is full",
        "the journal failed: [Errno 28] No space left on device: '/x/journal.sqlite'",
    ],
)
def test_a_disk_that_failed_is_the_cause_of_whatever_fails_after_it(afternoon: tuple[State, Recent], why: str) -> None:
    state, recent = afternoon
    follows = "sim is lost: venue book /x/venue.sqlite is not open"
    for event in (
        ev.TradingHalted(actor="journal", cause="journal", text=why),
        ev.TradingHalted(actor="session", cause="stop", text=follows),
    ):
        record = ev.Record(seq=90, ts=state.ts, wall=0, event=event)
        state.apply(record)
        recent.watch(record, state, scene.NOW)
    view = scene.view(recent, trading=TradingState.HALTED, link=follows)

    assert " by disk " in words(banner(state, view, 120))
    assert "by disk" in "".join(cell.text for cell in gauges.lines(state, view, 60, 3)[-1])
    assert "away: sim is lost: venue book venue.sqlite is…" in "".join(cell.text for cell in links(state, view, 120))


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
    assert "Open ▲ +0.33~" in said


def test_a_lost_link_is_the_word(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    bar = banner(state, scene.view(recent, freshness=Freshness.DISCONNECTED, link="reset by peer"), 120)

    assert words(bar).startswith("▌OFFLINE▐ PAPER")
    assert bar.word == "offline"
    assert "NAV" in words(bar)


def test_an_armed_stop_takes_the_whole_bar(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon

    bar = banner(state, scene.view(recent), 120, armed=True)

    assert words(bar) == "▌E-STOP ARMED▐ press ^X again within 0.9 s — cancels 2 orders, blocks new ones"
    assert bar.word == "estop"
    assert words(banner(state, scene.view(recent), 50, armed=True)) == "▌E-STOP ARMED▐ press ^X again within 0.9 s"
    assert words(banner(state, scene.view(recent), 40, armed=True)) == "▌E-STOP ARMED▐ press ^X again"
    assert tiny(state, scene.view(recent), 20, armed=True).word == "estop"


def test_the_window_is_named_by_mode_and_masked_account(afternoon: tuple[State, Recent]) -> None:
    _, recent = afternoon

    assert title(scene.view(recent)) == "[PAPER] cockpit ••••0001"
    assert title(scene.view(recent, trading=TradingState.HALTED)) == "[HALTED] cockpit ••••0001"


def test_the_smallest_screens_say_gate_orders_and_links_in_one_line(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon
    said = "".join(cell.text for cell in gate(state, scene.view(recent)))
    lost = "".join(cell.text for cell in gate(state, scene.view(recent, link="reset", trading=TradingState.HALTED)))

    assert said == " Gate ACTIVE · 2 orders · feed ● sim ● "
    assert lost == " Gate HALTED · 2 orders · feed ● sim ○ "


def test_the_smallest_terminal_shows_mode_result_and_stop(afternoon: tuple[State, Recent]) -> None:
    state, recent = afternoon

    said = {width: words(tiny(state, scene.view(recent), width)) for width in (23, 20, 15, 10, 5, 4)}

    assert said == {
        23: "PAPER Day -4 ^X^X STOP", 20: "PAPER Day -4 ^X^X", 15: "PAPER ^X^X STOP", 10: "PAPER ^X^X", 5: "PAPER",
        4: "^X^X",
    }  # fmt: skip


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
