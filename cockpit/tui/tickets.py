"""The ticket desk of a session that is on the screen."""

from cockpit.bootstrap import Built
from cockpit.settings import Settings
from cockpit.ticket.booth import Booth
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.preview import Charges
from cockpit.ticket.slippage import Slippage
from oms.domain.ids import AccountId, BrokerId


def desk_of(built: Built, settings: Settings) -> TicketDesk:
    """Return the desk where tickets for the session's account are written."""
    booth = Booth(
        state=built.session.state,
        sizer=built.sizer,
        broker=BrokerId(settings.session.broker),
        account=AccountId(settings.session.account),
        capabilities=built.capabilities,
        hours=built.market.hours,
        strategies=tuple(built.session.runner.strategies),
    )
    return TicketDesk(booth, built.risk, Charges(settings.fees, Slippage(settings.sim, built.impact)))
