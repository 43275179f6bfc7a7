"""Whose an order is: the strategy that it counts for.

The tag decides whose position an order adds to or gives back, whose limits it meets and who hears of its fills. So it
names somebody who is here: `manual`, a strategy of this run, or one that is configured no more and still holds what can
be given back. Any other name would open a position that nobody watches, and that a strategy called so would take for
its own on the day it is configured.
"""

from collections.abc import Iterable, Sequence

from cockpit.ticket.errors import TicketError
from oms.domain.ids import MANUAL, StrategyId
from oms.state import State


def tags(configured: Iterable[StrategyId], state: State) -> Sequence[StrategyId]:
    """Return what a tag may be: `manual`, the strategies that are configured, and those that hold something."""
    return list(dict.fromkeys([MANUAL, *configured, *(key.strategy_id for key in state.ledger.open)]))


def require_tag(tag: StrategyId, configured: Iterable[StrategyId], state: State) -> None:
    """Demand that a tag is `manual`, one of the strategies that are configured, or one that holds something.

    Raises:
        TicketError: it is none of them; it is said which there are.
    """
    known = tags(configured, state)
    if tag not in known:
        *others, last = known
        msg = f"no strategy {tag} is here: {', '.join(others)}{' or ' if others else ''}{last}"
        raise TicketError(msg)
