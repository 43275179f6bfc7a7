"""Round trips, from flat to flat: which were won, and by how much."""

from decimal import Decimal

from oms.track_record import TrackRecord
from tests.risk.desk import MEAN, TREND, Desk, buy, sell


def test_a_round_trip_counts_once_however_many_fills_it_took() -> None:
    desk = Desk()
    desk.hold(buy("4"), "100")
    desk.hold(buy("6"), "110")
    desk.hold(sell("3"), "120")
    assert desk.state.track_records.of(TREND) == TrackRecord()

    desk.hold(sell("7"), "120")

    assert desk.state.track_records.of(TREND) == TrackRecord(1, 1, Decimal(140), Decimal(0))


def test_what_came_to_nothing_counts_as_lost() -> None:
    desk = Desk()
    desk.hold(buy("1"), "100")
    desk.hold(sell("1"), "100")

    assert desk.state.track_records.of(TREND) == TrackRecord(1, 0, Decimal(0), Decimal(0))


def test_a_flip_through_zero_ends_one_and_begins_another() -> None:
    desk = Desk()
    desk.hold(buy("10"), "100")
    desk.hold(sell("15"), "101")
    desk.hold(buy("5"), "103")

    assert desk.state.track_records.of(TREND) == TrackRecord(2, 1, Decimal(10), Decimal(10))


def test_each_strategy_has_its_own_record() -> None:
    desk = Desk()
    desk.hold(buy("1", strategy=MEAN), "100")
    desk.hold(sell("1", strategy=MEAN), "90")

    assert desk.state.track_records.of(MEAN) == TrackRecord(1, 0, Decimal(0), Decimal(10))
    assert desk.state.track_records.of(TREND) == TrackRecord()
