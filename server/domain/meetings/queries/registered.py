"""Meetings as other programs ask for them: without run sheets, a page of many days at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo
from typing import Any

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from server.days import Window, whole_day
from server.domain.meetings.queries.finding import OPEN_WORDS, undisturbed_since
from server.domain.meetings.rules import OPEN_STEPS, Category, Level, Source, State, StepState
from server.domain.meetings.tables import Meeting, Step
from server.domain.people.tables import Tenant
from server.domain.rooms.tables import Room
from server.errors import NotFound

KEY = "api:"
LATE = (Level.LATE.value, Level.BOARD.value, Level.SUPERVISOR.value)


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A meeting with the names of its room and tenant; ``key`` is the other program's own, empty where it has none."""

    meeting_id: int
    key: str
    source: Source
    state: State
    title: str
    category: Category
    room_id: int
    room: str
    layout: str
    starts_at: datetime
    ends_at: datetime
    reserved_from: datetime
    reserved_until: datetime
    estimated: int | None
    guaranteed: int | None
    actual: int | None
    tenant: str
    contact_name: str
    contact_phone: str
    tea_minutes: int | None
    break_at: datetime | None
    equipment: str
    notes: str
    confirmed_at: datetime | None
    undisturbed_since: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    version: int


_OWN = ("meeting_id", "key", "source", "state", "category", "room", "tenant", "undisturbed_since")
"""Fields that are more than a column of the meeting."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a meeting's run sheet is."""

    done: int
    open: int
    late: int


def source_key(key: str) -> str:
    """Return how a meeting with another program's key is known in the house."""
    return f"{KEY}{key}"


def between(session: Session, begins: date, ends: date, *, limit: int, offset: int = 0) -> tuple[Registered, ...]:
    """Return the meetings of the days from ``begins`` to ``ends``, both counted, by their hour."""
    wanted = _all().where(col(Meeting.day) >= begins, col(Meeting.day) <= ends).order_by(col(Meeting.starts_at), col(Meeting.id))
    return tuple(_registered(*row) for row in session.exec(wanted.limit(limit).offset(offset)))


def registered(session: Session, meeting_id: int) -> Registered:
    """Return one meeting; NotFound ``meeting_unknown``."""
    row = session.exec(_all().where(Meeting.id == meeting_id)).first()
    if row is None:
        raise NotFound("meeting_unknown")
    return _registered(*row)


def progress(session: Session, meeting_id: int) -> Progress:
    """Return how far a meeting's run sheet is."""
    steps = session.exec(select(Step.state, Step.level).where(Step.meeting_id == meeting_id)).all()
    still = [level for state, level in steps if StepState(state) in OPEN_STEPS]
    done = sum(state == StepState.DONE for state, _ in steps)
    return Progress(done=done, open=len(still), late=sum(level in LATE for level in still))


def free_slots(session: Session, day: date, zone: tzinfo) -> Callable[[int], tuple[Window, ...]]:
    """Return what tells when a room is free on a day of the site: what no meeting takes, setting up and tidying included."""
    whole = whole_day(day, zone)
    wanted = select(Meeting.room_id, Meeting.reserved_from, Meeting.reserved_until).where(
        col(Meeting.state).in_(OPEN_WORDS), col(Meeting.reserved_from) < whole.ends, col(Meeting.reserved_until) > whole.begins
    )
    taken: dict[int, list[Window]] = {}
    for room_id, begins, ends in session.exec(wanted.order_by(col(Meeting.reserved_from))):
        taken.setdefault(room_id, []).append(Window(begins=begins, ends=ends))
    return lambda room_id: tuple(_gaps(whole, taken.get(room_id, ())))


def _gaps(whole: Window, taken: Iterable[Window]) -> Iterator[Window]:
    begins = whole.begins
    for window in taken:
        if window.begins > begins:
            yield Window(begins=begins, ends=window.begins)
        begins = max(begins, window.ends)
    if begins < whole.ends:
        yield Window(begins=begins, ends=whole.ends)


def _all() -> SelectOfScalar[Any]:
    named = select(Meeting, Room.name, Tenant.name).join(Room, col(Room.id) == col(Meeting.room_id))
    return named.outerjoin(Tenant, col(Tenant.id) == col(Meeting.tenant_id))  # type: ignore[return-value]  # rows of three


def _registered(meeting: Meeting, room: str, tenant: str | None) -> Registered:
    source, kept = Source(meeting.source), meeting.source_key or ""
    return Registered(
        meeting_id=meeting.id or 0,
        key=kept.removeprefix(KEY) if source is Source.API else "",
        source=source,
        state=State(meeting.state),
        category=Category(meeting.category),
        room=room,
        tenant=tenant or "",
        undisturbed_since=undisturbed_since(meeting),
        **{field.name: getattr(meeting, field.name) for field in fields(Registered) if field.name not in _OWN},
    )
