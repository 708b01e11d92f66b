"""The one statement that reads visits with their host and tenant, and the small readings that every list shares."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, func, select

from server.domain.people.tables import Host, Tenant
from server.domain.visits import rules
from server.domain.visits.rules import Answer, State, Step
from server.domain.visits.tables import Visit

visits = Visit.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
hosts = Host.__table__  # type: ignore[attr-defined]  # the same
tenants = Tenant.__table__  # type: ignore[attr-defined]  # the same

VisitRow = Row[Any]
"""A visit's columns, and the names and places of host and tenant (``host``, ``tenant``, ``floor`` and the rest)."""


@cache
def visits_with_host() -> Select[Any]:
    """Return the statement that reads visits with the host who is asked now and the tenant; the caller narrows it."""
    return (
        select(
            visits,
            func.coalesce(hosts.c.name, "").label("host"),
            func.coalesce(hosts.c.name_en, "").label("host_en"),
            func.coalesce(hosts.c.phone, "").label("host_phone"),
            func.coalesce(tenants.c.name, "").label("tenant"),
            func.coalesce(tenants.c.name_en, "").label("tenant_en"),
            func.coalesce(tenants.c.floor, "").label("floor"),
            func.coalesce(tenants.c.rooms, "").label("rooms"),
            func.coalesce(tenants.c.directions, "").label("directions"),
            func.coalesce(tenants.c.directions_en, "").label("directions_en"),
        )
        .outerjoin(hosts, hosts.c.id == func.coalesce(visits.c.asked_host_id, visits.c.host_id))
        .outerjoin(tenants, tenants.c.id == visits.c.tenant_id)
    )


def step_of(row: VisitRow) -> Step:
    """Return the step of the ladder a visit stands on."""
    return rules.step(
        State(row.state),
        answer=Answer(row.answer),
        told_at=row.told_at,
        reached_at=row.reached_at,
        seen_at=row.seen_at,
        desk_asked_at=row.desk_asked_at,
    )


def come_at(row: VisitRow) -> datetime | None:
    """Return when the host said he would come, or the wait would end; None if he did not say."""
    return rules.promised_at(row.answered_at, row.answer_minutes)


def undo_until(row: VisitRow) -> datetime | None:
    """Return until when the newest sign-out or refusal can be taken back by who made it."""
    ended_at: datetime | None = {State.OUT: row.left_at, State.DECLINED: row.answered_at}.get(row.state)
    return ended_at + rules.UNDO if ended_at is not None else None
