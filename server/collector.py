"""How often the garbage collector looks: a house holds much that stays for good, and looking through it stops every screen.

Reference counts free nearly everything at once; the collector is for what refers to itself in a circle, and that can wait a little.
"""

from __future__ import annotations

import gc

NEW_OBJECTS = (5_000, 20, 20)
"""How many new objects start it, and how often it looks at older ones."""


def look_seldom() -> None:
    """Let it look less often than Python does by itself: a command that makes many rows spends a tenth of its time there."""
    gc.set_threshold(*NEW_OBJECTS)


def leave_out_what_stays() -> None:
    """Take what is there now out of its sight: looking through all of it stops every screen for a tenth of a second."""
    gc.collect()
    gc.freeze()
    look_seldom()
