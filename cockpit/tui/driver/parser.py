"""Text on its way to a terminal, cut into what it says.

Each write is complete by itself: Textual renders a frame into one string. So nothing is carried over, and a sequence
that its string does not finish loses its ESC and stays behind as text, instead of swallowing the frames that follow.
Source: ECMA-48 §5.4 and §5.6, and the BEL that xterm accepts as the end of OSC.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias


class Text(NamedTuple):
    """Characters to draw, none of them a control."""

    characters: str


class Styled(NamedTuple):
    """Characters between the look they have, as SGR parameters, and its end: nearly all of what Textual paints."""

    look: str
    characters: str


class Control(NamedTuple):
    """One C0 character."""

    character: str


class ControlSequence(NamedTuple):
    """CSI: `marker` is a private prefix such as `?`, `final` holds intermediates and the final byte."""

    marker: str
    parameters: str
    final: str
    raw: str


class CommandString(NamedTuple):
    """OSC, DCS, SOS, PM, APC: a string for the terminal, its kind named by the letter after ESC."""

    kind: str
    body: str
    raw: str


class Escape(NamedTuple):
    """A sequence of ESC and no parameters."""

    raw: str


Token: TypeAlias = Text | Styled | Control | ControlSequence | CommandString | Escape

_TOKEN: Final = re.compile(
    r"\x1b\[(?P<look>[0-9:;]{0,256})m(?P<styled>[^\x00-\x1f\x7f-\x9f]+)\x1b\[0m"
    r"|(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<marker>[<-?]?)(?P<parameters>[0-9:;]{0,256})(?P<final>[ -/]*[@-~])"
    r"|\x1b(?P<kind>[PX\]^_])(?P<body>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<escape>\x1b[ -/]*[0-OQ-WYZ\\`-~])"
    r"|(?P<control>[\x00-\x1f])"
)


def tokens(data: str) -> Iterator[Token]:
    """Cut `data`. DEL, C1 controls and the ESC of an unfinished sequence are left out."""
    for found in _TOKEN.finditer(data):
        match found.lastgroup:
            case "styled":
                yield Styled(found["look"], found["styled"])
            case "text":
                yield Text(found["text"])
            case "final":
                yield ControlSequence(found["marker"], found["parameters"], found["final"], found[0])
            case "body":
                yield CommandString(found["kind"], found["body"], found[0])
            case "escape":
                yield Escape(found[0])
            case _ if found[0] != "\x1b":
                yield Control(found[0])
