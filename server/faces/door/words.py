"""What a door sign says, and what it keeps to itself."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.meetings.queries.doors import DoorView
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Category, State
from server.web.floor import MEETING_STATES, Word
from server.web.i18n import in_language

FREE: Word = (lazy_gettext("Free"), "ok", "check")
TIDYING: LazyString = MEETING_STATES["turning_over"][0]
QUIET = (Category.IMPORTANT, Category.VIP)
"""Of these a corridor learns that there is a meeting, and no more."""


def word_of(view: DoorView) -> Word:
    """Return the sign's one word with its tone and icon: what people did, never what the clock says (S140)."""
    if view.current is None:
        return FREE
    word = MEETING_STATES[view.current.state.value]
    return (TIDYING, word[1], word[2]) if view.current.state is State.ENDED else word


def ground_of(view: DoorView) -> str:
    """Return the colour of the sign: free, busy or setting."""
    if view.current is None:
        return "free"
    return "busy" if view.current.state is State.IN_SESSION else "setting"


def in_both(word: LazyString, lang: str) -> tuple[str, str]:
    """Return a word in the reader's language and in the other one: whoever passes reads one of them."""
    with in_language("zh" if lang == "en" else "en"):
        other = str(word)
    return str(word), other


def title_of(meeting: MeetingRow) -> str:
    """Return what a corridor may read of a meeting's title; empty where it may not."""
    return "" if meeting.category in QUIET else meeting.title
