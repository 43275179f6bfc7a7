"""The chain of an order, out of a journal written for the purpose."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cockpit.queries.records import words
from cockpit.queries.why import why
from oms.domain import account_events as aev
from oms.domain import events as ev
from oms.domain import order_events as oev
from oms.domain import strategy_events as sev
from oms.domain.order import OrderType
from oms.journal.sqlite import SqliteJournal
from tests.oms.journal.examples import ORDER, SIGNAL, STARTED, TICKET, record


async def test_the_chain_goes_to_the_root_and_leaves_out_what_is_beside_it(tmp_path: Path) -> None:
    """The run's start caused the signal here, which it never does: whatever stands as a cause is followed."""
    folder = tmp_path / "account"
    raised, taken_on = sev.SignalRaised(signal=SIGNAL), oev.OrderInitialized(client_order_id=ORDER, ticket=TICKET)
    other = oev.OrderInitialized(client_order_id=type(ORDER)("SIM-1-11"), ticket=TICKET)
    events: list[tuple[ev.Event, int | None]] = [
        (STARTED, None),
        (raised, 1),
        (other, 2),
        (taken_on, 2),
        (aev.DayOpened(day="2010-06-18", equity=TICKET.quantity), 4),
    ]
    journal = await SqliteJournal.open(folder / "journal.sqlite")
    await journal.append(
        [replace(record(seq, event), causation_id=cause) for seq, (event, cause) in enumerate(events, 1)]
    )
    await journal.close()

    chain = why(folder / "journal.sqlite", ORDER)

    assert [(link["seq"], link["kind"]) for link in chain] == [
        (1, "RunStarted"),
        (2, "SignalRaised"),
        (4, "OrderInitialized"),
    ]


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (
            {"order_type": OrderType.STOP_LIMIT, "stop_px": Decimal(128), "limit_px": Decimal("128.5")},
            "STOP LIMIT, limit 128.5, stop 128",
        ),
        ({"order_type": OrderType.LIMIT, "limit_px": Decimal("128.5")}, "LIMIT at 128.5"),
    ],
)
def test_of_two_prices_that_were_asked_for_each_has_its_name(terms: dict[str, Any], said: str) -> None:
    plain = replace(TICKET, order_type=OrderType.MARKET, limit_px=None, stop_px=None)

    assert said in words(oev.OrderInitialized(client_order_id=ORDER, ticket=replace(plain, **terms)))
