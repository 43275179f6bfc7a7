"""The garbage collector while a process starts, and afterwards."""

import gc
from collections.abc import Iterator

import pytest

from cockpit.settle import THRESHOLDS, rise, settle


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
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
