"""What the desk asks of meetings beside a day and a single one: whom to ring up, what the supervisor must hear, search, who is free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, or_
from sqlmodel import Session, col, select

from server.days import Window
from server.domain.meetings.queries import finding
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow, Person
from server.domain.meetings.rules import OPEN, Level, State
from server.domain.meetings.tables import ChangeSeen, Meeting
from server.domain.people.tables import Tenant
from server.domain.rooms.tables import Room
from server.domain.staff.tables import Staff

_OPEN = tuple(state.value for state in OPEN)
_WAITS = or_(
    col(Meeting.state) == State.TO_RECONFIRM.value,
    # It is being prepared, and its contact was not reached before that.
    and_(
        col(Meeting.state).in_((State.PREPARING.value, State.READY.value)),
        col(Meeting.confirmed_at).is_(None),
        col(Meeting.reconfirm_opens_at).is_(None),
    ),
)
"""Whose day before has begun and whom nobody has reconfirmed."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How many meetings wait to be reconfirmed, and how many of them the supervisor was told of."""

    meetings: int
    late: int


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """What has climbed up to the supervisor: meetings with a change that somebody has not acknowledged, and unconfirmed ones."""

    unseen: tuple[int, ...]
    unconfirmed: int


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Somebody who may look after a meeting. ``free``: nothing else takes them within the room's time; ``there``: they do already."""

    person: Person
    free: bool
    there: bool


def to_reconfirm(session: Session) -> tuple[MeetingRow, ...]:
    """Return the meetings whose day before has begun and that nobody has reconfirmed, the earliest first (S114)."""
    wanted = select(Meeting).where(_WAITS)
    return meeting_rows.rows(session, session.exec(wanted.order_by(col(Meeting.starts_at), col(Meeting.id))).all())


def reconfirm_count(session: Session) -> Waiting:
    """Return how many meetings wait to be reconfirmed."""
    open_ones = select(func.count(), func.count(col(Meeting.unconfirmed_at))).where(_WAITS)
    meetings, late = session.exec(open_ones).one()
    return Waiting(meetings=meetings, late=late)


def alarms(session: Session, today: date) -> Alarms:
    """Return what the supervisor is told of the meeting floor and nobody has settled; a change of what is over and past is none."""
    waiting = (
        select(ChangeSeen.meeting_id)
        .join(Meeting, col(Meeting.id) == col(ChangeSeen.meeting_id))
        .where(ChangeSeen.level == Level.SUPERVISOR.value, col(ChangeSeen.seen_at).is_(None))
        .where(or_(col(Meeting.state).in_(_OPEN), col(Meeting.day) >= today))
    )
    unseen = session.exec(waiting.distinct().order_by(col(ChangeSeen.meeting_id))).all()
    return Alarms(unseen=tuple(unseen), unconfirmed=reconfirm_count(session).late)


def search(session: Session, text: str, *, limit: int = 20) -> tuple[MeetingRow, ...]:
    """Return meetings by part of the title, contact or tenant, by the room's name or the end of the contact's phone.

    First those still to come, the next one before the others; then the past, the newest first.
    """
    wanted = text.strip()
    if not wanted:
        return ()
    is_open = col(Meeting.state).in_(_OPEN)
    found = (
        select(Meeting)
        .join(Room, col(Room.id) == col(Meeting.room_id))
        .outerjoin(Tenant, col(Tenant.id) == col(Meeting.tenant_id))
        .where(_matches(wanted.lower()))
        .order_by(is_open.desc(), case((is_open, Meeting.starts_at)), col(Meeting.starts_at).desc(), col(Meeting.id).desc())
        .limit(limit)
    )
    return meeting_rows.rows(session, session.exec(found).all())


def _matches(wanted: str) -> Any:
    ways = [
        func.lower(column).contains(wanted, autoescape=True)
        for column in (Meeting.title, Meeting.contact_name, Tenant.name, Tenant.name_en)
    ]
    ways += [func.lower(Room.name) == wanted, func.lower(Room.name_en) == wanted]
    digits = "".join(letter for letter in wanted if letter.isdigit())
    if len(digits) >= 4:
        ways.append(col(Meeting.contact_phone).endswith(digits, autoescape=True))
    return or_(*ways)


def choices(session: Session, meeting: MeetingRow) -> tuple[Choice, ...]:
    """Return everybody who may look after a meeting, by name: who is free then, and who does already."""
    engaged = finding.engagements(session, meeting.day, but=meeting.meeting_id)
    taken = Window(begins=meeting.reserved_from, ends=meeting.reserved_until)
    there = {person.staff_id for person in meeting.attendants}
    names = {person.id: person.name for person in session.exec(select(Staff).where(col(Staff.id).in_(finding.attendants(session))))}
    return tuple(
        Choice(
            person=Person(staff_id=staff_id, name=name),
            free=not any(window.meets(taken) for window in engaged.get(staff_id, [])),
            there=staff_id in there,
        )
        for staff_id, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0]))
        if staff_id is not None
    )
