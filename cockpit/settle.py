"""The garbage collector waits until start-up is over, and what stands then it need not look at again.

Loading makes hardly anything but things to keep, so looks at them find nothing and only take time.

Everything a run makes per order is freed by its reference count or kept for good, so a collector that walks all kept
orders again and again finds nothing, and the more there are the longer it takes (`python bench/pipeline.py` shows what
is left of that). So what start-up made is taken out of its sight, and it looks at all the rest hardly ever. It looks
often at the young. A picture leaves it nothing, because the lists break their own circles (`cockpit.tui.kept`); a
question that was closed, a window of another size or an error leaves some hundred objects, and to look at all that had
piled up would keep an order waiting (`python bench/wire.py` shows how long the loop is held).

The loop is not the only thread: one commits, one reads the keys, one waits for a stop. Each gets the interpreter from a
busy loop only after a switch interval, and needs it two or three times until it has done its work, so the default of
5 ms would be most of what a stop takes (`python bench/stop.py`).
"""

import gc
import sys
from typing import Final

THRESHOLDS: Final = (5_000, 10, 2_000)  # allocations before a look at the young, and looks before one at the older
SWITCH_SECS: Final = 0.001  # what the loop may keep another thread waiting


def rise() -> None:
    """Start without the collector; call it first thing, and `settle` once what was started stands."""
    gc.disable()


def settle() -> None:
    """Freeze what stands, and look rarely from now on. For a process that runs one session.

    The one object in fifty that nobody needs any more stays too: to find them takes longer than they are worth.
    """
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
    sys.setswitchinterval(SWITCH_SECS)
