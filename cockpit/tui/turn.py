"""Whose turn it is: keys belong to the dashboard, except while a question is about to open or has just been answered.

A question opens a moment after the key that asked for it. What was typed in the same read as that key was typed before
anything could be read, and on the dashboard it would act on something else. So between a key and its question, and
between one question and the next, keys go nowhere; and a `y` that is pressed twice or held does not, once the question
is gone, do what `y` does elsewhere.
"""

from dataclasses import dataclass

from cockpit.tui.said import Said

GUARD_SECS = 0.4
"""How long a question that was just painted hears no key, where nothing else is set."""
HELD_SECS = 0.7
"""Longer than a keyboard waits before it repeats a key that is held."""


def is_repeat(secs: float) -> bool:
    """Tell whether a key that comes so long after itself is still held down, and not pressed once more."""
    return secs < HELD_SECS


@dataclass
class Turn:
    """Shared by the app that hears keys and whoever asks."""

    opening: bool = False
    """A question is on its way to the screen."""
    said_yes_at: float = float("-inf")
    """When a question about money was answered with yes (the clock that stamps keys)."""
    guard_secs: float = GUARD_SECS
    alarm: Said | None = None
    """What has to be seen of a stop whatever is open."""

    def is_spent(self, now: float) -> bool:
        """Tell whether a yes of this moment is still the one that was answered; hearing it makes it last."""
        if not is_repeat(now - self.said_yes_at):
            return False
        self.said_yes_at = now
        return True
