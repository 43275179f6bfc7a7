"""Conversations: what is asked of the person in front of the screen, one question after the other.

A conversation runs beside everything else and is written as it is held: it asks, waits for the answer, and does what
was agreed to. While a question is on its way to the screen keys go nowhere (`cockpit.tui.turn`); while something is
done they are the dashboard's again, because nobody should wait for a venue to move a cursor.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from textual.app import App

from cockpit.tui.modals.question import Question
from cockpit.tui.said import Said
from cockpit.tui.turn import Turn

T = TypeVar("T")


class Conversation:
    """Holds conversations on one app."""

    def __init__(self, app: App[None], turn: Turn, say: Callable[[Said], None]) -> None:
        """`say` shows in one sentence that a question was left without an answer."""
        self._app = app
        self._turn = turn
        self._say = say

    def begin(self, talk: Coroutine[Any, Any, None]) -> None:
        """Hold one beside everything else; if it fails, the screen fails."""
        self._turn.opening = True
        self._app.run_worker(self._hold(talk), exit_on_error=True)

    async def ask(self, question: Question[T]) -> T | None:
        """Show a question and return its answer; None is no."""
        question.turn = self._turn
        answer = self._app.push_screen(question, wait_for_dismiss=True)
        self._turn.opening = False
        answered = await answer
        if question.unanswered:
            self._say(Said(question.unanswered, "warn"))
        return answered

    async def do(self, act: Awaitable[T]) -> T:
        """Do what was agreed to."""
        self._turn.opening = False
        return await act

    async def _hold(self, talk: Coroutine[Any, Any, None]) -> None:
        try:
            await talk
        finally:
            self._turn.opening = False
