"""Reads of service calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from server.domain.calls.rules import OPEN_CALLS, CallLevel, CallState, Wish
from server.domain.calls.tables import ServiceCall
from server.domain.rooms.tables import Room
from server.domain.staff.tables import Staff

OPEN_WORDS = tuple(state.value for state in OPEN_CALLS)


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A service call as lists show it; ``by`` is who answered it."""

    call_id: int
    room_id: int
    room: str
    room_en: str
    floor: str
    meeting_id: int | None
    wish: Wish
    note: str
    source: str
    state: CallState
    level: CallLevel
    called_at: datetime
    acked_at: datetime | None
    arrived_at: datetime | None
    done_at: datetime | None
    staff_id: int | None
    by: str

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody."""
        return self.state in OPEN_CALLS


def _rows() -> Any:
    return (
        select(ServiceCall, Room, Staff)
        .join(Room, col(Room.id) == col(ServiceCall.room_id))
        .outerjoin(Staff, col(Staff.id) == col(ServiceCall.acked_by))
    )


def open_calls(session: Session) -> tuple[CallRow, ...]:
    """Return the calls that wait for somebody, the longest waiting first."""
    found = session.exec(_rows().where(col(ServiceCall.state).in_(OPEN_WORDS)).order_by(col(ServiceCall.called_at), col(ServiceCall.id)))
    return tuple(_row(*each) for each in found)


def calls_of_room(session: Session, room_id: int, meeting_id: int) -> tuple[CallRow, ...]:
    """Return what the people of a meeting see of their room's calls, one a wish: the open one, whoever made it, else their newest done one.

    The longest waiting stands first, what is done last.
    """
    mine = and_(col(ServiceCall.meeting_id) == meeting_id, col(ServiceCall.state) == CallState.DONE.value)
    theirs = and_(col(ServiceCall.room_id) == room_id, col(ServiceCall.state).in_(OPEN_WORDS))
    wanted = _rows().where(or_(mine, theirs)).order_by(col(ServiceCall.called_at), col(ServiceCall.id))
    found = [_row(*each) for each in session.exec(wanted)]
    newest: dict[Wish, CallRow] = {}
    for row in found:
        if row.open or row.wish not in newest or not newest[row.wish].open:
            newest[row.wish] = row
    return tuple(sorted(newest.values(), key=lambda row: (not row.open, row.called_at, row.call_id)))


def all_of_meeting(session: Session, meeting_id: int) -> tuple[CallRow, ...]:
    """Return every call from a meeting's room, whatever became of it, the newest first."""
    wanted = _rows().where(ServiceCall.meeting_id == meeting_id).order_by(col(ServiceCall.id).desc())
    return tuple(_row(*each) for each in session.exec(wanted))


def calls_between(session: Session, begins: datetime, ends: datetime) -> tuple[CallRow, ...]:
    """Return every call made between two instants, in order: for the service log."""
    wanted = _rows().where(col(ServiceCall.called_at) >= begins, col(ServiceCall.called_at) < ends)
    return tuple(_row(*each) for each in session.exec(wanted.order_by(col(ServiceCall.called_at), col(ServiceCall.id))))


def open_call(session: Session, room_id: int, wish: str) -> ServiceCall | None:
    """Return the open call of a room for one wish; None if there is none."""
    wanted = select(ServiceCall).where(ServiceCall.room_id == room_id, ServiceCall.wish == wish, col(ServiceCall.state).in_(OPEN_WORDS))
    return session.exec(wanted).one_or_none()


def call_row(session: Session, call_id: int) -> CallRow | None:
    """Return one call; None if there is none."""
    found = session.exec(_rows().where(ServiceCall.id == call_id)).one_or_none()
    return _row(*found) if found else None


def due(session: Session, now: datetime, but: tuple[int, ...] = ()) -> list[int]:
    """Return the calls whose clock crossed a line."""
    wanted = select(ServiceCall.id).where(col(ServiceCall.alarm_at) <= now).order_by(col(ServiceCall.alarm_at)).limit(100)
    if but:
        wanted = wanted.where(col(ServiceCall.id).not_in(but))
    return [number for number in session.exec(wanted) if number is not None]


def waited(row: CallRow, now: datetime) -> timedelta:
    """Return how long a call waited, or has been waiting, for an answer."""
    return (row.acked_at or row.done_at or now) - row.called_at


def _row(call: ServiceCall, room: Room, staff: Staff | None) -> CallRow:
    assert call.id is not None
    return CallRow(
        call_id=call.id,
        room_id=call.room_id,
        room=room.name,
        room_en=room.name_en,
        floor=room.floor,
        meeting_id=call.meeting_id,
        wish=Wish(call.wish),
        note=call.note,
        source=call.source,
        state=CallState(call.state),
        level=CallLevel(call.level),
        called_at=call.called_at,
        acked_at=call.acked_at,
        arrived_at=call.arrived_at,
        done_at=call.done_at,
        staff_id=call.acked_by,
        by=staff.name if staff else "",
    )
