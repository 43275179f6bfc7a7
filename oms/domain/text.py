"""Outside text made safe to show: the one sanitizer.

A venue's reject reason, a feed's headline, a symbol typed by a stranger: such text can carry escape sequences that
write the clipboard or clear the screen, bidirectional overrides that make BUY read as YUB, invisible characters that
make two symbols look equal. Widgets pass all of it on to the terminal, so it is stopped once, where the text enters,
before it can reach a screen, a log line or an exception. Nothing here knows markup: safe text is shown as text, never
parsed.

Sanitizing twice equals sanitizing once. A second sanitizer elsewhere, or a look at the raw text "just for the log",
would break the promise.
"""

import re
import unicodedata

MARKS_PER_CHARACTER = 3
"""Combining marks kept on one character; the deepest stacks of living scripts need no more."""

ELLIPSIS = "…"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# ECMA-48 §5.4-5.6: control strings (OSC, DCS, SOS, PM, APC) up to their terminator, then CSI, then two-byte escapes;
# each in its 7-bit and 8-bit form. A string without terminator loses only its introducer: its body is harmless once it
# is mere text, and dropping it would let a sender hide the rest of a message. The body excludes every introducer, so
# that a million unterminated ones cost linear time.
_ESCAPES = re.compile(
    r"(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[PX\]^_]"
    r"|\x1b[ -/]*[0-Z\\^-~]"
)
_SPACES = re.compile(r"\r\n|[\t\n\v\f\r\x1c-\x1f\x85\u2800]")

# Letters and marks that draw nothing, though their category says otherwise: fillers, joiners, variation selectors.
_INVISIBLE = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def sanitize(text: str, limit: int = 200) -> str:
    """Return `text` without anything that could command a terminal, reorder, hide or pile up.

    Line breaks, tabs and every other blank become a plain space; escape sequences, control and format characters
    vanish; lone surrogates, private and unassigned code points become U+FFFD; at most `MARKS_PER_CHARACTER` combining
    marks stay on a character and none at the start, where they would fall on whatever stands before it on the screen.
    The result has at most `limit` characters, the last of them an ellipsis if something was cut. Printable text within
    the limit comes back unchanged. Raises ValueError if `limit` is less than 1.
    """
    if limit < 1:
        raise ValueError(f"limit must be at least 1, not {limit}")
    if len(text) <= limit and text.isascii() and text.isprintable():  # as nearly all of it, also what waits to be told
        return text
    text = _INVISIBLE.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text)))
    kept: list[str] = []
    marks = MARKS_PER_CHARACTER
    for character in text:
        shown = _shown(character)
        if not shown:
            continue
        marks = marks + 1 if unicodedata.category(shown) in ("Mn", "Me") else 0
        if marks > MARKS_PER_CHARACTER:
            continue
        if len(kept) == limit:
            kept[-1] = ELLIPSIS
            break
        kept.append(shown)
    return "".join(kept)


def _shown(character: str) -> str:
    """One character as it may be shown: itself, a space, U+FFFD or nothing."""
    if " " <= character <= "~":
        return character
    match unicodedata.category(character):
        case "Cc" | "Cf":
            return ""
        case "Cs" | "Co" | "Cn":
            return REPLACEMENT
        case "Zs" | "Zl" | "Zp":
            return " "
        case _:
            return character
