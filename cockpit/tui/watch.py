"""The eye of the screen: it remembers what the bus says and gathers, for each picture, the facts of the wall clock."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from cockpit import format as fmt
from cockpit.bootstrap import Built
from cockpit.glyphs import Glyphs
from cockpit.modes import MODES
from cockpit.settings import Settings
from cockpit.tui.keymap import Keymap
from cockpit.tui.meters import meters
from cockpit.tui.operator import Operator
from cockpit.tui.recent import Recent
from cockpit.tui.view import Freshness, View, freshness, is_quoted
from cockpit.tui.waits import waits
from oms.domain import events as ev
from oms.domain.ids import BrokerId, StrategyId
from oms.domain.risk import TradingState
from oms.journal.codec import decode
from oms.journal.errors import JournalError
from oms.journal.reader import read_rows
from risk.findings import findings

LOOKS: Final = {"PAPER": "paper", "BACKTEST": "replay"}
"""The theme's word for each mode's word."""
RECALLED: Final = 100
"""Records of earlier runs that are looked at for the log."""


class Watch:
    """Follows one session. `monotonic` tells wall seconds."""

    def __init__(
        self,
        built: Built,
        settings: Settings,
        operator: Operator,
        *,
        is_demo: bool,
        glyphs: Glyphs,
        keymap: Keymap,
        monotonic: Callable[[], float],
    ) -> None:
        self._built, self._session = built, built.session
        self._settings = settings
        self._operator = operator
        self._is_demo = is_demo
        self._glyphs = glyphs
        self._keymap = keymap
        self._monotonic = monotonic
        self._recent = Recent(findings)
        self._recent.begin(built.session.state)
        self._lost_at = monotonic()

    def note(self, record: ev.Record) -> None:
        """Take one record of the bus in."""
        if isinstance(record.event, ev.BrokerDisconnected):
            self._lost_at = self._monotonic()
        self._recent.watch(record, self._session.state, self._monotonic())

    def recall(self, journal: Path) -> None:
        """Show the last that a journal says of earlier runs. Where it cannot be read nothing is shown of them: whether
        that ends the session is not the screen's to say."""
        state = self._session.state
        with suppress(JournalError):
            rows = read_rows(journal, max(0, state.seq - RECALLED))
            self._recent.recall([decode(row) for row in rows], state)

    def view(self) -> View:
        """Return what panels may look at besides the state, as of now."""
        session, settings, now = self._session, self._settings.session, self._monotonic()
        state, arrived = session.state, self._recent.arrived
        link = state.runs.links.get(BrokerId(settings.broker)) or None
        word, speed = MODES[settings.mode].banner, str(self._operator.speed)
        quotes = state.marks.quotes.values()
        made_up = any(quote.interpolated for quote in quotes)
        status = self._built.risk.get_risk_status(state)
        return View(
            now=now,
            mode_word=word,
            mode_style=LOOKS[word],
            is_demo=self._is_demo,
            account=fmt.masked(settings.account, glyphs=self._glyphs),
            feed=settings.feed,
            feed_notes=("interpolated prices" if made_up else "", self._built.market.feed.name),
            broker=settings.broker,
            speed=speed,
            freshness=self._freshness(now, link),
            quiet_secs=now - arrived if arrived is not None else 0.0,
            is_old=not all(is_quoted(key.instrument_id, state) for key in state.ledger.open),
            quoted=max((quote.ts for quote in quotes), default=0),
            link=link,
            away_secs=now - self._lost_at if link is not None else 0.0,
            free=status.free,
            cancels=self._operator.cancels,
            trading=TradingState.HALTED if session.latch.flag.is_set() else state.trading.state,
            recent=self._recent,
            meters=meters(status, state),
            waiting={strategy_id: self._waits_for(strategy_id) for strategy_id in session.runner.strategies},
            glyphs=self._glyphs,
            keymap=self._keymap,
        )

    def _freshness(self, now: float, link: str | None) -> Freshness:
        arrived = self._recent.arrived
        return freshness(
            quiet_secs=now - arrived if arrived is not None else None,
            expected_secs=self._operator.expected_secs,
            paused=self._session.pace.paused,
            ended=self._session.inbox.feed_ended.is_set(),
            connected=link is None,
        )

    def _waits_for(self, strategy_id: StrategyId) -> str:
        runner, held = self._session.runner, self._session.state.ledger.open
        own = {key.instrument_id for key in held if key.strategy_id == strategy_id}
        config, leaving = runner.strategies[strategy_id].config, runner.leaving(strategy_id)
        return waits(config, runner.waiting(strategy_id), leaving, own)
