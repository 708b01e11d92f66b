"""What the board shows: who waits, who is in the building by floor and tenant, who is expected, who left, and how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from server.domain.visits import rules
from server.domain.visits.queries.rows import VisitRow, come_at, step_of, visits, visits_with_host
from server.domain.visits.rules import IN_BUILDING, State, Step
from server.domain.visits.tables import Invitation

_WAITING = visits_with_host().where(visits.c.open, visits.c.state == State.WAITING.value).order_by(visits.c.signed_in_at, visits.c.id)
"""Built once: the board is drawn after every sign-in."""
_invitations = Invitation.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True, kw_only=True)
class WaitingRow:
    """Somebody who waits in the lobby; ``overdue_at`` is when the desk will be asked."""

    visit_id: int
    name: str
    masked: str
    company: str
    companions: int
    purpose: str
    host: str
    host_en: str
    host_phone: str
    tenant: str
    tenant_en: str
    floor: str
    gate: str
    since: datetime
    step: Step
    minutes: int | None
    come_at: datetime | None
    reason: str
    delegate_told_at: datetime | None
    desk_asked_at: datetime | None
    desk_took_at: datetime | None
    overdue_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class InsideRow:
    """Somebody in the building."""

    visit_id: int
    name: str
    masked: str
    company: str
    companions: int
    host: str
    host_en: str
    since: datetime
    gate: str
    state: State


@dataclass(frozen=True, kw_only=True)
class TenantGroup:
    """A tenant's visitors in the building; ``people`` counts companions too."""

    tenant_id: int | None
    tenant: str
    tenant_en: str
    people: int
    visits: tuple[InsideRow, ...]


@dataclass(frozen=True, kw_only=True)
class FloorGroup:
    """A floor's visitors, by tenant; an empty ``floor`` holds those whose tenant is not known."""

    floor: str
    people: int
    tenants: tuple[TenantGroup, ...]


@dataclass(frozen=True, kw_only=True)
class ExpectedRow:
    """Somebody who is expected today."""

    visit_id: int
    name: str
    masked: str
    company: str
    companions: int
    host: str
    host_en: str
    tenant: str
    tenant_en: str
    floor: str
    gate: str
    expected_from: datetime
    valid_until: datetime
    recurring: bool


@dataclass(frozen=True, kw_only=True)
class LeftRow:
    """Somebody who left not long ago, or is assumed to have; ``left_at`` is None when nobody saw it."""

    visit_id: int
    name: str
    masked: str
    company: str
    host: str
    tenant: str
    left_at: datetime | None
    left_by: str
    state: State
    version: int


@dataclass(frozen=True, kw_only=True)
class TurnedAwayRow:
    """Somebody whose host declined and whose pass is still open: the person may stand in the lobby yet."""

    visit_id: int
    name: str
    company: str
    host: str
    host_en: str
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The day in numbers: visits, and ``people_inside`` with their companions."""

    waiting: int
    inside: int
    expected: int
    came_today: int
    left_today: int
    people_inside: int


def waiting(session: Session) -> tuple[WaitingRow, ...]:
    """Return who waits in the lobby, the longest first."""
    return tuple(_waiting(row) for row in session.execute(_WAITING))


def in_building(session: Session) -> tuple[FloorGroup, ...]:
    """Return who is in the building (waiting, met, in) by floor and tenant."""
    rows = session.execute(visits_with_host().where(visits.c.open, _here())).all()
    floors = groupby(sorted(rows, key=_place), key=lambda row: row.floor)
    return tuple(_floor(floor, list(of_floor)) for floor, of_floor in floors)


def expected_today(session: Session, today: date, zone: tzinfo) -> tuple[ExpectedRow, ...]:
    """Return who is expected today and has not come, the earliest first."""
    end = rules.whole_day(today, zone).ends
    recurring = select(_invitations.c.recurring).where(_invitations.c.id == visits.c.invitation_id).scalar_subquery().label("recurring")
    expected = (
        visits_with_host().add_columns(recurring).where(visits.c.open, visits.c.state == State.EXPECTED.value, visits.c.expected_from < end)
    )
    return tuple(_expected(row) for row in session.execute(expected.order_by(visits.c.expected_from, visits.c.id)))


def recently_left(session: Session, *, limit: int = 12) -> tuple[LeftRow, ...]:
    """Return who left last, the newest first."""
    left = visits_with_host().where(visits.c.left_at.is_not(None)).order_by(visits.c.left_at.desc(), visits.c.id.desc()).limit(limit)
    return tuple(_left(row) for row in session.execute(left))


def turned_away(session: Session, *, limit: int = 6) -> tuple[TurnedAwayRow, ...]:
    """Return who was declined and not yet seen leaving by the day's end, the newest first."""
    declined = visits_with_host().where(visits.c.open, visits.c.state == State.DECLINED.value)
    rows = session.execute(declined.order_by(visits.c.answered_at.desc(), visits.c.id.desc()).limit(limit))
    return tuple(
        TurnedAwayRow(
            visit_id=row.id,
            name=row.name,
            company=row.company,
            host=row.host,
            host_en=row.host_en,
            at=row.answered_at,
            reason=row.answer_reason,
        )
        for row in rows
    )


