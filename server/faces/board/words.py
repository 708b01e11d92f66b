"""What the board calls the parts of the house, and its sentences for what was refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.web import sentences
from server.web.words import DEVICE_ROLES, STATES, STEPS, floor, named

__all__ = ["DEVICE_ROLES", "PARTS", "STATES", "STEPS", "add_sentences", "floor", "is_long", "named", "part"]

PARTS: Mapping[str, LazyString] = {
    "database": lazy_gettext("database"),
    "disk": lazy_gettext("disk"),
    "relay": lazy_gettext("live relay"),
    "deadlines": lazy_gettext("deadlines"),
    "notices": lazy_gettext("messages"),
}
"""Part of the house → its word; another is called by its own name."""

LATIN = 0x2E7F
"""The last character before those that are written as squares."""
WIDEST_ROOM = 4


def part(name: str) -> str:
    """Return the word of a part of the house."""
    return str(PARTS[name]) if name in PARTS else str(gettext("part “%(name)s”", name=name))


def is_long(room: str) -> bool:
    """Tell whether a room's name is too wide to stand as large as “301”: a Chinese character takes the place of two."""
    return sum(2 if ord(letter) > LATIN else 1 for letter in room) > WIDEST_ROOM


def add_sentences() -> None:
    """Enter the board's sentences for what its two buttons may meet."""
    sentences.add(
        {
            "no_longer_waiting": lazy_gettext("The visitor no longer waits: somebody was faster."),
            "already_answered": lazy_gettext("Somebody else is on the way already."),
            "visit_unknown": lazy_gettext("There is no such visit."),
            "call_unknown": lazy_gettext("This call is over."),
        },
        face="board",
    )
