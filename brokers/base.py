"""What every adapter promises.

An adapter stands between our words and a venue's, and the engine trusts it with one thing: that what it reports is
what the venue did. Whether a report is news, a repetition or nonsense is judged elsewhere, so an adapter that drops,
merges or reorders reports to be helpful does harm. The promises below are numbered, and each has a test of the same
number that every entry of the catalog must pass.
"""

from abc import ABC, abstractmethod

from oms.domain.account import AccountSnapshot
from oms.domain.capabilities import Capabilities
from oms.domain.ids import AccountId, BrokerId
from oms.domain.order import Order, OrderTicket


class BaseBroker(ABC):
    """One account at one venue: the port `oms.ports.Broker` as an abstract class.

    1. A submitted order is answered by NEW, or by REJECTED with words. An order that was rejected never trades.
    2. One client order id is one order for ever: handing it over again makes no second one.
    3. The fills of an order never add up to more than its quantity.
    4. No fill is worse than the order's limit.
    5. Every TRADE carries an execution id that no other has, and the same one whenever it is told again.
    6. A cancel is answered by CANCELED, or by a CancelReject with words, also where a fill came first or the order is
       not known. After CANCELED nothing more trades.
    7. A query is answered by all reports of the order again, equal and in their order, or by NotFound.
    8. `connect` returns the venue's own books: opening cash plus what every fill moved and cost, the net of every
       instrument, the orders that still work. Of a venue outside the process they are asked for every `books_secs`
       while the link stands.
    9. After `close` working orders stay at the venue, and the next `connect` finds them.
    10. What the venue does not do (a type, a time in force, a short sale) is REJECTED, never done in another way.
    11. An IOC order never rests: what is not filled at once is CANCELED in the same answer. A FOK order trades whole at
        once, or not at all.
    12. A DAY order ends with its session by EXPIRED; a GTC order outlives it; a GTD order ends at its instant.
    13. A stop order trades nothing before TRIGGERED, and is TRIGGERED when the market reaches its stop price and not
        before.
    14. A change is answered by REPLACED with the terms and the number of the change, or by a ReplaceReject with words;
        after REPLACED the order is the new one, what was filled included.
    15. An order that may only reduce never makes a position larger, nor turns it round.
    16. An AT_THE_OPEN order trades in the opening of a session and an AT_THE_CLOSE order in the closing, or they are
        EXPIRED; one that comes too late is REJECTED.
    17. Without a link `submit`, `cancel`, `replace` and `query` raise ConnectionError with words, and nothing else.
    18. `submit`, `cancel`, `replace` and `query` hand over and return without waiting for the venue. An adapter whose
        library waits for it declares that it `blocks`: then these four are called on threads, up to four cancels and
        four of the others at one time, about one order or several. So its library must bear eight calls at once, or
        let one wait for another. A call that never returns holds its thread and is asked about; whatever one raises
        loses the link. `close` should let go of the calls that wait. `connect`, `stream` and `close` are called in the
        loop, of every adapter, and must leave it free.
    19. While a link stands, its stream says something at least once in `heartbeat_secs`, a `Heartbeat` where there is
        nothing else to say; without `heartbeat_secs` it may be silent. One that is silent for three times as long, and
        for five seconds at least, is closed and opened anew.

    `capabilities` says what of this an adapter does at all; what it does not, it is never asked for. An answer that
    proves nothing (garbage, a time-out, a fault after which the order may exist or not) is reported as `Unclear`, and
    never as a rejection.
    """

    broker_id: BrokerId
    account: AccountId
    capabilities = Capabilities()

    @abstractmethod
    def submit(self, order: Order) -> None:
        """Hand an approved order over and return; it is called once for each order."""

    @abstractmethod
    def cancel(self, order: Order) -> None:
        """Ask the venue to cancel an order and return."""

    @abstractmethod
    def replace(self, order: Order, ticket: OrderTicket) -> None:
        """Ask the venue to change an order into a ticket and return; `order.replaces` is the number of the change."""

    @abstractmethod
    def query(self, order: Order) -> None:
        """Ask the venue what became of an order and return."""

    @abstractmethod
    async def connect(self) -> AccountSnapshot:
        """Open the link and return the venue's own books.

        Raises:
            ConnectionError: the venue cannot be reached; the text says why.
        """

    @abstractmethod
    async def close(self) -> None:
        """End the link. Closing what is closed does nothing."""
