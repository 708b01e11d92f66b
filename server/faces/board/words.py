"""What the board calls the parts of the house, and its sentences for what was refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.web import sentences
from server.web.words import DEVICE_ROLES, STATES, STEPS, floor, named

__all__ = ["DEVICE_ROLES", "PARTS", "STATES", "STEPS", "add_sentences", "floor", "named", "part"]

PARTS: Mapping[str, LazyString] = {
    "database": lazy_gettext("database"),
    "disk": lazy_gettext("disk"),
    "relay": lazy_gettext("live relay"),
    "deadlines": lazy_gettext("deadlines"),
    "notices": lazy_gettext("messages"),
}
"""Part of the house → its word; another is called by its own name."""


def part(name: str) -> str:
    """Return the word of a part of the house."""
    return str(PARTS[name]) if name in PARTS else str(gettext("part “%(name)s”", name=name))


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
