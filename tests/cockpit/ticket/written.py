"""A desk to write tickets at: 100,000 dollars, IBM at 99.99 to 100.01, the rules of the default settings, and a sizer
that risks 0.05 % of the account."""

from decimal import Decimal

from brokers.sim.settings import SimSettings
from cockpit.config import load
from cockpit.ticket.booth import Booth
from cockpit.ticket.desk import TicketDesk
from cockpit.ticket.preview import Charges
from cockpit.ticket.slippage import Slippage
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.fees import PercentFee
from risk.catalog import build_rules, build_sizer
from tests.risk import desk


class Written(desk.Desk):
    """The account, and its `tickets`."""

    def __init__(self, sizer: str = "fixed_risk", **options: str) -> None:
        super().__init__()
        self.fees = PercentFee(frac=Decimal("0.001"))
        gate = self.gate(*build_rules(load(None, {}).risk))
        self.apply(ev.LimitsSet(number=1, limits=gate.limits()))
        self.quote(desk.IBM, "100", bid="99.99", ask="100.01")
        chosen = options or {"risk_frac": "0.0005"}
        made = build_sizer(sizer, chosen, broker=desk.BROKER, account=desk.ACCOUNT)
        hours, strategies = {"XNYS": desk.HOURS}, (desk.TREND, desk.MEAN)
        booth = Booth(self.state, made, desk.BROKER, desk.ACCOUNT, Capabilities(), hours, strategies)
        slippage = Slippage(SimSettings(), lambda _instrument_id, _quantity: 0.0)
        self.charges = Charges(self.fees, slippage)
        self.tickets = TicketDesk(booth, gate, self.charges)