def counts(session: Session, today: date, zone: tzinfo) -> Counts:
    """Return the numbers of today."""
    day = rules.whole_day(today, zone)
    here = session.execute(
        select(visits.c.state, func.count(), func.sum(visits.c.companions + 1)).where(visits.c.open, _here()).group_by(visits.c.state)
    ).all()
    expected = select(func.count()).where(visits.c.open, visits.c.state == State.EXPECTED.value, visits.c.expected_from < day.ends)
    came = select(func.count()).where(visits.c.signed_in_at >= day.begins, visits.c.signed_in_at < day.ends)
    left = select(func.count()).where(visits.c.left_at >= day.begins, visits.c.left_at < day.ends)
    numbers = session.execute(select(expected.scalar_subquery(), came.scalar_subquery(), left.scalar_subquery())).one()
    return Counts(
        waiting=sum(number for state, number, _ in here if state == State.WAITING),
        inside=sum(number for _, number, _ in here),
        people_inside=sum(int(people) for _, _, people in here),
        expected=numbers[0],
        came_today=numbers[1],
        left_today=numbers[2],
    )


def inside_row(row: VisitRow) -> InsideRow:
    """Return a row of the list of who is in the building."""
    return InsideRow(
        **_who(row), companions=row.companions, host_en=row.host_en, since=row.signed_in_at, gate=row.gate, state=State(row.state)
    )


def _here() -> Any:
    return visits.c.state.in_([state.value for state in IN_BUILDING])


def _place(row: VisitRow) -> tuple[str, str, int, datetime, int]:
    return (row.floor.rjust(10), row.tenant, row.tenant_id or 0, row.signed_in_at, row.id)


def _floor(floor: str, rows: Sequence[VisitRow]) -> FloorGroup:
    tenants = tuple(_tenant(list(of_tenant)) for _, of_tenant in groupby(rows, key=lambda row: row.tenant_id))
    return FloorGroup(floor=floor, people=sum(tenant.people for tenant in tenants), tenants=tenants)


def _tenant(rows: Sequence[VisitRow]) -> TenantGroup:
    return TenantGroup(
        tenant_id=rows[0].tenant_id,
        tenant=rows[0].tenant,
        tenant_en=rows[0].tenant_en,
        people=sum(row.companions + 1 for row in rows),
        visits=tuple(inside_row(row) for row in rows),
    )


def _who(row: VisitRow) -> dict[str, Any]:
    return {"visit_id": row.id, "name": row.name, "masked": rules.mask_name(row.name), "company": row.company, "host": row.host}


def _waiting(row: VisitRow) -> WaitingRow:
    return WaitingRow(
        **_who(row),
        companions=row.companions,
        purpose=row.purpose,
        host_en=row.host_en,
        host_phone=row.host_phone,
        tenant=row.tenant,
        tenant_en=row.tenant_en,
        floor=row.floor,
        gate=row.gate,
        since=row.signed_in_at,
        step=step_of(row),
        minutes=row.answer_minutes,
        come_at=come_at(row),
        reason=row.answer_reason,
        delegate_told_at=row.delegate_told_at,
        desk_asked_at=row.desk_asked_at,
        desk_took_at=row.desk_took_at,
        overdue_at=row.answer_due_at,
    )


def _expected(row: VisitRow) -> ExpectedRow:
    return ExpectedRow(
        **_who(row),
        companions=row.companions,
        host_en=row.host_en,
        tenant=row.tenant,
        tenant_en=row.tenant_en,
        floor=row.floor,
        gate=row.only_gate,
        expected_from=row.expected_from,
        valid_until=row.valid_until,
        recurring=bool(row.recurring),
    )


def _left(row: VisitRow) -> LeftRow:
    return LeftRow(**_who(row), tenant=row.tenant, left_at=row.left_at, left_by=row.left_by, state=State(row.state), version=row.version)
