"""What is durable goes out: to the venues first, and then to whoever listens.

A panel, a log line or a count keeps no order waiting and no cancel of a stop, be there a thousand of them in one batch.
There is one exception. Some who listen close or open the gate, and the router reads that before anything leaves: so
what they go by, and all before it, is heard before what follows is handed over.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from oms.blotter import Blotter
from oms.bus import Bus
from oms.domain.commands import Command
from oms.domain.events import BrokerDisconnected, Record, TradingHalted, TradingResumed
from oms.router import LEAVES, Router

# Who hears of them opens or closes the gate.
HEARD_AT_ONCE: Final = frozenset({TradingHalted, TradingResumed, BrokerDisconnected})


def let_out(caused: Sequence[Sequence[Record]], bus: Bus, router: Router, blotter: Blotter) -> list[Command]:
    """Hand over and publish what one batch caused, each in order; return what came of handing over."""
    outcomes: list[Command] = []
    publish, hand_over = bus.publish, router.hand_over
    records = list(chain.from_iterable(caused))
    heard = 0
    for number, record in enumerate(records, 1):
        kind = type(record.event)
        if kind in LEAVES:
            outcome = hand_over(record, blotter)
            if outcome is not None:
                outcomes.append(outcome)
        elif kind in HEARD_AT_ONCE:
            for earlier in records[heard:number]:
                publish(earlier)
            heard = number
    for record in records[heard:]:
        publish(record)
    return outcomes
