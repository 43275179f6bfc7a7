"""The runs of this journal: which one this is, and how far its tape was played."""

from oms.domain.events import (
    BrokerConnected,
    BrokerDisconnected,
    OperatorNoted,
    RunEnded,
    RunStarted,
    TapePositioned,
)
from oms.domain.ids import BrokerId, RunId
from oms.domain.units import Nanos
from oms.slice import Appliers


class Runs:
    """The newest run, whether it ended in order, the tape's cursor, and what was noted between runs."""

    def __init__(self) -> None:
        self.run_id = RunId(0)
        self.started: RunStarted | None = None
        self.ended_by: str | None = None
        self.tape_session: str | None = None  # ISO date of the last session played to its end
        self.noted: dict[str, None] = {}  # the ids of what people did while no engine ran
        self.links: dict[BrokerId, str] = {}  # broker -> "" when connected, else why not

    @property
    def appliers(self) -> Appliers:
        """What counts in each kind of event that changes it."""
        return {
            RunStarted: self._begin,
            RunEnded: self._end,
            TapePositioned: self._play,
            OperatorNoted: self._note,
            BrokerConnected: self._connect,
            BrokerDisconnected: self._disconnect,
        }

    def _begin(self, event: RunStarted, _ts: Nanos) -> None:
        self.run_id, self.started, self.ended_by = event.run_id, event, None
        self.links = {}

    def _end(self, event: RunEnded, _ts: Nanos) -> None:
        self.ended_by = event.reason

    def _play(self, event: TapePositioned, _ts: Nanos) -> None:
        self.tape_session = event.session

    def _note(self, event: OperatorNoted, _ts: Nanos) -> None:
        self.noted[event.note_id] = None

    def _connect(self, event: BrokerConnected, _ts: Nanos) -> None:
        self.links[event.broker] = ""

    def _disconnect(self, event: BrokerDisconnected, _ts: Nanos) -> None:
        self.links[event.broker] = event.text
