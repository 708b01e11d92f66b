"""Where everybody is now, and what they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from server.domain.posts import rules
from server.domain.posts.rules import OPEN_COVER, OPEN_LEAVE, CoverState, LeaveState, PostAction, PostState
from server.domain.posts.tables import Cover, Leave, Stint
from server.domain.staff.rules import Role
from server.domain.staff.tables import Staff
from server.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class LeaveRow:
    """A wish to leave that is asked or approved."""

    leave_id: int
    staff_id: int
    name: str
    state: LeaveState
    reason: str
    asked_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CoverRow:
    """A wish to be covered that is asked, or that somebody has accepted (``by``)."""

    cover_id: int
    for_id: int
    name: str
    role: Role
    state: CoverState
    asked_at: datetime
    by_id: int | None
    by: str
    accepted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PostRow:
    """Where one member of staff is; ``since`` is None for who is off. ``cover`` is the wish to be covered that they have open."""

    staff_id: int
    name: str
    role: Role
    state: PostState
    since: datetime | None
    duty_from: datetime | None
    covers: str
    covers_id: int | None
    reason: str
    at_desk: bool
    unapproved: bool
    leave: LeaveRow | None
    cover: CoverRow | None

    @property
    def may(self) -> frozenset[PostAction]:
        """What the table of the rules lets happen from here."""
        return rules.actions_from(self.state)


def everyone(session: Session) -> tuple[PostRow, ...]:
    """Return everybody who keeps a post: those on duty first, the desk before the others, then by name."""
    statement = select(Staff).where(col(Staff.active), col(Staff.role).in_(rules.KEEPS_POST))
    return tuple(sorted(_rows(session, session.exec(statement)), key=_place))


def on_duty(session: Session) -> tuple[PostRow, ...]:
    """Return who is on duty now, with where they are and since when."""
    return tuple(row for row in everyone(session) if row.state is not PostState.OFF)


def post_of(session: Session, staff_id: int) -> PostRow:
    """Return where one member of staff is; raises NotFound for who keeps no post."""
    person = session.get(Staff, staff_id)
    if person is None or not person.active or Role(person.role) not in rules.KEEPS_POST:
        raise NotFound("staff_unknown")
    return _rows(session, [person])[0]


def available(session: Session, at: datetime) -> int:
    """Return how many attendants were, or are, on their own post at an instant: not off, at a meal, away or covering.

    For an instant ahead it is who is there now: nobody's shift is planned here.
    """
    there = (
        select(func.count())
        .select_from(Stint)
        .join(Staff, col(Staff.id) == col(Stint.staff_id))
        .where(
            Staff.role == Role.ATTENDANT,
            Stint.state == PostState.ON_POST,
            col(Stint.undone).is_(False),
            col(Stint.from_at) <= at,
            col(Stint.until_at).is_(None) | (col(Stint.until_at) > at),
        )
    )
    return session.exec(there).one()


def open_covers(session: Session) -> tuple[CoverRow, ...]:
    """Return the wishes to be covered that are open, the longest asked first."""
    statement = select(Cover).where(col(Cover.state).in_(OPEN_COVER)).order_by(col(Cover.asked_at), col(Cover.id))
    rows = session.exec(statement).all()
    people = _people(session, [staff_id for row in rows for staff_id in (row.for_id, row.by_id) if staff_id])
    return tuple(_cover_row(row, people) for row in rows if people[row.for_id].active)


def open_leaves(session: Session) -> tuple[LeaveRow, ...]:
    """Return the wishes to leave that wait for the supervisor or were approved, the longest asked first."""
    statement = select(Leave).where(col(Leave.state).in_(OPEN_LEAVE)).order_by(col(Leave.asked_at), col(Leave.id))
    rows = session.exec(statement).all()
    people = _people(session, [row.staff_id for row in rows])
    return tuple(_leave_row(row, people) for row in rows if people[row.staff_id].active)


def newest_decision(session: Session, staff_id: int) -> LeaveRow | None:
    """Return a person's newest wish to leave, whatever became of it; None if there never was one."""
    row = session.exec(select(Leave).where(Leave.staff_id == staff_id).order_by(col(Leave.id).desc()).limit(1)).first()
    return _leave_row(row, _people(session, [staff_id])) if row else None


def is_desk_empty(rows: Iterable[PostRow]) -> bool:
    """Tell whether the desk stands empty although somebody who keeps it is on duty (S54)."""
    rows = tuple(rows)
    return any(row.role is Role.DESK and row.state is not PostState.OFF for row in rows) and not any(row.at_desk for row in rows)


def _rows(session: Session, staff: Iterable[Staff]) -> list[PostRow]:
    people = {person.id or 0: person for person in staff}
    stints = {row.staff_id: row for row in session.exec(select(Stint).where(col(Stint.until_at).is_(None)))}
    leaves = {row.staff_id: row for row in open_leaves(session)}
    covers = {row.for_id: row for row in open_covers(session)}
    covered = _people(session, [row.covers_id for row in stints.values() if row.covers_id])
    return [
        _row(person, stints.get(staff_id), covered, leave=leaves.get(staff_id), cover=covers.get(staff_id))
        for staff_id, person in people.items()
    ]


def _row(person: Staff, stint: Stint | None, covered: Mapping[int, Staff], *, leave: LeaveRow | None, cover: CoverRow | None) -> PostRow:
    return PostRow(
        staff_id=person.id or 0,
        name=person.name,
        role=Role(person.role),
        state=PostState(stint.state) if stint else PostState.OFF,
        since=stint.from_at if stint else None,
        duty_from=stint.duty_from if stint else None,
        covers=covered[stint.covers_id].name if stint and stint.covers_id else "",
        covers_id=stint.covers_id if stint else None,
        reason=stint.reason if stint else "",
        at_desk=stint.at_desk if stint else False,
        unapproved=stint.unapproved if stint else False,
        leave=leave,
        cover=cover,
    )


def _place(row: PostRow) -> tuple[bool, int, str, int]:
    desk_first = (Role.DESK, Role.ATTENDANT, Role.SUPERVISOR)
    return (row.state is PostState.OFF, desk_first.index(row.role), row.name, row.staff_id)


def _people(session: Session, staff_ids: Iterable[int]) -> dict[int, Staff]:
    wanted = set(staff_ids)
    if not wanted:
        return {}
    return {person.id or 0: person for person in session.exec(select(Staff).where(col(Staff.id).in_(wanted)))}


def _leave_row(row: Leave, people: Mapping[int, Staff]) -> LeaveRow:
    return LeaveRow(
        leave_id=row.id or 0,
        staff_id=row.staff_id,
        name=people[row.staff_id].name,
        state=LeaveState(row.state),
        reason=row.reason,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
    )


def _cover_row(row: Cover, people: Mapping[int, Staff]) -> CoverRow:
    covered = people[row.for_id]
    return CoverRow(
        cover_id=row.id or 0,
        for_id=row.for_id,
        name=covered.name,
        role=Role(covered.role),
        state=CoverState(row.state),
        asked_at=row.asked_at,
        by_id=row.by_id,
        by=people[row.by_id].name if row.by_id else "",
        accepted_at=row.accepted_at,
    )
