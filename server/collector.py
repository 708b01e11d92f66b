"""How often the garbage collector looks: a house holds much that stays for good, and looking through it stops every screen.

Reference counts free nearly everything at once; the collector is for what refers to itself in a circle, and that can wait a little.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = (5_000, 20, 20)
"""How many new objects start it, and how often it looks at older ones."""


@contextmanager
def waiting() -> Iterator[None]:
    """Let it wait for the end of the block, leave out of its sight what was made there, and look seldom from then on.

    For loading the house: a command that makes many rows spends a tenth of its time in a collector that looks as often as Python's own.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*NEW_OBJECTS)
        gc.enable()


def leave_out_what_stays() -> None:
    """Take what is there now out of its sight: looking through all of it stops every screen for a tenth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*NEW_OBJECTS)
