"""A day of the posts: the register of who was where, and whether the desk was attended (S54, S111)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlmodel import Session, col, select

from server.days import Window, whole_day
from server.domain.posts import rules
from server.domain.posts.rules import Attendance, PostState
from server.domain.posts.tables import Stint
from server.domain.staff.tables import Staff


@dataclass(frozen=True, kw_only=True)
class StintRow:
    """One line of the register. ``until`` is None while it lasts."""

    stint_id: int
    staff_id: int
    name: str
    state: PostState
    since: datetime
    until: datetime | None
    covers: str
    reason: str
    at_desk: bool
    unapproved: bool
    assumed: bool


@dataclass(frozen=True, kw_only=True)
class GapRow:
    """The desk stood empty, and who answers for it (S111)."""

    since: datetime
    until: datetime | None
    answer: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """The desk's day: who was there, one after the other, and when nobody was."""

    attended: tuple[StintRow, ...]
    gaps: tuple[GapRow, ...]


def history(session: Session, day: date, zone: tzinfo) -> tuple[StintRow, ...]:
    """Return the register of a day of the site: every stint that reaches into it, person by person, oldest first."""
    rows = _stints(session, whole_day(day, zone))
    names = _names(session)
    shown = [_row(row, names) for row in rows]
    return tuple(sorted(shown, key=lambda row: (row.name, row.staff_id, row.since, row.stint_id)))


def coverage(session: Session, day: date, zone: tzinfo) -> Coverage:
    """Return who stood at the desk on a day of the site, and the gaps with who answers for each."""
    window = whole_day(day, zone)
    rows, names = _stints(session, window), _names(session)
    at_desk = [row for row in rows if row.at_desk]
    attendances = [
        Attendance(
            staff_id=row.staff_id,
            since=max(row.from_at, window.begins),
            until=row.until_at if row.until_at and row.until_at < window.ends else None,
            closes=row.closed_desk,
        )
        for row in at_desk
    ]
    gaps = rules.gaps(attendances, _off_since(rows, window))
    return Coverage(
        attended=tuple(_row(row, names) for row in at_desk),
        gaps=tuple(GapRow(since=gap.since, until=gap.until, answer=tuple(names[staff_id] for staff_id in gap.answer_ids)) for gap in gaps),
    )


def _stints(session: Session, window: Window) -> Sequence[Stint]:
    statement = (
        select(Stint)
        .where(
            col(Stint.undone).is_(False),
            col(Stint.from_at) < window.ends,
            col(Stint.until_at).is_(None) | (col(Stint.until_at) > window.begins),
        )
        .order_by(col(Stint.from_at), col(Stint.id))
    )
    return session.exec(statement).all()


def _off_since(rows: Sequence[Stint], window: Window) -> dict[int, datetime]:
    # Who has no stint that goes on beyond the day went home when the last one ended.
    last: dict[int, datetime | None] = {}
    for row in rows:
        until = row.until_at if row.until_at is None or row.until_at < window.ends else None
        before = last.get(row.staff_id, until)
        last[row.staff_id] = None if until is None or before is None else max(until, before)
    return {staff_id: until for staff_id, until in last.items() if until is not None}


def _names(session: Session) -> dict[int, str]:
    return {person.id or 0: person.name for person in session.exec(select(Staff))}


def _row(row: Stint, names: dict[int, str]) -> StintRow:
    return StintRow(
        stint_id=row.id or 0,
        staff_id=row.staff_id,
        name=names[row.staff_id],
        state=PostState(row.state),
        since=row.from_at,
        until=row.until_at,
        covers=names[row.covers_id] if row.covers_id else "",
        reason=row.reason,
        at_desk=row.at_desk,
        unapproved=row.unapproved,
        assumed=row.assumed,
    )
