"""Modes are a table, not a condition: what a mode means is read from its row, once, where the session is built."""

from enum import StrEnum
from typing import Final, NamedTuple


class TradingMode(StrEnum):
    """What a run is for."""

    BACKTEST = "backtest"
    PAPER = "paper"


class ModeRow(NamedTuple):
    """Where the books of a run are kept, and the word that the screen says first."""

    durable: bool  # journal and venue book on disk, locks held; otherwise all in memory
    banner: str


MODES: Final[dict[TradingMode, ModeRow]] = {
    TradingMode.BACKTEST: ModeRow(durable=False, banner="BACKTEST"),
    TradingMode.PAPER: ModeRow(durable=True, banner="PAPER"),
}
