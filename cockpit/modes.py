"""Modes are a table, not a condition: what a mode means is read from its row, once, where the session is built."""

from enum import StrEnum
from typing import Final, NamedTuple

from brokers.path import Telling


class TradingMode(StrEnum):
    """What a run is for."""

    BACKTEST = "backtest"
    PAPER = "paper"


class ModeRow(NamedTuple):
    """Where the books of a run are kept, the word that the screen says first, and how bars are told unless set."""

    durable: bool  # journal and venue book on disk, locks held; otherwise all in memory
    banner: str
    bars: Telling  # a person wants to see prices move; a backtest has years to go through


MODES: Final[dict[TradingMode, ModeRow]] = {
    TradingMode.BACKTEST: ModeRow(durable=False, banner="BACKTEST", bars="bar"),
    TradingMode.PAPER: ModeRow(durable=True, banner="PAPER", bars="path"),
}
