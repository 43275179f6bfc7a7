"""When the screen is painted anew."""

import pytest

from cockpit.tui.repaint import AT_ONCE_SECS, BURST_SECS, HEAVY_BYTES, HEAVY_SECS, LIGHT_BYTES, Repaint
from oms.domain import events as ev
from oms.domain import order_events as oev


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def repaint(watch: Watch) -> Repaint:
    return Repaint(watch)


def test_the_first_prices_are_painted_at_once_and_later_ones_at_the_own_pace(repaint: Repaint) -> None:
    assert repaint.plan(ev.MarketMoved) == AT_ONCE_SECS
    assert repaint.plan(ev.MarketMoved) is None


def test_a_fill_is_painted_at_once_and_what_comes_with_it_is_in_the_same_picture(repaint: Repaint) -> None:
    assert repaint.plan(oev.OrderFilled) == AT_ONCE_SECS
    assert repaint.plan(oev.OrderFilled) is None

    repaint.begin()
    assert repaint.plan(oev.OrderFilled) is not None


def test_a_burst_is_painted_ten_times_a_second(watch: Watch, repaint: Repaint) -> None:
    repaint.begin()
    watch.now += 0.03

    assert repaint.plan(oev.OrderFilled) == pytest.approx(BURST_SECS - 0.03)


def test_a_picture_tells_the_news_since_the_last_one(repaint: Repaint) -> None:
    repaint.note(ev.MarketMoved)
    repaint.note(oev.OrderFilled)

    assert repaint.begin() == {ev.MarketMoved, oev.OrderFilled}
    assert repaint.begin() == set()


def test_a_line_that_carries_too_much_is_painted_twice_a_second_until_it_carries_little(
    watch: Watch, repaint: Repaint
) -> None:
    repaint.weigh(HEAVY_BYTES + 1)
    repaint.begin()
    assert not repaint.is_due()
    assert repaint.plan(oev.OrderFilled) == HEAVY_SECS

    watch.now += HEAVY_SECS
    assert repaint.is_due()

    repaint.begin()
    repaint.weigh(HEAVY_BYTES + 1 + LIGHT_BYTES + 1)  # lighter, and still too much
    assert not repaint.is_due()

    repaint.weigh(HEAVY_BYTES + 1 + LIGHT_BYTES + 1 + LIGHT_BYTES)
    assert repaint.is_due()


def test_every_second_begins_once(watch: Watch, repaint: Repaint) -> None:
    assert repaint.is_new_second()
    assert not repaint.is_new_second()

    watch.now += 1
    assert repaint.is_new_second()
