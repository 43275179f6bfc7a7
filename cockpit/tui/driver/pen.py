"""The pen: how the next character will look, and the shortest way from one look to another.

Source: ECMA-48 §8.3.117 (SGR); 38/48;2 and ;5 as xterm writes them; OSC 8 hyperlinks as VTE specified them. Colors are
kept as the parameters that chose them, so that nothing is converted and nothing lost.
"""

from functools import lru_cache
from typing import Final, NamedTuple


class Pen(NamedTuple):
    """The look of a cell. Empty strings mean the terminal's own color, and no link."""

    fg: str = ""
    """SGR parameters of the text color, such as `31` or `38;2;0;255;102`."""
    bg: str = ""
    attributes: frozenset[int] = frozenset()
    """SGR codes that are on: 1 bold, 2 dim, 3 italic, 4 underline, 7 reverse and so on."""
    link: str = ""
    """What OSC 8 carries: `params;uri`."""


PLAIN: Final = Pen()

_UNSEEN_ON_BLANK: Final = frozenset({1, 2, 3})
_ON: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 51, 52, 53})
_OFF: Final = {
    22: frozenset({1, 2}),
    23: frozenset({3}),
    24: frozenset({4, 21}),
    25: frozenset({5, 6}),
    27: frozenset({7}),
    28: frozenset({8}),
    29: frozenset({9}),
    54: frozenset({51, 52}),
    55: frozenset({53}),
}
_OWN_TEXT: Final = 39
_OWN_GROUND: Final = 49
_FOREGROUND: Final = frozenset({*range(30, 38), *range(90, 98)})
_BACKGROUND: Final = frozenset({*range(40, 48), *range(100, 108)})
_TEXT: Final = 38
_GROUND: Final = 48
_UNDERLINE: Final = 58
_EXTENDED: Final = frozenset({_TEXT, _GROUND, _UNDERLINE})
_EXTENDED_LENGTH: Final = {"5": 3, "2": 5}


@lru_cache(maxsize=8192)
def restyled(pen: Pen, parameters: str, *, color: bool = True) -> Pen:
    """The pen after `CSI parameters m`. Unknown codes change nothing; without color, colors change nothing either."""
    codes = (parameters or "0").split(";")
    at = 0
    while at < len(codes):
        code = int(codes[at]) if codes[at].isdecimal() else 0 if not codes[at] else -1
        length = 1
        if code in _EXTENDED:
            length = _EXTENDED_LENGTH.get(codes[at + 1] if at + 1 < len(codes) else "", 1)
            chosen = ";".join(codes[at : at + length])
            if color and 1 < length <= len(codes) - at:
                pen = pen._replace(fg=chosen) if code == _TEXT else pen._replace(bg=chosen) if code == _GROUND else pen
        elif code == 0:
            pen = Pen(link=pen.link)
        elif code in _ON:
            pen = pen._replace(attributes=pen.attributes | {code})
        elif code in _OFF:
            pen = pen._replace(attributes=pen.attributes - _OFF[code])
        elif code in _FOREGROUND or code == _OWN_TEXT:
            pen = pen._replace(fg=codes[at] if color and code in _FOREGROUND else "")
        elif code in _BACKGROUND or code == _OWN_GROUND:
            pen = pen._replace(bg=codes[at] if color and code in _BACKGROUND else "")
        at += length
    return pen


@lru_cache(maxsize=8192)
def change(old: Pen | None, new: Pen) -> str:
    """The shortest sequence after which the terminal draws with `new`; `old` None means that nobody knows its pen."""
    if old == new:
        return ""
    link = "" if old is not None and old.link == new.link else f"\x1b]8;{new.link or ';'}\x1b\\"
    anew = ";".join(("0", *_codes(new)))
    if old is None:
        return f"{link}\x1b[{anew}m"
    if (old.fg, old.bg, old.attributes) == (new.fg, new.bg, new.attributes):
        return link
    delta = ";".join(_delta(old, new))
    best = "" if anew == "0" else delta if len(delta) <= len(anew) else anew
    return f"{link}\x1b[{best}m"


def blanks_alike(one: Pen, other: Pen) -> bool:
    """Does a blank look the same with both? It shows no text color, no bold, no italic."""
    return (
        one.bg == other.bg
        and one.link == other.link
        and one.attributes <= _UNSEEN_ON_BLANK
        and other.attributes <= _UNSEEN_ON_BLANK
    )


def _codes(pen: Pen) -> list[str]:
    return [*map(str, sorted(pen.attributes)), *filter(None, (pen.fg, pen.bg))]


def _delta(old: Pen, new: Pen) -> list[str]:
    codes: list[str] = []
    gone = old.attributes - new.attributes
    lost = new.attributes - old.attributes
    for off, group in _OFF.items():
        if gone & group:
            codes.append(str(off))
            # One code ends bold and dim alike: what stays must be said again.
            lost |= new.attributes & group
    codes += map(str, sorted(lost))
    if new.fg != old.fg:
        codes.append(new.fg or "39")
    if new.bg != old.bg:
        codes.append(new.bg or "49")
    return codes
