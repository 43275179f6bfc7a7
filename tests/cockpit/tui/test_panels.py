"""Panels are functions of the state and the view; a table of each is read here as a trader would."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cockpit import format as fmt
from cockpit.glyphs import UNICODE
from cockpit.snapshot.text import to_text
from cockpit.tui.banner import banner
from cockpit.tui.capture import capture
from cockpit.tui.meters import meters
from cockpit.tui.panels import equity, gauges, log, orders, positions, prices, strategies
from cockpit.tui.recent import Recent
from cockpit.tui.rows import TableRow
from cockpit.tui.view import Freshness, View, caption
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.ids import MANUAL, ClientOrderId, StrategyId
from oms.domain.order import OrderFlag, Side
from oms.domain.risk import TradingState
from oms.domain.units import DAY
from oms.protected import Protected
from oms.state import State
from tests.cockpit.tui import scene
from tests.cockpit.tui.stage import in_scene

GATE = scene.gate()


@pytest.fixture
def state_and_view() -> tuple[State, View]:
    state, recent = scene.afternoon(GATE)
    return state, scene.view(recent, meters=meters(GATE.get_risk_status(state), state))


def texts(row: TableRow) -> list[str]:
    return [cell.text.strip() for cell in row.cells]


def test_prices_show_every_instrument_with_its_change_and_our_position(state_and_view: tuple[State, View]) -> None:
    rows = prices.rows(*state_and_view, trend_cells=4)

    assert [texts(row)[:6] for row in rows] == [
        ["AAPL", "252.73▴", "▲ 0.37%", "-14", "252.72", "252.75"],
        ["GOOG", "489.56▾", "▼ 0.33%", "3", "489.55", "489.58"],
        ["IBM", "130.45▾", "▲ 0.47%", "17", "130.44", "130.47"],
        ["MSFT", "25.44▴", "0.00%", "—", "25.43", "25.46"],
    ]
    assert all(len(row.cells[6].text) == 4 for row in rows)


def test_the_arrow_of_a_tick_goes_after_a_second_and_leaves_its_cell(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    later = prices.rows(state, replace(view, now=view.now + 1.5))

    assert [row.cells[1].text for row in later] == ["252.73 ", "489.56 ", "130.45 ", "25.44 "]


def test_an_instrument_without_a_price_shows_dashes() -> None:
    state, _ = scene.afternoon(GATE)
    state.marks.by_id.clear()
    state.marks.quotes.clear()

    assert texts(prices.rows(state, scene.view(Recent()))[0])[1:3] == ["—", "—"]


def test_positions_show_side_quantity_and_what_they_would_bring(state_and_view: tuple[State, View]) -> None:
    rows = positions.rows(*state_and_view)

    assert [[*texts(row)[:8], texts(row)[10]] for row in rows] == [
        ["AAPL", "▼ SHRT", "14", "252.11", "252.73▴", "▲ 0.37%", "-8.66", "-0.25%", "mean_reversion"],
        ["GOOG", "▲ LONG", "3", "489.00", "489.56▾", "▼ 0.33%", "+1.68", "+0.11%", "ma_crossover"],
        ["IBM", "▲ LONG", "17", "130.02", "130.45▾", "▲ 0.47%", "+7.31", "+0.33%", "trend_following"],
    ]


def test_the_total_is_the_sum_of_what_is_not_rounded(state_and_view: tuple[State, View]) -> None:
    cells = positions.totals(*state_and_view)

    assert cells[6].text == "+0.33"


@pytest.mark.parametrize(("freshness", "mark"), [(Freshness.STALE, "~"), (Freshness.DISCONNECTED, "×")])
def test_old_prices_keep_their_values_and_are_marked(
    state_and_view: tuple[State, View], freshness: Freshness, mark: str
) -> None:
    state, view = state_and_view
    old = replace(view, freshness=freshness)

    held, total, seen = positions.rows(state, old)[0], positions.totals(state, old), prices.rows(state, old)[0]
    gauged = ["".join(cell.text for cell in line) for line in gauges.lines(state, old, 60, 9)]

    assert [held.cells[place].text[-1] for place in (4, 5, 6, 7, 11)] == [mark] * 5
    assert (total[6].text, total[11].text) == (f"+0.33{mark}", f"7.22%{mark}")
    assert [seen.cells[place].text[-1] for place in (1, 2, 4, 5)] == [mark] * 4
    assert [line.split()[0] for line in gauged if mark not in line] == ["Positions", "Orders/min", "Gate"]
    assert f"-3.67{mark}" in equity.lines(state, old, 60, 8)[-1][0].text


@pytest.mark.parametrize(
    ("stops", "stop", "risk"),
    [
        ((), "none", "—"),
        ((("128.00", 17, True),), "128.00●", "41.65"),
        ((("128.00", 17, False),), "128.00◍", "41.65"),
        ((("128.00", 10, True),), "128.00◐10", "?"),
        ((("128.00", 10, True), ("126.00", 7, True)), "126.00●", "55.65"),
        ((("131.00", 17, True),), "131.00●", "0.00"),
    ],
)
def test_a_position_says_its_stop_where_it_works_and_what_it_risks(
    state_and_view: tuple[State, View],
    stops: tuple[tuple[str, int, bool], ...],
    stop: str,
    risk: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state, view = state_and_view
    found = tuple(Protected(Decimal(px), Decimal(quantity), at_venue) for px, quantity, at_venue in stops)
    monkeypatch.setattr(state.brackets, "protection", lambda _key: found)

    assert texts(positions.rows(state, view)[2])[8:10] == [stop, risk]


@pytest.mark.parametrize("freshness", [Freshness.WAITING, Freshness.FRESH, Freshness.PAUSED])
def test_a_price_that_an_earlier_run_recorded_is_marked_and_measured_against_nothing(
    state_and_view: tuple[State, View], freshness: Freshness
) -> None:
    state, view = state_and_view
    goog, ibm = (scene.SHARES[symbol].instrument_id for symbol in ("GOOG", "IBM"))
    for gone in (goog, ibm):
        del state.marks.quotes[gone]
        view.recent.prices.pop(gone, None)
    state.marks.by_id[goog] = state.marks.by_id[goog]._replace(ts=state.ts - 15 * DAY)
    restarted = replace(view, freshness=freshness, is_old=True)

    seen = {row.cells[0].text: row for row in prices.rows(state, restarted)}
    held = {row.cells[0].text: row for row in positions.rows(state, restarted)}

    assert [cell.text.strip() for cell in seen["GOOG"].cells[1:]] == ["489.56~", "—", "3", "—", "—", "15d old"]
    assert seen["GOOG"].cells[1].word == "stale"
    assert [cell.text for cell in seen["AAPL"].cells[1:3]] == ["252.73▴", "▲ 0.37%"], "its quote has come"
    assert [held["IBM"].cells[place].text.strip()[-1] for place in (4, 5, 6, 7, 11)] == ["~", "—", "~", "~", "~"]
    assert [held["AAPL"].cells[place].text[-1] == "~" for place in (4, 5, 6, 7, 11)] == [False] * 5
    assert positions.totals(state, restarted)[6].text.endswith("~")
    assert "NAV 99,996.33~" in banner(state, restarted, 200).line[0].text
    assert caption(restarted).endswith("~ not quoted yet")


def test_a_price_that_is_not_there_has_no_age(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    state.marks.quotes.clear()
    row = prices.rows(state, replace(view, freshness=Freshness.STALE))[0]

    assert [cell.text for cell in row.cells[4:6]] == ["—", "—"]


def test_working_orders_show_how_much_is_filled(state_and_view: tuple[State, View]) -> None:
    rows = orders.rows(*state_and_view)

    assert [texts(row) for row in rows] == [
        ["3-4", "MSFT", "BUY", "120", "0", "LIMIT", "25.10", "", "DAY", "28m00", "● working", "pairs_trading"],
        ["3-5", "GOOG", "BUY", "8", "3", "LIMIT", "489.00", "", "DAY", "27m00", "◐ partial", "ma_crossover"],
    ]


def test_a_cancel_without_an_answer_is_overdue_and_pinned_on_top(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    order_id = ClientOrderId("SIM-3-5")
    asked = oev.OrderPendingCancel(client_order_id=order_id, actor="ann")
    overdue = oev.OrderFlagged(client_order_id=order_id, flag=OrderFlag.OVERDUE, text="no answer")
    state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=asked))
    state.apply(ev.Record(seq=51, ts=state.ts, wall=0, event=overdue))
    top = orders.rows(state, view)[0]

    assert (texts(top)[0], texts(top)[10], top.cells[10].word) == ("3-5", "○ overdue", "danger")


def test_an_order_of_unknown_fate_is_pinned_on_top(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    lost = oev.OrderOutcomeUnknown(client_order_id=ClientOrderId("SIM-3-5"), text="no answer")
    state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=lost))

    assert texts(orders.rows(state, view)[0])[0] == "3-5"
    assert texts(orders.rows(state, view)[0])[10] == "○ unknown"


def test_strategies_say_what_they_made_and_what_they_wait_for(state_and_view: tuple[State, View]) -> None:
    rows = strategies.rows(*state_and_view)

    assert texts(rows[0])[:5] == ["trend_following", "● on", "2", "1", "+6.31"]
    assert texts(rows[3])[:2] == ["ma_crossover", "‖ pause"]
    assert rows[2].cells[6].text.startswith("IBM/MSFT z -0.73")


def test_what_was_traded_by_hand_has_a_row_so_that_the_money_adds_up(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    before = state.equity.now
    by_hand = scene.ticket(MANUAL, "MSFT", Side.BUY, 100)
    fill = scene.filled("SIM-3-9", by_hand, 100, "25.40", state.ts)
    for event in (*scene.sent("SIM-3-9", by_hand, GATE.limits()), fill):
        state.apply(ev.Record(seq=70, ts=state.ts, wall=0, event=event))
    rows = strategies.rows(state, view)

    assert texts(rows[4]) == ["manual", "—", "—", "—", "+3.00", "—", ""]
    assert sum((strategies.profit(StrategyId(row.key), state) or 0) for row in rows) + 100_000 == state.equity.now
    assert before != state.equity.now


def test_a_strategy_that_failed_says_why(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    fault = sev.StrategyFaulted(strategy_id=scene.TREND, text="ZeroDivisionError\x1b[2J (own.py:7)")
    state.apply(ev.Record(seq=50, ts=state.ts, wall=0, event=fault))

    assert texts(strategies.rows(state, view)[0])[1] == "! error"
    assert texts(strategies.rows(state, view)[0])[6] == "ZeroDivisionError (own.py:7)"


def test_the_log_is_newest_first(state_and_view: tuple[State, View]) -> None:
    rows = log.rows(state_and_view[1])

    assert texts(rows[0]) == ["07-14 14:33Z", "strategy", "ma_crossover paused by operator"]
    assert texts(rows[2])[1] == "denied"
    assert texts(rows[2])[2].startswith(
        "trend_following BUY 12 GOOG #3-3: max_position: position 5.87% of equity is more than 5.00"
    )


def test_while_trading_stands_the_log_begins_with_why_and_goes_on_with_the_newest(
    state_and_view: tuple[State, View],
) -> None:
    state, view = state_and_view
    halts = [ev.TradingHalted(actor=who, cause="stop", text="bad news") for who in ("ann", "bob")]
    cancels = [oev.OrderCanceled(client_order_id=ClientOrderId(name)) for name in ("SIM-3-4", "SIM-3-5")]
    happened: list[ev.Event] = [halts[0], *cancels, halts[1]]
    for event in happened:
        record = ev.Record(seq=60, ts=state.ts, wall=0, event=event)
        state.apply(record)
        view.recent.watch(record, state, scene.NOW)
    stopped = replace(view, trading=TradingState.HALTED)

    told = [texts(row)[2].partition(":")[0] for row in log.rows(stopped)[:4]]

    pinned, newest = (texts(row)[0] for row in log.rows(stopped)[:2])
    assert pinned == f"{UNICODE.up}{newest}"
    assert told[:2] == ["trading HALTED by ann, stop", "trading HALTED by bob, stop"]
    assert [words.partition(" #")[2] for words in told[2:]] == ["3-5", "3-4"]
    assert len(log.rows(stopped)) == len(log.rows(view))
    view.recent.watch(ev.Record(seq=61, ts=state.ts, wall=0, event=ev.TradingResumed(actor="ann")), state, scene.NOW)
    assert [texts(row)[1] for row in log.rows(stopped)[:2]] == ["resume", "halt"]


def test_the_equity_line_has_its_scale_and_figures(state_and_view: tuple[State, View]) -> None:
    shown = ["".join(cell.text for cell in line) for line in equity.lines(*state_and_view, 40, 8)]

    assert shown[0].endswith("100,006")
    assert shown[5].endswith("99,996")
    assert shown[6].split() == ["13:30", "13:58", "14:26", "14:57"]
    assert shown[7].split() == ["▼", "-3.67", "fills", "4", "win", "—", "fees", "4.00", "USD"]


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (99_995.6, 100_000.4, ["100,000", "99,996"]),
        (99_999.7, 100_000.2, ["100,000.20", "99,999.70"]),
        (100_000.0, 100_000.0, ["100,000.00"]),
        (100_000.001, 100_000.004, ["100,000.00"]),
    ],
)
def test_both_ends_of_the_equity_line_never_say_the_same(
    state_and_view: tuple[State, View], low: float, high: float, labels: list[str]
) -> None:
    state, view = state_and_view
    half = len(view.recent.curve) // 2
    view.recent.curve[:] = [low] * half + [high] * (len(view.recent.curve) - half)
    drawn = equity.lines(state, view, 40, 8)[:6]

    said = [(line[0].text, line[1].text.strip()) for line in drawn if line[1].text.strip()]
    assert [label for _, label in said] == labels
    assert all(row.strip() for row, _ in said), "a label stands at the level that it names"
    if len(labels) == 1:
        assert sum(bool(line[0].text.strip()) for line in drawn) == 1, "what did not change is level"


def test_figures_that_have_no_room_go_whole(state_and_view: tuple[State, View]) -> None:
    shown = ["".join(cell.text for cell in equity.lines(*state_and_view, width, 8)[-1]) for width in (38, 24, 16)]

    assert [line.split()[2:] for line in shown] == [["fills", "4", "win", "—"], ["fills", "4", "win", "—"], []]


def test_the_axis_says_days_once_the_line_spans_them_and_stands_still(state_and_view: tuple[State, View]) -> None:
    state, view = state_and_view
    view.recent.times[:] = [ts * 24 for ts in view.recent.times]
    before = equity.lines(state, view, 60, 8)[6]
    view.recent.curve.append(view.recent.curve[-1])
    view.recent.times.append(view.recent.times[-1] + DAY)

    assert all(len(label) == 5 and label[2] == "-" for label in before[0].text.split())
    assert equity.lines(state, view, 60, 8)[6] == before


def test_the_change_is_that_of_the_present_worth_though_no_quote_has_come_since(
    state_and_view: tuple[State, View],
) -> None:
    state, view = state_and_view
    worth = state.equity.now
    assert worth is not None
    view.recent.curve[-1] += 500.0
    change = worth - Decimal(str(view.recent.curve[0]))

    assert fmt.signed_money(change) in equity.lines(state, view, 60, 8)[-1][0].text


def test_a_growing_line_moves_only_at_its_end() -> None:
    curve = [float(number % 7) for number in range(45)]
    before, after = equity.steady(curve[:41], 60), equity.steady(curve[:42], 60)

    assert before[:41] == after[:41]
    assert len(before) == len(after) == 60


def test_a_line_longer_than_its_room_is_thinned_and_keeps_its_newest_point() -> None:
    curve = [float(number) for number in range(1_000)]
    levels = [level for level in equity.steady(curve, 60) if level is not None]

    assert 30 <= len(levels) <= 60
    assert levels[-1] == 999.0


def test_an_empty_state_says_so_in_every_panel() -> None:
    state, view = State(), scene.view(Recent())

    assert prices.rows(state, view) == positions.rows(state, view) == orders.rows(state, view) == []
    assert strategies.rows(state, view) == log.rows(view) == []
    assert "begins" in equity.lines(state, view, 40, 8)[0][0].text


def test_money_of_a_strategy_is_after_fees(state_and_view: tuple[State, View]) -> None:
    assert strategies.profit(scene.TREND, state_and_view[0]) == Decimal("6.31")


@pytest.mark.parametrize("size", [(40, 15), (60, 18), (80, 24), (100, 30), (120, 40), (200, 60)])
async def test_the_total_stays_however_many_positions_there_are(size: tuple[int, int]) -> None:
    async with in_scene(size) as stage:
        state, taken = stage.session.state, [(scene.REVERSION, "GOOG"), (scene.PAIRS, "IBM"), (scene.CROSS, "MSFT")]
        for number, (strategy, symbol) in enumerate(taken, 20):
            wish = scene.ticket(strategy, symbol, Side.BUY, 5)
            for event in (*scene.sent(f"SIM-3-{number}", wish, ()), scene.filled(f"SIM-3-{number}", wish, 5, "25", 0)):
                state.apply(ev.Record(seq=0, ts=state.ts, wall=0, event=event))
            await stage.settle()
        shown = to_text(capture(stage.app, "", ""))

        assert len(state.ledger.open) == 6
        assert " total " in shown
