"""What a door sign and the page of a room's QR show; the page's token is its meeting's, and good while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from server.domain.meetings import rules
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import State
from server.domain.meetings.tables import Meeting
from server.errors import NotFound
from server.keys import Keys, tidy_token

TOKEN = "room"  # noqa: S105 - the purpose of a token, not one

OPENS_BEFORE = timedelta(minutes=60)
"""A room page opens so long before its meeting, or when its room begins to be prepared: whoever comes early may ask for something."""
LINGERS = timedelta(hours=4)
"""Where nobody says that a meeting has ended, or that its room is tidied, its page closes so long after the end: not the next day."""


@dataclass(frozen=True, kw_only=True)
class DoorView:
    """A door: the meeting that takes the room now (preparing to turning over) and those still to come today."""

    room_id: int
    current: MeetingRow | None
    coming: tuple[MeetingRow, ...]

    @property
    def next(self) -> MeetingRow | None:
        """The meeting until which the room is free: one that nobody began at its hour, so that it was asked about, is passed over."""
        return next((meeting for meeting in self.coming if meeting.asked_at is None), None)


def door(session: Session, room_id: int, today: date) -> DoorView:
    """Return what a door shows; in session is what an attendant or the host said, never the clock (S140)."""
    mine = meeting_rows.still_open(session, today, room_id=room_id)
    current = next((meeting for meeting in mine if meeting.state is State.IN_SESSION), None) or next(
        (meeting for meeting in mine if meeting.state not in rules.PLANNED), None
    )
    coming = tuple(meeting for meeting in mine if meeting is not current and meeting.state in rules.BEFORE_START and meeting.day == today)
    return DoorView(room_id=room_id, current=current, coming=coming)


def room_token(session: Session, keys: Keys, meeting_id: int) -> str:
    """Return the token of a meeting's room page; NotFound ``meeting_unknown``."""
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise NotFound("meeting_unknown")
    return keys.token(TOKEN, meeting.link_number)


def meeting_of_token(session: Session, keys: Keys, text: str, now: datetime) -> MeetingRow | None:
    """Return the meeting whose room page a token opens just now; None for an unknown, early, closed or cancelled one, all alike."""
    token = tidy_token(text)
    if token is None:
        return None
    found = session.exec(select(Meeting).where(col(Meeting.link_digest) == keys.digest(TOKEN, token))).one_or_none()
    if found is None or not is_open(found, now):
        return None
    return meeting_rows.one(session, found.id or 0)


def is_open(meeting: Meeting, now: datetime) -> bool:
    """Tell whether a meeting's room page is open: from when its room is prepared, or an hour before, until it is turned over."""
    if meeting.state in rules.BEFORE_START:
        is_early = meeting.state in rules.PLANNED and now < meeting.starts_at - OPENS_BEFORE
        return not is_early and now < meeting.ends_at
    return meeting.state in rules.OPEN and now < max(meeting.ends_at, meeting.ended_at or meeting.ends_at) + LINGERS
