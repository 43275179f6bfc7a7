"""What a terminal sends, turned into keys and events whatever the bytes are. No input or output happens here.

The thread that hears the stop key early lives on what comes out of this, so nothing that is typed, pasted or walked
over by a cat may end it. Bytes that are no UTF-8 are left out, as a terminal would show none of them. A parser that
fails is replaced by a new one. And CAN, the stop key's own byte, is heard in every state: alone in a reading it ends
what was begun and never finished, a pasted text or an escape sequence, before it counts itself. Hands may also wait: a
paste of which nothing has come for `PASTE_SECS` is over.
Source: UTF-8 (RFC 3629); CAN ends a sequence, ECMA-48 §8.2.1 and DEC STD 070 §3.5; bracketed paste of xterm.
"""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Final

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, XTermParser
from textual.message import Message

CAN: Final = "\x18"
"""What ^X sends."""
PASTE_SECS: Final = 3.0
"""Seconds without a byte after which a paste that has no end has ended."""
MOST_CELLS: Final = 4_096
"""Columns or rows beyond which a terminal that tells its size says nonsense."""


class Intake:
    """Bytes as they were read, to messages in their order. `now` is monotonic seconds throughout."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._parser = XTermParser()
        self._quiet_since: float | None = None
        """When the last byte came, until a paste it may have left open was ended."""

    def take(self, data: bytes, now: float) -> Iterator[Message]:
        """Yield what these bytes mean."""
        text = self._decode(data)
        if data:
            self._quiet_since = now
        if text and not text.strip(CAN):
            yield from self._parsed(BRACKETED_PASTE_END)
        yield from self._parsed(text)

    def idle(self, now: float) -> Iterator[Message]:
        """Yield what silence makes of the bytes before it: an escape key that was no sequence, a paste without end."""
        try:
            yield from self._parser.tick()
        except Exception:  # noqa: BLE001 - whatever it cannot read must not end the reading
            self._parser = XTermParser()
        if self._quiet_since is not None and now - self._quiet_since >= PASTE_SECS:
            self._quiet_since = None
            yield from self._parsed(BRACKETED_PASTE_END)  # where nothing is being pasted this means nothing

    def _parsed(self, text: str) -> Iterator[Message]:
        """Parse character by character, so that one which fails takes no other with it. Nothing of nothing: to the
        parser that is the end of all input."""
        for character in text:
            try:
                for message in self._parser.feed(character):
                    if _makes_sense(message):
                        yield message
            except Exception:  # noqa: BLE001 - whatever it cannot read must not end the reading
                self._parser = XTermParser()


def _makes_sense(message: Message) -> bool:
    """Whether a size that a terminal tells can be one."""
    if not isinstance(message, events.Resize):
        return True
    return 0 < message.size.width <= MOST_CELLS and 0 < message.size.height <= MOST_CELLS
