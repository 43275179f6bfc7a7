"""Trading hours: which instants are in a session, and what comes next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.domain.calendar import TradingHours

HOURS = TradingHours(calendar="XNYS", opens=(100, 300, 400), closes=(200, 400, 450))


@st.composite
def hours_of_any_length(draw: st.DrawFn) -> TradingHours:
    stamps = sorted(draw(st.sets(st.integers(1, 400), min_size=2, max_size=40)))
    stamps = stamps[: len(stamps) // 2 * 2]
    return TradingHours(calendar="ANY", opens=tuple(stamps[::2]), closes=tuple(stamps[1::2]))


@pytest.mark.parametrize(
    ("ts", "is_open"),
    [(99, False), (100, True), (200, True), (201, False), (299, False), (400, True), (450, True), (451, False)],
)
def test_both_ends_of_a_session_belong_to_it(ts: int, is_open: bool) -> None:
    assert HOURS.is_open(ts) is is_open


@pytest.mark.parametrize(("ts", "opens"), [(0, 100), (100, 300), (250, 300), (399, 400), (400, None), (500, None)])
def test_the_next_open_is_after_the_instant_and_none_when_no_more_are_known(ts: int, opens: int | None) -> None:
    assert HOURS.next_open(ts) == opens


@pytest.mark.parametrize("ts", [-(10**18), 0, 1_276_867_800 * 10**9, 2**62])
def test_a_market_that_never_closes_is_open_at_any_instant(ts: int) -> None:
    hours = TradingHours.always("24/7")

    assert hours.is_open(ts)
    assert hours.next_open(ts) is None


def test_hours_without_sessions_are_never_open() -> None:
    hours = TradingHours(calendar="NONE", opens=(), closes=())

    assert not hours.is_open(0)
    assert hours.next_open(0) is None


@pytest.mark.parametrize(
    ("opens", "closes", "complaint"),
    [
        ((100,), (), "1 opens do not match 0 closes"),
        ((100,), (100,), "closes at 100, not after its open 100"),
        ((100, 150), (200, 250), "opens at 150, before the one before it closes at 200"),
        ((300, 100), (400, 200), "opens at 100, before the one before it closes at 400"),
    ],
)
def test_sessions_out_of_order_are_refused(opens: tuple[int, ...], closes: tuple[int, ...], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        TradingHours(calendar="XNYS", opens=opens, closes=closes)


@given(hours_of_any_length(), st.integers(0, 401))
def test_bisection_agrees_with_looking_at_every_session(hours: TradingHours, ts: int) -> None:
    sessions = list(zip(hours.opens, hours.closes, strict=True))
    inside = [session for session in sessions if session[0] <= ts <= session[1]]

    assert hours.is_open(ts) is bool(inside)
    assert hours.next_open(ts) == min((opens for opens in hours.opens if opens > ts), default=None)
