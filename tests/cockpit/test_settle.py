"""The garbage collector while a process starts, and afterwards."""

import gc
import sys
from collections.abc import Iterator

import pytest

from cockpit.settle import SWITCH_SECS, THRESHOLDS, rise, settle


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before, interval = gc.get_threshold(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


def test_nothing_is_collected_while_a_process_starts() -> None:
    rise()

    assert not gc.isenabled()


def test_what_stands_is_not_looked_at_again_and_what_comes_later_is() -> None:
    rise()
    settle()

    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == THRESHOLDS


def test_the_loop_gives_way_to_the_thread_that_hears_a_stop() -> None:
    settle()

    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECS)
