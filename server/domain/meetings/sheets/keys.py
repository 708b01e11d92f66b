"""How a meeting is known again when the same schedule comes a second time.

* A calendar: the event's UID, and for one of several the instant it was first planned for (RECURRENCE-ID), so that a moved
  instance keeps its key.
* A sheet with a number of the meeting: that number. A bare number of up to three digits only counts the rows, and begins anew each
  week or with each row put in: it is taken for no number, whatever the other rows hold, or keys would change with them.
* Any other row: day and title. Neither time nor room is in it, so a meeting that is moved within its day, or to another room, keeps
  its key; one moved to another day is a new one, and the old one is gone from the list.

Rows that would have the same key get an ordinal in their order of appearance. A key is a digest: it holds no names, and has one length.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter

_COUNTS_ROWS = re.compile(r"[0-9]{0,3}")


class Keys:
    """Gives each meeting of one file its key."""

    def __init__(self) -> None:
        """Begin with a file of which nothing was read yet."""
        self._seen: Counter[tuple[str, ...]] = Counter()

    def listed(self, *, number: str, day: str, title: str) -> str:
        """Return the key of a row in a sheet."""
        if _COUNTS_ROWS.fullmatch(_plain(number)):
            return self._next("day", day, _plain(title))
        return self._next("number", "".join(_folded(number).split()))

    def event(self, *, uid: str, instant: str) -> str:
        """Return the key of an event, or of one of several at ``instant``."""
        return self._next("event", uid, instant)

    def _next(self, *identity: str) -> str:
        self._seen[identity] += 1
        text = "\x1f".join((*identity, str(self._seen[identity])))
        return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]


def _plain(text: str) -> str:
    """Return the letters and digits of a text: spaces, brackets and full-width forms make no other meeting."""
    return "".join(letter for letter in _folded(text) if letter.isalnum())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
