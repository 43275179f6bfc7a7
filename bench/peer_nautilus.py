"""NautilusTrader on the work of `bench/pipeline.py --peer`: one line of JSON; run by an interpreter that has it.

    PYTHON bench/peer_nautilus.py --orders N --turn N

Its backtest engine plays one quote a second of one instrument. On each, a strategy sends one market order, `turn` buys
and then as many sells, which passes its risk engine and is filled by its simulated exchange before the next quote.
Timed is the engine's run, from the first quote to the last, with the quotes already made. Its log is off and so is the
analysis of the run afterwards. Everything else is as it comes: its risk engine is on and its rate limit stands.

It shares no line with the cockpit, whose environment knows nothing of it. When it cannot be imported, one line says so
and the exit code is 2.
"""

# mypy: disable-error-code="import-not-found, import-untyped, misc"
# It is not installed where the types are checked, so its base class is unknown there too.

import argparse
import json
import random
import sys
import time
from decimal import Decimal

try:
    import nautilus_trader
    from nautilus_trader.backtest.engine import BacktestEngine
    from nautilus_trader.config import BacktestEngineConfig, LoggingConfig
    from nautilus_trader.model.currencies import USD
    from nautilus_trader.model.data import QuoteTick
    from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
    from nautilus_trader.model.events import OrderFilled
    from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
    from nautilus_trader.model.instruments import Equity
    from nautilus_trader.model.objects import Money, Price, Quantity
    from nautilus_trader.trading.strategy import Strategy
except ImportError as error:
    sys.stderr.write(f"NautilusTrader cannot be imported by {sys.executable}: {error}\n")
    raise SystemExit(2) from None

SECOND = 1_000_000_000
OPENING_TICKS, LOWEST_TICKS = 10_000, 100
CASH = 1_000_000_000
QUANTITY = 10
FEE_FRAC = Decimal("0.0005")


class Alternating(Strategy):
    """Answers every quote with a market order, and counts the fills."""

    def __init__(self, instrument: Equity, turn: int) -> None:
        super().__init__()
        self.instrument = instrument
        self.turn = turn
        self.sent = 0
        self.filled = 0

    def on_start(self) -> None:
        """Ask for the quotes."""
        self.size = Quantity.from_int(QUANTITY)
        self.subscribe_quote_ticks(self.instrument.id)

    def on_quote_tick(self, _quote: QuoteTick) -> None:
        """Send one order."""
        side = OrderSide.SELL if self.sent // self.turn % 2 else OrderSide.BUY
        self.sent += 1
        self.submit_order(self.order_factory.market(self.instrument.id, side, self.size))

    def on_order_filled(self, _event: OrderFilled) -> None:
        """Count."""
        self.filled += 1


def share(venue: Venue) -> Equity:
    """Return what is traded: a share in whole cents and whole lots of one, and the fee of both sides of the bench."""
    return Equity(
        instrument_id=InstrumentId(Symbol("SYM"), venue),
        raw_symbol=Symbol("SYM"),
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        maker_fee=FEE_FRAC,
        taker_fee=FEE_FRAC,
        ts_event=0,
        ts_init=0,
    )


def quotes(instrument: Equity, count: int) -> list[QuoteTick]:
    """Return a walk of a tick at a time, a tick wide, one quote a second, with enough behind it for every order."""
    steps = random.Random(1)  # noqa: S311 - prices, not secrets
    ticks, size = OPENING_TICKS, Quantity.from_int(100 * QUANTITY)
    walk = []
    for number in range(1, count + 1):
        ticks = max(LOWEST_TICKS, ticks + steps.choice((-1, 0, 1)))
        bid, ask = Price(ticks / 100, 2), Price((ticks + 1) / 100, 2)
        walk.append(QuoteTick(instrument.id, bid, ask, size, size, number * SECOND, number * SECOND))
    return walk


def played(orders: int, turn: int) -> dict[str, object]:
    """Return what so many orders took; raises RuntimeError when one of them was not filled."""
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    venue = Venue("XNAS")
    engine.add_venue(
        venue=venue,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(CASH, USD)],
    )
    instrument = share(venue)
    engine.add_instrument(instrument)
    engine.add_data(quotes(instrument, orders))
    strategy = Alternating(instrument, turn)
    engine.add_strategy(strategy)
    wall, cpu = time.perf_counter(), time.process_time()
    engine.run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if strategy.filled != orders:
        msg = f"{strategy.filled} of {orders} filled"
        raise RuntimeError(msg)
    return {"version": nautilus_trader.__version__, "orders": orders, "wall_secs": wall, "cpu_secs": cpu}


def main() -> None:
    """Read the options and print what the run took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--turn", type=int, default=1)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(played(given.orders, given.turn)) + "\n")


if __name__ == "__main__":
    main()
