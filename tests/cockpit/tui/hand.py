"""A hand at the ticket: keys pressed one after the other, and what is then on the screen and on order."""

import asyncio

from cockpit.snapshot.text import to_text
from cockpit.tui.capture import capture
from cockpit.tui.modals.send import Send
from oms.domain import order_events as oev
from oms.domain.market import Quote
from oms.domain.order import OrderTicket
from tests.cockpit.tui.stage import Stage, settings_for

SIZED = settings_for(sizing__fixed_risk__risk_frac="0.0005", sim__partial="0")
SIZES = [(40, 15), (80, 24), (120, 40)]


def shown(stage: Stage) -> str:
    return to_text(capture(stage.app, "", ""))


def orders(stage: Stage) -> list[OrderTicket]:
    """What was ordered by hand."""
    tickets = [record.event.ticket for record in stage.records if isinstance(record.event, oev.OrderInitialized)]
    return [ticket for ticket in tickets if ticket.parent_id is None and ticket.confidence is None]


def sending(stage: Stage) -> Send:
    """The question that sends, which is on top."""
    question = stage.app.screen
    assert isinstance(question, Send)
    return question


def words(said: str) -> str:
    """What is on the screen without frames and the ends of lines."""
    return " ".join(said.replace("║", " ").split())


async def press(stage: Stage, *keys: str) -> str:
    """Press keys one after the other, and return what is then on the screen."""
    for key in keys:
        await stage.pilot.press(key)
        await stage.pilot.pause()
        await stage.readable()
    return shown(stage)


def shift(stage: Stage, percent: int) -> Quote:
    """Let the first instrument's market be somewhere else."""
    state = stage.session.state
    instrument = next(iter(state.instruments.by_id.values()))
    quote = state.marks.quotes[instrument.instrument_id]
    ask = quote.ask + quote.ask * percent // 100
    moved = Quote(instrument=instrument, ts=quote.ts, bid=ask - 2, ask=ask, last=ask, bid_size=9, ask_size=9)
    state.marks.quotes[instrument.instrument_id] = moved
    return moved


async def until_shown(stage: Stage, words: str) -> str:
    """Wait until something stands on the screen."""
    async with asyncio.timeout(10):
        while words not in (said := shown(stage)):
            await stage.pilot.pause(0.005)
    return said
