"""What `bench/bytecodes.py` tells of an order."""

import asyncio

from bench.bytecodes import Count, count, told

ORDERS = 8


def counted() -> Count:
    """Count a few orders."""
    return asyncio.run(count(ORDERS))


def test_equal_orders_take_equal_bytecodes_whoever_else_is_at_work() -> None:
    counted()  # what this process makes once is made by now
    once, again = counted(), counted()

    assert once.codes.total() == again.codes.total() > 0
    assert once.calls.total() == again.calls.total() > 0


def test_every_part_of_the_way_is_told_and_together_they_are_the_whole() -> None:
    lines = told(counted(), ORDERS, micros=40.0, functions=0)
    rows = [line.rsplit(maxsplit=2) for line in lines[1 : lines.index("")]]
    numbers = {part: float(number.replace(",", "")) for part, number, _ in rows}
    every = numbers.pop("in all")

    assert {"risk/rules", "oms/engine.py", "oms/journal", "brokers/sim"} <= set(numbers)
    assert abs(sum(numbers.values()) - every) <= len(numbers)


def test_the_floor_leaves_as_many_bytecodes_as_its_time_has_room_for() -> None:
    lines = told(counted(), ORDERS, micros=40.0, functions=0)
    every = next(line for line in lines if line.startswith("in all")).split()[2]
    room = lines[-1].split()[-4]

    assert abs(float(room.replace(",", "")) - float(every.replace(",", "")) / 2) <= 1
