"""After start-up: what stands, stands, so the garbage collector need not look at it again.

Everything a run makes per order is freed by its reference count or kept for good, so a collector that walks all kept
orders again and again finds nothing, and the more there are the longer it takes (`python bench/pipeline.py` shows what
is left of that). So what start-up made is taken out of its sight, and it looks at the rest rarely.
"""

import gc
from typing import Final

THRESHOLDS: Final = (50_000, 20, 100)  # allocations before a look at the young, and looks before one at the older


def settle() -> None:
    """Collect once, freeze what is left, and look rarely from now on. For a process that runs one session."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
