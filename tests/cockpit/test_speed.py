"""Speed as it is written, and what it makes of a feed's time."""

import pytest

from cockpit.speed import Speed, SpeedError
from oms.domain.units import SECOND
from tests.doubles.core import ListFeed

HOUR = 3_600 * SECOND


def test_bars_a_second_make_every_instant_last_as_long_however_far_apart_they_were_recorded() -> None:
    feed = ListFeed([])
    feed.instants_per_bar = 16
    tempo = Speed.parse("0.5").tempo(feed)

    assert tempo is not None
    assert tempo.secs(HOUR) == tempo.secs(64 * HOUR) == 2 / 16


def test_a_multiple_of_recorded_time_keeps_nights_and_weekends() -> None:
    tempo = Speed.parse("60x").tempo(ListFeed([]))

    assert tempo is not None
    assert tempo.secs(HOUR) == 60
    assert tempo.secs(64 * HOUR) == 64 * 60


def test_max_waits_for_nothing() -> None:
    assert Speed.parse("max").tempo(ListFeed([])) is None


@pytest.mark.parametrize("text", ["0", "-1", "x", "60 x", "nan", "inf", "1e9", "fast", ""])
def test_what_is_no_speed_is_refused_by_name(text: str) -> None:
    with pytest.raises(SpeedError, match="bars per second"):
        Speed.parse(text)


def test_a_slow_speed_is_said_as_a_part_of_one() -> None:
    assert str(Speed.parse("0.00390625")) == "×1/256"


@pytest.mark.parametrize(("text", "faster"), [("0.5", "×1"), ("60x", "120x"), ("max", "max")])
def test_faster_is_twice_as_fast(text: str, faster: str) -> None:
    assert str(Speed.parse(text).scaled(2)) == faster
    assert str(Speed.parse(text).scaled(2).scaled(-2)) == str(Speed.parse(text))
