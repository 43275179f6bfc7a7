"""The vocabulary is complete: a word that is defined can be journaled, decided and counted."""

import inspect
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from oms.domain import account_events as aev
from oms.domain import commands as do
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.report import VenueReport
from oms.state import State
from tests.oms.examples import Core, folded
from tests.oms.journal.examples import events_of


def defined_in(module: object) -> set[type]:
    """Return the structs that a module defines itself."""
    return {
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Struct) and found.__module__ == getattr(module, "__name__", "")
    }


def test_every_event_that_is_defined_is_an_event_and_all_that_do_not_pass_are_durable() -> None:
    defined = set().union(*map(defined_in, (ev, aev, oev, sev)))
    assert defined - {ev.Record} == set(get_args(ev.Event))
    passing = {ev.MarketMoved, oev.OrderQueried, oev.OrderSeen, oev.OrderUnseen}
    assert set(ev.KINDS.values()) == set(get_args(ev.Event)) - passing
    assert all(name == kind.__name__ for name, kind in ev.KINDS.items())


def test_every_order_event_names_its_order_and_no_other_event_is_taken_for_one() -> None:
    named = {kind for kind in ev.KINDS.values() if kind.__name__.startswith("Order")}

    assert named == set(oev.ORDER_EVENTS)
    assert all("client_order_id" in kind.__struct_fields__ for kind in named)


def test_every_command_says_who_asked() -> None:
    assert defined_in(do) == set(get_args(do.Command))
    assert all("actor" in kind.__struct_fields__ for kind in get_args(do.Command))


# market data and the venue's books have tests of their own: most of what could be drawn at random is no market
DRAWN: set[type[Struct]] = {*get_args(do.Command), *get_args(VenueReport)} - {do.BrokerUp, do.ReconcileBooks}


@pytest.mark.parametrize("kind", sorted(DRAWN, key=str), ids=str)
@given(data=st.data())
@settings(max_examples=25)
def test_no_input_makes_the_core_raise_and_what_it_decides_can_be_folded_again(
    kind: type[Struct], data: st.DataObject
) -> None:
    core = Core()
    core.put(data.draw(events_of(kind)))

    assert folded(core.durable).digest() == core.state.digest() != State().digest()
