"""State is a fold: the slices, and `apply`, which is the only way any of them changes.

The same function serves a live run, a restart and a replay, so a restart cannot know anything that the journal does
not say. Slices are applied in a fixed order, because later ones read earlier ones; `_table` has it. What the brokers
can do is no part of the state: it is handed in, and stays when the state is folded anew.
"""

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec.structs import astuple

from oms.adjustments import Adjustments
from oms.blotter import Blotter
from oms.brackets import Brackets
from oms.closes import Closes
from oms.domain import events as ev
from oms.domain.capabilities import Capabilities
from oms.domain.events import Record
from oms.domain.ids import BrokerId
from oms.domain.units import Nanos
from oms.endings import Endings
from oms.engagements import Engagements
from oms.equity import Equity
from oms.inflight import InFlight
from oms.instruments import Instruments
from oms.ledger import Ledger
from oms.marks import Marks
from oms.rejections import Rejections
from oms.roster import Roster
from oms.runs import Runs
from oms.slice import Applier, Slice
from oms.track_record import TrackRecords
from oms.trading_state import Trading

_UNDECLARED: Final[Mapping[BrokerId, Capabilities]] = MappingProxyType({})


class State:
    """All that the engine knows. Reading is free; only `apply` writes."""

    def __init__(self, capabilities: Mapping[BrokerId, Capabilities] = _UNDECLARED) -> None:
        self._capabilities = capabilities
        self.closes = Closes()  # what the market showed, which no journal takes back
        self.reset()

    def reset(self) -> None:
        """Forget everything, to be folded anew: what was applied has turned out not to be durable."""
        self.seq = 0  # of the last durable record
        self.ts: Nanos = 0  # engine time
        self.instruments = Instruments()
        self.runs = Runs()
        self.blotter = Blotter()
        self.ledger = Ledger(self.instruments)
        self.adjustments = Adjustments()
        self.brackets = Brackets(self.blotter, self.ledger)
        self.marks = Marks()
        self.equity = Equity(self.instruments, self.ledger, self.marks)
        self.trading = Trading()
        self.roster = Roster()
        self.engagements = Engagements(self.blotter, self.ledger)
        self.track_records = TrackRecords(self.instruments, self.ledger)
        self.inflight = InFlight(self.blotter, self._capabilities)
        self.endings = Endings(self.blotter)
        self.rejections = Rejections(self.blotter)
        self._appliers = self._table()

    def apply(self, record: Record) -> None:
        """Count one record in.

        Raises:
            IllegalTransition: an order event that the life cycle does not allow; nothing is changed.
        """
        event, ts, seq = record.event, record.ts, record.seq
        for applier in self._appliers[type(event)]:
            applier(event, ts)
        if seq:
            self.seq = seq
        if ts > self.ts:  # noqa: PLR1730 - for every record, and `max` is a call
            self.ts = ts

    def pass_to(self, ts: Nanos) -> None:
        """Let engine time go on to an instant without any event: silence makes a quote older too."""
        if ts > self.ts:  # noqa: PLR1730 - for every input, and `max` is a call
            self.ts = ts

    def next_deadline(self) -> Nanos | None:
        """Return the earliest instant at which something is due without any input, or None."""
        due, ends = self.inflight.next_deadline(), self.endings.next_deadline()
        return ends if due is None or (ends is not None and ends < due) else due

    def digest(self) -> str:
        """Return the SHA-256 of the durable state: equal for equal journals, however it was reached.

        Left out is what no journal has (quotes and what is worth something at them, closes, questions and their
        answers) and what is a sum or an index over something that is in.
        """
        brackets, legs = self.brackets, self.brackets.legs
        durable = {
            "seq": self.seq,
            "run": self.runs.run_id,
            "tape": self.runs.tape_session,
            "orders": list(self.blotter.orders.values()),
            "reserved": [[*key, *astuple(held)] for key, held in self.blotter.reserved.items()],
            "executions": sorted([*key] for key in self.blotter.exec_ids),
            "brackets": list(brackets.left.by_parent.values()),
            "legs": [
                sorted(some) for some in (legs.parents, legs.loose, legs.held, legs.soft, legs.waived, legs.recalled)
            ],
            "flattened": [sorted(legs.aside), sorted(legs.owed.items()), sorted(legs.renewed.items())],
            "changed": list(legs.changed.items()),
            "given_back": [[*key, ts] for key, ts in brackets.left.given_back.items()],
            "quarantined": list(self.inflight.quarantined),
            "track": self.track_records.durable,
            "positions": list(self.ledger.positions.values()),
            "cash": [[*key, amount] for key, amount in self.ledger.cash.items()],
            "adjusted": self.adjustments.durable,
            "trading": [self.trading.state, self.trading.cause, self.trading.day, self.trading.day_equity],
            "peak": self.trading.peak_equity,
            "steps": [self.trading.reached, self.trading.accepted],
            "limits": [self.trading.limits_no, self.trading.limits],
            "roster": list(self.roster.by_id.values()),
            "engaged": [[*key] for key in self.engagements.engaged],
            "rejections": [[strategy_id, *times] for strategy_id, times in self.rejections.by_strategy.items()],
        }
        return sha256(msgspec.json.encode(durable, order="sorted")).hexdigest()

    def _table(self) -> dict[type, tuple[Applier, ...]]:
        """Return, per kind of event, what counts it in: of each slice that it changes, in the fixed order."""
        appliers: dict[type, list[Applier]] = {kind: [] for kind in (*ev.PASSING, *ev.KINDS.values())}
        ordered: tuple[Slice, ...] = (
            self.instruments,
            self.runs,
            self.blotter,
            self.ledger,
            self.adjustments,
            self.brackets,
            self.marks,
            self.closes,
            self.equity,
            self.trading,
            self.roster,
            self.engagements,
            self.track_records,
            self.inflight,
            self.endings,
            self.rejections,
        )
        for slice_ in ordered:
            for kind, applier in slice_.appliers.items():
                appliers[kind].append(applier)
        return {kind: tuple(found) for kind, found in appliers.items()}
