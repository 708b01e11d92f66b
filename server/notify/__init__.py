"""Messages leave the house here: read from the queue, worded in the host's language, sent, and tried again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from server.clock import Clock
from server.config import Settings
from server.db.transaction import Door
from server.loops import Loop
from server.notify.sender import Sender
from server.notify.transports import chosen

EVERY_SECONDS = 0.5
"""How often the queue is looked at."""
REST_SECONDS = 0.05
"""After each commit the queue is looked at, but not sooner after the last look than this: most commits bring no message."""


def create_notify(door: Door, clock: Clock, settings: Settings, in_language: Callable[[str], AbstractContextManager[None]]) -> Loop:
    """Return the loop that sends messages; refuses settings it cannot work with (an unreadable or unsafe list of addresses)."""
    sender = Sender(door, chosen(settings), in_language)
    return Loop("notices", sender.step, every_seconds=EVERY_SECONDS, rest_seconds=REST_SECONDS, clock=clock)


__all__ = ["EVERY_SECONDS", "Sender", "create_notify"]
