"""What the gate says of a ticket, and its figures, as lines of a width."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from cockpit.config import load
from cockpit.glyphs import ASCII, UNICODE, Glyphs
from cockpit.ticket.draft import Draft
from cockpit.ticket.preview import Preview
from cockpit.tui.figures import figures, fitting, terms_of
from cockpit.tui.lines import Line
from cockpit.tui.verdict import WORDS, Extent, verdict
from oms.domain.ids import MANUAL
from oms.domain.order import OrderTicket, OrderType, Side, TimeInForce
from risk.catalog import build_rules
from tests.cockpit.ticket.written import Written
from tests.risk.desk import MEAN, buy, sell

BARE = Draft(side=Side.BUY, symbol="IBM", quantity="10")


def weighed(desk: Written | None = None, **changes: Any) -> Preview:
    at = desk or Written()
    ticket = at.tickets.read(replace(BARE, **changes)).ticket
    assert ticket is not None
    return at.tickets.preview(ticket)


def text(lines: list[Line]) -> list[str]:
    return ["".join(cell.text for cell in line) for line in lines]


def words_of(lines: list[Line], part: str) -> set[str]:
    """The words of the theme in which a part is written."""
    return {cell.word for line in lines for cell in line if part in cell.text}


def test_every_rule_has_a_word_short_enough_for_six_in_a_line() -> None:
    assert set(WORDS) == {rule.name for rule in build_rules(load(None, {}).risk)}
    assert max(map(len, WORDS.values())) <= 8
    assert len(set(WORDS.values())) == len(WORDS)


@pytest.mark.parametrize("width", [36, 56, 72])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_check_has_its_tick(width: int, glyphs: Glyphs) -> None:
    said = " ".join(text(verdict(weighed(), width, glyphs, names=12, extent=Extent.LISTED)))

    assert [word for word in WORDS.values() if f"{glyphs.passed} {word}" not in said] == []
    assert glyphs.failed not in said


def test_a_rule_that_denies_is_crossed_out_and_told_with_its_numbers() -> None:
    lines = verdict(weighed(quantity="200"), 72, UNICODE, names=12, extent=Extent.LISTED)
    said = "\n".join(text(lines))

    assert "! DENIED" in said
    assert "✗ value" in said
    assert "✗ position" in said
    assert "max_position: position 20.00% of equity is more than 5.00%" in said
    assert "at most 49 would pass (max_position)" in said
    assert words_of(lines, "✗") == {"danger"}


def unquoted() -> Written:
    """Return a desk that has seen no price of anything."""
    desk = Written()
    desk.state.marks.quotes.clear()
    desk.state.marks.by_id.clear()
    return desk


@pytest.mark.parametrize(
    "changes",
    [{}, {"order_type": OrderType.LIMIT, "limit": "99"}, {"order_type": OrderType.STOP_MARKET, "stop": "105"}],
)
def test_before_the_first_price_a_ticket_waits_for_it_and_no_rule_is_said_to_deny(changes: dict[str, Any]) -> None:
    preview = weighed(unquoted(), **changes)
    lines = verdict(preview, 72, UNICODE, names=12, extent=Extent.LISTED)
    said = "\n".join(text(lines))

    assert not preview.passes
    assert preview.waits_for_price
    assert text(lines)[0] == "gate        ○ waits: no price yet"
    assert text(lines)[-1] == "IBM was not quoted yet; nothing is sent before it is"
    assert [word for word in ("DENIED", "cannot be judged", "would pass", "✗") if word in said] == []
    assert "○ spread" in said


def test_what_is_denied_whatever_the_price_is_denied_before_the_first_one_too() -> None:
    desk = unquoted()
    desk.halt()
    preview = weighed(desk)
    said = text(verdict(preview, 72, UNICODE, names=12, extent=Extent.LISTED))

    assert not preview.waits_for_price
    assert said[0] == "gate        ! DENIED"
    assert "✗ state" in " ".join(said)
    assert said[-2].startswith("trading_state: trading is HALTED")
    assert said[-1] == "IBM was not quoted yet: 6 more checks wait for a price"


def test_before_the_first_price_the_market_has_none() -> None:
    assert "market      no price yet" in text(figures(weighed(unquoted()), 72, UNICODE, Extent.ALL))


def test_a_rule_that_lacks_anything_else_than_a_price_denies_by_its_name() -> None:
    desk = Written()
    del desk.state.marks.by_id[buy().instrument_id]
    preview = weighed(desk)

    assert not preview.waits_for_price
    assert "max_position: cannot be judged without the price, the mark and the equity" in text(
        verdict(preview, 80, UNICODE, names=12, extent=Extent.ALL)
    )


def test_a_limit_that_is_nearly_used_up_is_told_in_a_line_of_its_own() -> None:
    lines = verdict(weighed(quantity="38"), 72, UNICODE, names=12, extent=Extent.ALL)

    assert "! 76% of max_position: position 3.80% of equity of at most 5.00%" in text(lines)
    assert words_of(lines, "! 76%") == {"warn"}


def test_where_room_is_short_a_warning_is_one_line() -> None:
    desk = Written()
    desk.cash("96900")
    lines = verdict(weighed(desk, quantity="38"), 36, UNICODE, names=12, extent=Extent.USUAL)

    assert text(lines)[1:] == ["! 78% of max_position", "! at risk is more than today's room"]


def test_a_price_far_from_the_market_passes_and_is_a_warning() -> None:
    far = weighed(order_type=OrderType.LIMIT, limit="70.50")
    lines = verdict(far, 72, UNICODE, names=12, extent=Extent.ALL)

    assert far.passes
    assert "! far from the market: limit 29.49% below the bid" in text(lines)
    assert words_of(lines, "! far") == {"warn"}
    assert "! far: limit 29.49% below the bid" in text(verdict(far, 36, UNICODE, names=12, extent=Extent.LEAST))


def test_where_room_is_least_the_largest_size_stands_before_the_rules() -> None:
    denied = weighed(quantity="200")
    least = text(verdict(denied, 36, UNICODE, names=12, extent=Extent.LEAST))
    usual = text(verdict(denied, 36, UNICODE, names=12, extent=Extent.USUAL))

    assert least[:2] == ["gate        ! DENIED", "at most 49 would pass (max_position)"]
    assert sorted(least) == sorted(usual)
    assert usual[-1] == least[1]


def test_too_many_orders_at_once_are_said_to_pass_when_time_goes_on() -> None:
    desk = Written()
    for number in range(10):
        desk.send(buy("1", strategy=MANUAL, limit=str(50 + number)))
    lines = text(verdict(weighed(desk, quantity="3"), 72, UNICODE, names=12, extent=Extent.ALL))

    assert "order_rate: orders within 10s: 11 is more than 10" in lines
    assert lines[-1] == "every size passes again when time has gone on (order_rate)"


@pytest.mark.parametrize("width", [36, 72])
def test_what_is_at_risk_where_the_limit_is_paid_stands_beside_what_is_expected(width: int) -> None:
    said = text(figures(weighed(order_type=OrderType.LIMIT, limit="102", protect="98"), width, UNICODE, Extent.LEAST))

    assert any(line.startswith("AT RISK     20.10, at limit 40.00") for line in said)


def test_two_amounts_too_long_for_a_line_stand_one_below_the_other() -> None:
    long = weighed(quantity="99999", order_type=OrderType.LIMIT, limit="102", protect="60")
    said = text(figures(long, 36, UNICODE, Extent.LEAST))

    assert said[said.index("AT RISK") + 1 :][:2] == ["  4,000,959.99", "  at limit 4,199,958.00"]


def test_more_than_the_day_may_lose_is_counted_at_the_limit() -> None:
    desk = Written()
    desk.cash("95030")
    near = weighed(desk, quantity="10", order_type=OrderType.LIMIT, limit="102", protect="98")
    lines = verdict(near, 72, UNICODE, names=12, extent=Extent.ALL)

    assert near.losses.day_room == 30
    assert any(line.startswith("! at risk is more than the 30.00") for line in text(lines))


def test_more_at_risk_than_the_day_may_lose_is_a_warning() -> None:
    desk = Written()
    desk.cash("95900")
    lines = figures(weighed(desk), 72, UNICODE, Extent.ALL)

    assert any(line.startswith("! at risk is more than the 900.00 that today may still lose") for line in text(lines))
    assert {cell.word for line in lines for cell in line if cell.text == "900.00"} == {"warn"}


@pytest.mark.parametrize("width", [36, 56, 72])
@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "102", "trailing": "2"},
        {"side": Side.SELL},
        {"quantity": "200"},
    ],
)
def test_no_line_is_longer_than_there_is_room_and_no_figure_is_cut(
    width: int, extent: Extent, changes: dict[str, Any]
) -> None:
    preview = weighed(**changes)
    said = text(figures(preview, width, UNICODE, extent))

    assert max(map(len, said)) <= width
    assert any(f"{preview.value:,.2f}" in line for line in said)


def test_a_figure_that_has_no_room_beside_its_name_stands_whole_below_it() -> None:
    desk = Written()
    desk.cash("1234567890")
    said = text(figures(weighed(desk), 36, UNICODE, Extent.USUAL))

    assert "buying pw" in said
    assert "  1,234,567,890.00 → 1,234,566,888.90" in said


def test_figures_too_long_to_stand_beside_each_other_stand_one_below_the_other() -> None:
    beside = text(figures(weighed(), 72, UNICODE, Extent.ALL))
    below = text(figures(weighed(quantity="100,000,000"), 72, UNICODE, Extent.ALL))

    assert any(line.startswith("AT RISK") and "ES95 1 day" in line for line in beside)
    assert "AT RISK     10,001,000,000.00  no stop" in below
    assert max(map(len, below)) <= 72


def test_what_decides_is_said_at_every_size() -> None:
    for extent in Extent:
        said = "\n".join(text(figures(weighed(), 36, UNICODE, extent)))

        assert [name for name in ("value", "position", "AT RISK", "gate") if name not in said] == []


def test_as_much_is_said_as_there_are_rows_for() -> None:
    preview = weighed()
    sizes = [len(figures(preview, 72, UNICODE, extent)) for extent in Extent]

    assert sizes == sorted(sizes)
    for extent, size in zip(Extent, sizes, strict=True):
        assert len(fitting(lambda extent: figures(preview, 72, UNICODE, extent), size)) == size
    assert len(fitting(lambda extent: figures(preview, 72, UNICODE, extent), 1)) == sizes[Extent.LEAST]


def test_whose_average_it_is_is_said_where_the_account_holds_something_else() -> None:
    desk = Written()
    desk.hold(buy("5", strategy=MEAN))
    others = text(figures(weighed(desk), 72, UNICODE, Extent.ALL))
    desk.hold(buy("5", strategy=MANUAL))
    mixed = text(figures(weighed(desk), 72, UNICODE, Extent.ALL))

    assert any("position    5 → 15" in line and line.endswith("own average — → 100.01") for line in others)
    assert any("own average 100.00 → 100.01" in line for line in mixed)


def test_no_stop_is_a_warning_and_no_end_a_danger() -> None:
    assert words_of(figures(weighed(), 72, UNICODE, Extent.ALL), "no stop") == {"warn"}
    assert words_of(figures(weighed(side=Side.SELL), 72, UNICODE, Extent.ALL), "unlimited") == {"danger"}
    assert words_of(figures(weighed(protect="98"), 72, UNICODE, Extent.ALL), "lost at stop") == {"muted"}


@pytest.mark.parametrize(
    ("changes", "terms"),
    [
        ({}, ["BUY 10 IBM", "MARKET", "DAY", "for manual"]),
        (
            {"order_type": OrderType.STOP_MARKET, "trails": True, "trail": "2"},
            ["BUY 10 IBM", "TRAILING STOP by 2.00 from 102.01", "DAY", "for manual"],
        ),
        (
            {"order_type": OrderType.STOP_LIMIT, "stop": "101", "limit": "102"},
            ["BUY 10 IBM", "STOP LIMIT stop 101.00 limit 102.00", "DAY", "for manual"],
        ),
        (
            {"order_type": OrderType.LIMIT, "limit": "99", "trailing": "2", "target": "110", "tag": "mean_reversion"},
            ["BUY 10 IBM", "LIMIT at 99.00", "DAY", "stop trails by 2.00", "target 110.00", "for mean_reversion"],
        ),
        (
            {"tif": TimeInForce.GTD, "until": "1970-01-12 14:00", "protect": "98"},
            ["BUY 10 IBM", "MARKET", "GTD until 1970-01-12 14:00Z", "protect 98.00", "for manual"],
        ),
    ],
)
def test_what_is_to_be_sent_is_said_part_by_part(changes: dict[str, Any], terms: list[str]) -> None:
    preview = weighed(**changes)

    assert terms_of(preview.ticket, preview) == terms


def test_a_twin_is_not_told_how_much_another_rule_would_pass() -> None:
    """No size is too large then: it is the same order once more."""
    desk = Written()
    desk.send(buy("10", strategy=MANUAL))
    lines = text(verdict(weighed(desk), 72, UNICODE, names=12, extent=Extent.ALL))

    assert "duplicate: the same order was sent 0s ago: again after 60s" in lines
    assert lines[-1] == "another size or price would be another order"


def test_where_a_price_is_wrong_no_size_is_said_to_help() -> None:
    desk = Written()
    wrong = structs.replace(buy("10", strategy=MANUAL, limit="102"), protect_px=Decimal(101))
    lines = text(verdict(desk.tickets.preview(wrong), 72, UNICODE, names=12, extent=Extent.ALL))

    assert any(line.startswith("stop_validity: the stop price is wrong by 1.02") for line in lines)
    assert lines[-1] == "no size would pass now (stop_validity)"


def test_a_twin_that_is_too_large_besides_is_told_how_much_would_pass() -> None:
    desk = Written()
    desk.send(buy("45", strategy=MANUAL))
    lines = text(verdict(weighed(desk, quantity="45"), 72, UNICODE, names=12, extent=Extent.ALL))

    assert lines[-1].startswith("at most 4 would pass (max_position)")


@pytest.mark.parametrize(
    ("strategys", "own", "said"),
    [
        (buy("38"), None, ["position 38 → 8, the account only reduces", "share 0 → -30, manual opens 30", "no stop"]),
        (
            sell("38"),
            buy("30", strategy=MANUAL),
            ["position -8 → -38, the account opens 30", "share 30 → 0, manual only reduces", "0.00"],
        ),
    ],
)
@pytest.mark.parametrize("extent", [Extent.LEAST, Extent.ALL])
def test_where_the_account_and_the_strategys_share_go_apart_each_is_said_for_itself(
    strategys: OrderTicket, own: OrderTicket | None, said: list[str], extent: Extent
) -> None:
    desk = Written()
    for wish in (strategys, own):
        if wish is not None:
            desk.hold(wish)
    terms: dict[str, Any] = {} if own is None else {"order_type": OrderType.LIMIT, "limit": "101"}
    preview = weighed(desk, side=Side.SELL, quantity="30", **terms)  # at the market the share is what a gate judges by
    lines = [" ".join(line.split()) for line in text(figures(preview, 56, UNICODE, extent))]

    assert [line for line in said[:2] if line not in lines] == []
    assert any(line.startswith("AT RISK") and said[2] in line for line in lines)
    assert ("AT RISK 0.00 manual only reduces" in lines) is (own is not None)
    assert all(len(line) <= 56 for line in text(figures(preview, 56, UNICODE, extent)))


def test_where_they_go_together_the_position_is_one_line() -> None:
    desk = Written()
    desk.hold(buy("10", strategy=MANUAL))
    lines = text(figures(weighed(desk, side=Side.SELL), 56, UNICODE, Extent.ALL))

    assert [line for line in lines if line.startswith("share")] == []
    assert any("it only reduces" in line for line in lines)
