"""What the room page says: of a call, of more time that is not to be had, and of how a meeting stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.meetings.queries import rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Category
from server.errors import YingbinError
from server.web.house import house
from server.web.sentences import error_sentence

QUIET = (Category.IMPORTANT, Category.VIP)
"""Whoever passes may scan the code at the door: of these the page shows the room, and no title."""

DONE: Mapping[str, LazyString] = {
    "longer": lazy_gettext("The meeting lasts longer; the room is yours until then."),
    "begun": lazy_gettext("The door says now that you are in session."),
    "over": lazy_gettext("Thank you. The room is tidied now."),
}
"""What a page says once after a tap, where nothing else on it shows that it worked."""


def title_of(meeting: MeetingRow) -> str:
    """Return what the page may show of a meeting's title; empty where it may not."""
    return "" if meeting.category in QUIET else meeting.title


def already(since: datetime) -> str:
    """Return what a second tap is told."""
    return str(gettext("Called since %(hour)s already; somebody comes.", hour=_hour(since)))


def said(error: YingbinError) -> str:
    """Return the sentence for a refusal; where the room is another meeting's, which one and until when this one may go on."""
    if error.code == "room_taken":
        return _taken(int(str(error.facts["meeting"])), str(error.facts["starts_at"]), str(error.facts["latest_at"]))
    return error_sentence(error)


def _taken(meeting_id: int, starts_at: str, latest_at: str) -> str:
    with house().door.reading() as session:
        after = rows.one(session, meeting_id)
    facts = {"starts": _hour(datetime.fromisoformat(starts_at)), "latest": _hour(datetime.fromisoformat(latest_at))}
    if after is not None and title_of(after):
        text = gettext("Next in this room at %(starts)s: “%(title)s”. Yours must end by %(latest)s.", title=title_of(after), **facts)
    else:
        text = gettext("The next meeting in this room begins at %(starts)s. Yours must end by %(latest)s.", **facts)
    return str(text)


def _hour(instant: datetime) -> str:
    return f"{instant.astimezone(house().settings.zone):%H:%M}"
