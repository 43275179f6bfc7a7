"""Random keys send nothing that nobody agreed to. `bench/keys.py` does it ten thousand times."""

from random import Random

import pytest

from tests.cockpit.tui.stage import QUOTES, on_stage
from tests.doubles import storm


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_of_keys_orders_nothing_but_what_was_agreed_to_and_that_once(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - to be played again
    with storm.witnessed() as witness:
        async with on_stage(quotes=QUOTES, settings=storm.loose()) as stage:
            for _ in range(10):
                await storm.storm(stage, chance)
                await storm.calm(stage)
            records = list(stage.records)

            assert witness.faults(records) == []
            assert stage.app.failure is None
