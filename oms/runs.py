"""The runs of this journal: which one this is, and how far its tape was played."""

from typing import Final

from oms.domain.events import (
    BrokerConnected,
    BrokerDisconnected,
    Event,
    OperatorNoted,
    RunEnded,
    RunStarted,
    TapePositioned,
)
from oms.domain.ids import BrokerId, RunId
from oms.domain.units import Nanos


class Runs:
    """The newest run, whether it ended in order, the tape's cursor, and what was noted between runs."""

    HANDLES: Final = (RunStarted, RunEnded, TapePositioned, OperatorNoted, BrokerConnected, BrokerDisconnected)

    def __init__(self) -> None:
        self.run_id = RunId(0)
        self.started: RunStarted | None = None
        self.ended_by: str | None = None
        self.tape_session: str | None = None  # ISO date of the last session played to its end
        self.noted: dict[str, None] = {}  # the ids of what people did while no engine ran
        self.links: dict[BrokerId, str] = {}  # broker -> "" when connected, else why not

    def apply(self, event: Event, ts: Nanos) -> None:  # noqa: ARG002 - every slice is called alike
        """Count an event in."""
        match event:
            case RunStarted():
                self.run_id, self.started, self.ended_by = event.run_id, event, None
                self.links = {}
            case RunEnded():
                self.ended_by = event.reason
            case TapePositioned():
                self.tape_session = event.session
            case OperatorNoted():
                self.noted[event.note_id] = None
            case BrokerConnected():
                self.links[event.broker] = ""
            case BrokerDisconnected():
                self.links[event.broker] = event.text
            case _:
                pass
