"""Strategies by hand: paused at once, stopped after a question, and let trade again only after one.

Stopping is cheap, starting again is not: a pause is one key and can be taken back, a stop asks because it cancels, and
whatever lets signals become orders asks for `y`.
"""

from collections.abc import Iterable, Sequence

from cockpit import format as fmt
from cockpit.tui.dealer import cancelable
from cockpit.tui.hands.reach import Reach
from cockpit.tui.modals.confirm import Confirm
from cockpit.tui.said import PART
from oms.domain.ids import StrategyId
from oms.domain.order import Order, Purpose
from oms.roster import Standing


class StrategyHand:
    """Pauses, stops, and lets trade again."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    def toggle(self) -> None:
        """Pause the strategy under the cursor, or ask whether it may trade again."""
        strategy_id = self._strategy_id()
        if strategy_id is None:
            return
        is_on = self._reach.state.roster.is_enabled(strategy_id)
        self._reach.talk.begin(self._pause(strategy_id) if is_on else self._enable([strategy_id]))

    def toggle_all(self) -> None:
        """Pause every strategy; when all are paused, ask whether to let them trade again."""
        on = self._reach.operator.is_automation_on
        self._reach.talk.begin(self._pause(None) if on else self._enable(self._paused(self._reach.state.roster.by_id)))

    def stop(self) -> None:
        """Stop the strategy under the cursor."""
        strategy_id = self._strategy_id()
        if strategy_id is None:
            return
        if self._reach.state.roster.by_id[strategy_id].standing is Standing.STOPPED:
            self._reach.warn(f"{strategy_id} is stopped already")
            return
        self._reach.talk.begin(self._stop(strategy_id))

    async def _pause(self, strategy_id: StrategyId | None) -> None:
        said, paused = await self._reach.talk.do(self._reach.operator.pause_strategies(strategy_id))
        if not paused:
            self._reach.say(said)
            return
        if working := len(self._orders(strategy_id)):
            said = said._replace(text=f"{said.text}{PART}{fmt.plural(working, 'order')} still {_works(working)}")
        again = lambda: self._reach.talk.begin(self._enable(self._paused(paused)))  # noqa: E731
        self._reach.say_undoable(said, "resumes it" if len(paused) == 1 else "resumes them", again)

    async def _enable(self, strategy_ids: Sequence[StrategyId]) -> None:
        """Ask whether these may trade, and nobody else."""
        if self._reach.operator.is_halted:
            resumes = f"{self._reach.keymap.shown('trading.resume')} resumes it"
            self._reach.warn("trading is stopped", resumes, "strategies stay paused")
            return
        if not strategy_ids:
            self._reach.warn("no strategy is paused")
            return
        title = f"Let {strategy_ids[0]} trade?" if len(strategy_ids) == 1 else "Resume strategies?"
        if await self._reach.talk.ask(Confirm(title, self._let_trade(strategy_ids))):
            self._reach.say(await self._reach.talk.do(self._reach.operator.resume_strategies(*strategy_ids)))

    def _paused(self, named: Iterable[StrategyId]) -> list[StrategyId]:
        """Return those of them that are paused now: what was stopped meanwhile is enabled by its name only."""
        entries = self._reach.state.roster.by_id
        return [name for name in named if entries[name].standing is Standing.PAUSED]

    async def _stop(self, strategy_id: StrategyId) -> None:
        state = self._reach.state
        held = sum(position.key.strategy_id == strategy_id for position in state.ledger.open.values())
        orders = self._orders(strategy_id)
        canceled = [order for order in orders if order.ticket.purpose is not Purpose.PROTECT]
        stops, targets = len(orders) - len(canceled), sum(order.ticket.parent_id is not None for order in canceled)
        told = [f"It cancels {fmt.plural(len(canceled), 'working order')}."] if canceled else []
        told += [f"{fmt.plural(targets, 'target')} among them: not made again when it may trade."] if targets else []
        told += [f"{fmt.staying(stops, 'protective order')}."] if stops else []
        them = "it" if held == 1 else "them"
        told += [f"{fmt.staying(held, 'position')}, and it will not close {them}." if held else "It holds nothing."]
        if await self._reach.talk.ask(Confirm(f"Stop {strategy_id}?", told)):
            self._reach.say(await self._reach.talk.do(self._reach.operator.stop_strategy(strategy_id)))

    def _let_trade(self, strategy_ids: Sequence[StrategyId]) -> Sequence[str]:
        """Say who trades again, and under which limits."""
        entries = self._reach.state.roster.by_id
        one = len(strategy_ids) == 1
        who = [] if one else [", ".join(strategy_ids)]
        limits = {row.rule: row.limit for row in self._reach.state.trading.limits}
        position = limits.get("max_position")
        cap = [f"One position may take {fmt.percent(position, signed=False)} of NAV."] if position is not None else []
        signals = "Its signals become orders again." if one else "Their signals become orders again."
        was_stopped = any(entries[name].standing is Standing.STOPPED for name in strategy_ids)
        anew = ["Orders that its stop canceled, targets too, are not made anew."] if was_stopped else []
        return [*who, signals, *anew, *cap]

    def _orders(self, strategy_id: StrategyId | None) -> list[Order]:
        """Return what works for a strategy, or for all of them."""
        named = self._reach.state.roster.by_id if strategy_id is None else (strategy_id,)
        return [order for order in cancelable(self._reach.state) if order.ticket.strategy_id in named]

    def _strategy_id(self) -> StrategyId | None:
        """Return the strategy under the cursor; without one, say so."""
        strategy_id = self._reach.under.strategy_id
        if strategy_id is None:
            key = self._reach.keymap.shown("panel.next")
            self._reach.warn("the cursor is on no strategy", f"{key} goes from panel to panel")
        return strategy_id


def _works(number: int) -> str:
    return fmt.verb(number, "works", "work")
