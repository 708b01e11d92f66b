"""What a host sees: behind the link of a message, on the personal page, and the evening's list of the tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_
from sqlalchemy import select as core_select
from sqlmodel import Session

from server.domain.notices import queries as notices
from server.domain.notices.rules import NoticeKind
from server.domain.people import queries as people
from server.domain.people.tables import Host, Tenant
from server.domain.visits import rules
from server.domain.visits.queries.board import InsideRow, inside_row
from server.domain.visits.queries.invitations import InvitationView, invitations_of_host
from server.domain.visits.queries.rows import VisitRow, come_at, step_of, undo_until, visits, visits_with_host
from server.domain.visits.rules import IN_BUILDING, State, Step
from server.errors import NotFound
from server.keys import Keys, tidy_token

select_hosts = core_select(visits.c.host_id, visits.c.asked_host_id, visits.c.delegate_id)


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a link under ``/h/`` leads to: one visit to answer, the evening's list, or a host's own page."""

    kind: Literal["answer", "farewell", "host"]
    host_id: int
    visit_id: int | None
    tenant_id: int
    language: str


@dataclass(frozen=True, kw_only=True)
class HostVisit:
    """A visit as its host sees it. ``mine``: it is he (or he as delegate) who is asked now; the ids tell a page whose it is."""

    visit_id: int
    name: str
    company: str
    purpose: str
    companions: int
    phone_masked: str
    gate: str
    state: State
    step: Step
    signed_in_at: datetime | None
    expected_from: datetime | None
    valid_until: datetime
    answer: str
    minutes: int | None
    come_at: datetime | None
    reason: str
    seen_at: datetime | None
    desk_asked_at: datetime | None
    left_at: datetime | None
    undo_until: datetime | None
    asked_host_id: int | None
    delegate_id: int | None
    mine: bool


@dataclass(frozen=True, kw_only=True)
class HostPage:
    """A host's own page."""

    host_id: int
    name: str
    name_en: str
    language: str
    tenant: str
    tenant_en: str
    waiting: tuple[HostVisit, ...]
    inside: tuple[HostVisit, ...]
    expected: tuple[HostVisit, ...]
    invitations: tuple[InvitationView, ...]


@dataclass(frozen=True, kw_only=True)
class FarewellView:
    """A tenant's visitors who have not signed out."""

    tenant_id: int
    tenant: str
    tenant_en: str
    rows: tuple[InsideRow, ...]


def link_of(session: Session, keys: Keys, token: str, now: datetime) -> Link:
    """Return what a host's link leads to; NotFound ``link_unknown`` for unknown, revoked and old ones alike."""
    tidy = tidy_token(token)
    if tidy is None:
        raise NotFound("link_unknown")
    notice = notices.notice_of_link(session, keys, tidy, now)
    if notice is not None:
        host = _active(session, notice.host_id)
        kind: Literal["answer", "farewell"] = "farewell" if notice.kind == NoticeKind.FAREWELL else "answer"
        tenant_id = notice.tenant_id if notice.tenant_id is not None else host.tenant_id
        return Link(kind=kind, host_id=notice.host_id, visit_id=notice.visit_id, tenant_id=tenant_id, language=host.language)
    owner = people.host_of_page(session, keys, tidy)
    if owner is None:
        raise NotFound("link_unknown")
    return Link(kind="host", host_id=owner.id, visit_id=None, tenant_id=owner.tenant_id, language=owner.language)


def host_visit(session: Session, visit_id: int, host_id: int) -> HostVisit:
    """Return one visit as ``host_id`` sees it; NotFound ``visit_unknown`` if it was never his."""
    row = session.execute(visits_with_host().where(visits.c.id == visit_id)).one_or_none()
    if row is None or not _was_asked(session, row, host_id):
        raise NotFound("visit_unknown")
    return _host_visit(row, host_id)


