"""The strategies of a session: who may trade, and what came of it."""

from cockpit.library.command import ACTOR, carry_out
from cockpit.library.errors import SignalGenerationError, StrategyConfigurationError
from cockpit.library.open_reader import OpenReader
from cockpit.session import Session
from oms.domain import commands as do
from oms.domain.ids import StrategyId
from oms.domain.options import nearest
from oms.domain.text import sanitize
from oms.roster import RosterEntry, Standing
from strategies.metrics import StrategyMetrics


class StrategyDesk:
    """`session.strategies`. A strategy is made from its table of the configuration when the session is opened."""

    def __init__(self, session: Session, reader: OpenReader) -> None:
        self._session = session
        self._reader = reader

    async def list_strategies(self) -> list[RosterEntry]:
        """Return the strategies of this run with their standing, signals and fills, as the configuration names them."""
        names = self._session.runner.strategies
        roster = self._session.state.roster.by_id
        return await self._reader.read(lambda: [roster[name] for name in names])

    async def activate(self, name: str) -> RosterEntry:
        """Let a strategy's signals become orders, and return its standing.

        Raises:
            StrategyConfigurationError: there is no such strategy.
            SignalGenerationError: it raised, and is not fed any more.
            TradingError: trading is halted, or the session is over.
        """
        entry = self._entry(name)
        if entry.standing is Standing.FAULTED:
            raise SignalGenerationError(f"{name} raised and comes back, paused, with the next start: {entry.text}")
        return await self._ask(do.EnableStrategy(actor=ACTOR, strategy_id=entry.strategy_id), entry.strategy_id)

    async def deactivate(self, name: str) -> RosterEntry:
        """Discard a strategy's signals from now on, and return its standing. What it holds stays; it goes on learning.

        Raises:
            StrategyConfigurationError: there is no such strategy.
        """
        strategy_id = self._entry(name).strategy_id
        return await self._ask(do.PauseStrategy(actor=ACTOR, strategy_id=strategy_id), strategy_id)

    def get_status(self, name: str) -> dict[str, object]:
        """Return what the strategy says of itself, and its `standing`: see `BaseStrategy.get_status`.

        Raises:
            StrategyConfigurationError: there is no such strategy.
        """
        entry = self._entry(name)
        return self._session.runner.strategies[entry.strategy_id].get_status() | {"standing": entry.standing}

    def get_metrics(self, name: str) -> StrategyMetrics:
        """Return how well the strategy's round trips went, over all runs of the journal.

        Raises:
            StrategyConfigurationError: there is no such strategy.
        """
        return self._session.runner.strategies[self._entry(name).strategy_id].tally.metrics()

    async def _ask(self, command: do.Command, strategy_id: StrategyId) -> RosterEntry:
        await carry_out(self._session, command)
        return await self._reader.read(lambda: self._session.state.roster.by_id[strategy_id])

    def _entry(self, name: str) -> RosterEntry:
        self._reader.demand_open()
        known = self._session.runner.strategies
        asked: object = name
        if not isinstance(asked, str) or asked not in known:
            raise StrategyConfigurationError(
                f"no strategy is named {sanitize(str(name))!r}: {nearest(str(name), known)}"
            )
        return self._session.state.roster.by_id[StrategyId(name)]
