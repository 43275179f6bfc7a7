"""A simulated venue that is not ours: it rejects every order and keeps its cash."""

from collections.abc import Sequence
from pathlib import Path

from brokers.sim.settings import SimSettings
from brokers.sim.simulated import SimulatedVenue
from oms.domain.account import AccountSnapshot
from oms.domain.fees import FeeSchedule
from oms.domain.ids import AccountId, BrokerId
from oms.domain.instrument import Instrument
from oms.domain.market import MarketData
from oms.domain.order import Order, OrderTicket
from oms.domain.report import CancelReject, ExecType, ExecutionReport, NotFound, ReplaceReject, VenueReport
from oms.domain.units import Money, Nanos


class DeafVenue(SimulatedVenue):
    """Says no, in its own words."""

    broker_id = BrokerId("deaf")

    def __init__(
        self,
        *,
        account: AccountId,
        cash: Money,
        seed: int,  # noqa: ARG002 - it leaves nothing to chance
        instruments: Sequence[Instrument],  # noqa: ARG002 - it trades none
        fees: FeeSchedule,  # noqa: ARG002 - nor costs anything
        settings: SimSettings,  # noqa: ARG002 - nor is to be talked to
        book: Path | None,  # noqa: ARG002 - and has nothing to remember
    ) -> None:
        self.account = account
        self._cash = cash
        self._now: Nanos = 0
        self._said: list[VenueReport] = []

    async def connect(self) -> AccountSnapshot:
        return AccountSnapshot(
            broker=self.broker_id, account=self.account, ts=self._now, cash=(self._cash,), net=(), open_orders=()
        )

    async def close(self) -> None:
        pass

    def submit(self, order: Order) -> None:
        ticket = order.ticket
        rejected = ExecutionReport(
            exec_type=ExecType.REJECTED,
            client_order_id=order.client_order_id,
            instrument_id=ticket.instrument_id,
            side=ticket.side,
            ts=self._now,
            text="what did you say?",
        )
        self._said.append(rejected)

    def cancel(self, order: Order) -> None:
        self._said.append(CancelReject(client_order_id=order.client_order_id, ts=self._now, text="what?"))

    def replace(self, order: Order, ticket: OrderTicket) -> None:  # noqa: ARG002 - it is deaf
        self._said.append(
            ReplaceReject(client_order_id=order.client_order_id, number=order.replaces, ts=self._now, text="what?")
        )

    def query(self, order: Order) -> None:
        self._said.append(NotFound(client_order_id=order.client_order_id, ts=self._now))

    def due(self) -> Nanos | None:
        return None

    def expires(self) -> Nanos | None:
        return None

    def pass_to(self, ts: Nanos) -> None:
        self._now = ts

    def on_market(self, data: MarketData) -> None:
        self._now = data.ts

    def drain(self) -> Sequence[VenueReport]:
        said, self._said = self._said, []
        return said