def visit_for_hosts(session: Session, visit_id: int) -> HostVisit:
    """Return one visit as each of its hosts sees it, ``mine`` left out: for a region that depends on the visit only."""
    row = session.execute(visits_with_host().where(visits.c.id == visit_id)).one_or_none()
    if row is None:
        raise NotFound("visit_unknown")
    return _host_visit(row, host_id=None)


def hosts_concerned(session: Session, visit_id: int) -> frozenset[int]:
    """Return every host who is asked about a visit, stands in, or was ever told of it: those whose pages may show it."""
    row = session.execute(select_hosts.where(visits.c.id == visit_id)).one_or_none()
    named = {host_id for host_id in row if host_id is not None} if row is not None else set()
    return frozenset(named | notices.told(session, visit_id))


def host_page(session: Session, keys: Keys, host_id: int, now: datetime) -> HostPage:
    """Return a host's page: own visitors and invitations; NotFound ``link_unknown`` for one who left."""
    host = _active(session, host_id)
    tenant = session.get(Tenant, host.tenant_id)
    own = [_host_visit(row, host_id) for row in _open_visits(session, host_id)]
    return HostPage(
        host_id=host_id,
        name=host.name,
        name_en=host.name_en,
        language=host.language,
        tenant=tenant.name if tenant else "",
        tenant_en=tenant.name_en if tenant else "",
        waiting=tuple(visit for visit in own if visit.state is State.WAITING),
        inside=tuple(visit for visit in own if visit.state in (State.MET, State.IN)),
        expected=tuple(visit for visit in own if visit.state is State.EXPECTED),
        invitations=invitations_of_host(session, keys, host_id, now),
    )


def farewell_of(session: Session, tenant_id: int) -> FarewellView:
    """Return a tenant's visitors who are still in the building, the longest first."""
    tenant = session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound("tenant_unknown")
    here = visits.c.state.in_([state.value for state in IN_BUILDING])
    rows = session.execute(
        visits_with_host().where(visits.c.open, here, visits.c.tenant_id == tenant_id).order_by(visits.c.signed_in_at, visits.c.id)
    )
    return FarewellView(tenant_id=tenant_id, tenant=tenant.name, tenant_en=tenant.name_en, rows=tuple(inside_row(row) for row in rows))


def _was_asked(session: Session, row: VisitRow, host_id: int) -> bool:
    return host_id in (row.host_id, row.asked_host_id, row.delegate_id) or notices.was_told(session, row.id, host_id)


def _open_visits(session: Session, host_id: int) -> list[VisitRow]:
    states = [state.value for state in (State.EXPECTED, *IN_BUILDING)]
    his = or_(visits.c.asked_host_id == host_id, visits.c.delegate_id == host_id)
    order = (visits.c.signed_in_at, visits.c.expected_from, visits.c.id)
    return list(session.execute(visits_with_host().where(visits.c.open, visits.c.state.in_(states), his).order_by(*order)))


def _host_visit(row: VisitRow, host_id: int | None) -> HostVisit:
    return HostVisit(
        visit_id=row.id,
        name=row.name,
        company=row.company,
        purpose=row.purpose,
        companions=row.companions,
        phone_masked=rules.mask_phone(row.phone),
        gate=row.gate or row.only_gate,
        state=State(row.state),
        step=step_of(row),
        signed_in_at=row.signed_in_at,
        expected_from=row.expected_from,
        valid_until=row.valid_until,
        answer=row.answer,
        minutes=row.answer_minutes,
        come_at=come_at(row),
        reason=row.answer_reason,
        seen_at=row.seen_at,
        desk_asked_at=row.desk_asked_at,
        left_at=row.left_at,
        undo_until=undo_until(row),
        asked_host_id=row.asked_host_id,
        delegate_id=row.delegate_id,
        mine=host_id is not None and host_id in (row.asked_host_id, row.delegate_id),
    )


def _active(session: Session, host_id: int) -> Host:
    try:
        return people.active_host(session, host_id)
    except NotFound as gone:
        raise NotFound("link_unknown") from gone
