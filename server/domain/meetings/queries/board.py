"""What the board shows of the meeting floor: the day's meetings, those first that need somebody, each with what matters now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from server.domain.meetings import rules
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.queries.tablet import STATUS, RoomStatus
from server.domain.meetings.rules import Level, State


class Matter(StrEnum):
    """What matters about a meeting now, the most pressing first; ``NONE`` is that all goes well."""

    CALL = "call"
    UNSEEN = "unseen"
    LATE = "late"
    LATE_TEA = "late_tea"
    ASKED = "asked"
    UNCONFIRMED = "unconfirmed"
    TOLD = "told"
    UNDISTURBED = "undisturbed"
    NONE = "none"


PRESSING = (Matter.CALL, Matter.UNSEEN, Matter.LATE, Matter.LATE_TEA, Matter.ASKED, Matter.UNCONFIRMED)
"""Somebody must do something: these stand above the others. That a change was told a moment ago is no more than news."""
HELD = (Level.LATE, Level.BOARD, Level.SUPERVISOR)
RED = (Level.BOARD, Level.SUPERVISOR)
"""So far up the ladder that the board shows it in red."""


@dataclass(frozen=True, kw_only=True)
class BoardRow:
    """A meeting of the day. ``status`` is the word of its room; None once the meeting is over."""

    meeting: MeetingRow
    status: RoomStatus | None
    matter: Matter

    @property
    def pressing(self) -> bool:
        """Whether somebody must do something."""
        return self.matter in PRESSING

    @property
    def over(self) -> bool:
        """Whether nothing is to be done for it any more."""
        return self.status is None


@dataclass(frozen=True, kw_only=True)
class BoardDay:
    """The day's meetings in the order of the board, and in how many rooms they are; cancelled ones are counted in neither."""

    rows: tuple[BoardRow, ...]
    meetings: int
    rooms: int


def meetings_of_board(session: Session, today: date, called: Iterable[int] = ()) -> BoardDay:
    """Return the meetings of a day, and those of earlier days that are still open. ``called`` are the rooms somebody calls from."""
    earlier = [meeting for meeting in meeting_rows.still_open(session, today) if meeting.day < today]
    shown = [*earlier, *meeting_rows.of_day(session, today)]
    calling = _holding(shown, set(called))
    rows = sorted((_row(meeting, meeting.meeting_id in calling) for meeting in shown), key=_place)
    held = [row.meeting for row in rows if row.meeting.state is not State.CANCELLED]
    return BoardDay(rows=tuple(rows), meetings=len(held), rooms=len({meeting.room_id for meeting in held}))


def _holding(meetings: Iterable[MeetingRow], rooms: set[int]) -> set[int]:
    """Return the meetings that hold one of ``rooms`` now: one a room, that in session before any other."""
    holding: dict[int, MeetingRow] = {}
    for meeting in meetings:
        if meeting.room_id in rooms and meeting.state in STATUS:
            known = holding.get(meeting.room_id)
            if known is None or (known.state is not State.IN_SESSION and meeting.state is State.IN_SESSION):
                holding[meeting.room_id] = meeting
    return {meeting.meeting_id for meeting in holding.values()}


def _row(meeting: MeetingRow, called: bool) -> BoardRow:
    matter = _matter(meeting, called)
    return BoardRow(meeting=meeting, status=_status(meeting, matter), matter=matter)


def _matter(meeting: MeetingRow, called: bool) -> Matter:
    tea, unseen = meeting.round, meeting.unseen
    if meeting.state in rules.OVER:
        # Whoever looked after it must still hear that it was cancelled.
        return Matter.UNSEEN if any(change.level in RED for change in unseen) else Matter.NONE
    told = (
        (called, Matter.CALL),
        (any(change.level in RED for change in unseen), Matter.UNSEEN),
        (bool(meeting.late), Matter.LATE),
        (tea is not None and tea.level in HELD, Matter.LATE_TEA),
        (meeting.asked_at is not None and meeting.state in rules.BEFORE_START, Matter.ASKED),
        (meeting.unconfirmed_at is not None and meeting.confirmed_at is None and meeting.state in rules.PLANNED, Matter.UNCONFIRMED),
        (bool(unseen), Matter.TOLD),
        (meeting.undisturbed_since is not None, Matter.UNDISTURBED),
    )
    return next((matter for is_so, matter in told if is_so), Matter.NONE)


def _status(meeting: MeetingRow, matter: Matter) -> RoomStatus | None:
    if meeting.state in rules.OVER:
        return None
    if matter is Matter.CALL:
        return RoomStatus.SERVICE
    if matter in (Matter.LATE, Matter.LATE_TEA):
        return RoomStatus.LATE
    return STATUS.get(meeting.state, RoomStatus.FREE)


def _place(row: BoardRow) -> tuple[int, int, float]:
    starts = row.meeting.starts_at.timestamp()
    if row.pressing:
        return (0, PRESSING.index(row.matter), starts)
    # Of those that are over, the one that began last stands first.
    return (2, 0, -starts) if row.over else (1, 0, starts)
