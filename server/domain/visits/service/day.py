"""The day of the site: it opens, windows end, tenants are asked in the evening, the sweep assumes, old passes close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices import queries as notices_read
from server.domain.notices import service as notices
from server.domain.notices.rules import NoticeKind
from server.domain.notices.tables import Notice
from server.domain.people.tables import Tenant
from server.domain.visits import rules
from server.domain.visits.rules import Action, LeftBy
from server.domain.visits.service.asking import askable
from server.domain.visits.service.escalate import NOT_DUE
from server.domain.visits.service.invite import expect_today
from server.domain.visits.service.leave import leave
from server.domain.visits.service.moving import about, close, find, move
from server.domain.visits.tables import Invitation, OpenedDay, Visit
from server.errors import NotFound
from server.events import DayOpened, InvitationEnded, PassClosed, TenantAsked, VisitorAssumedLeft, VisitorDidNotCome, VisitorStillHere


@command
def open_day(tx: Unit) -> Outcome:
    """Open the site's day once: recurring invitations announce their visitors, every list of today is drawn anew."""
    today = rules.local_day(tx.now, tx.settings.zone)
    if tx.session.get(OpenedDay, today) is not None:
        return NOT_DUE
    tx.session.add(OpenedDay(day=today, opened_at=tx.now))
    tx.session.flush()
    recurring = select(Invitation).where(
        col(Invitation.recurring), col(Invitation.open), col(Invitation.withdrawn_at).is_(None), col(Invitation.valid_until) > tx.now
    )
    expected = [visit for invitation in tx.session.exec(recurring).all() if (visit := expect_today(tx, invitation)) is not None]
    tx.record(DayOpened(day=today.isoformat()))
    return Outcome(code="day_opened", ids={"day": today.isoformat(), "expected": len(expected)})


@command
def end_window(tx: Unit, *, visit_id: int) -> Outcome:
    """The window of an expected visit passed: no-show, or expired if it was a leave of several days."""
    visit = find(tx, visit_id)
    if visit.state != rules.State.EXPECTED or visit.valid_until > tx.now:
        return NOT_DUE
    begins = rules.local_day(visit.expected_from or visit.created_at, tx.settings.zone)
    ends = rules.local_day(visit.valid_until - timedelta(microseconds=1), tx.settings.zone)
    move(visit, rules.action_when_window_ends(days=(ends - begins).days + 1))
    close(visit, tx.now)
    tx.record(VisitorDidNotCome(**about(visit), state=visit.state))
    return Outcome(code="window_ended", ids={"visit": visit_id, "state": visit.state})


@command
def close_pass(tx: Unit, *, visit_id: int) -> Outcome:
    """The pass of somebody who is not here, and whose window passed, opens nothing any more; its code is free."""
    visit = find(tx, visit_id)
    here = rules.State(visit.state) in (rules.State.EXPECTED, *rules.IN_BUILDING)
    if here or not visit.open or visit.valid_until > tx.now:
        return NOT_DUE
    visit.open = False
    tx.record(PassClosed(**about(visit)))
    return Outcome(code="pass_closed", ids={"visit": visit_id})


@command
def end_invitation(tx: Unit, *, invitation_id: int) -> Outcome:
    """The last window of a recurring invitation passed; its code is free."""
    invitation = tx.session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound("invitation_unknown")
    if not invitation.open or invitation.valid_until > tx.now:
        return NOT_DUE
    invitation.open = False
    tx.record(InvitationEnded(invitation_id=invitation_id, visit_id=None, host_id=invitation.host_id, tenant_id=None))
    return Outcome(code="invitation_ended", ids={"invitation": invitation_id})


@command
def assume_left(tx: Unit, *, visit_id: int) -> Outcome:
    """The sweep found nobody who signed this visitor out: assumed left, without a time."""
    visit = find(tx, visit_id)
    swept_at = rules.last_strike(tx.now, tx.settings.sweep_at, tx.settings.zone)
    if (
        rules.transition(rules.State(visit.state), Action.ASSUME_LEFT) is None
        or visit.signed_in_at is None
        or visit.signed_in_at >= swept_at
    ):
        return NOT_DUE
    move(visit, Action.ASSUME_LEFT)
    visit.seen_due_at = visit.answer_due_at = None
    tx.record(VisitorAssumedLeft(**about(visit)))
    return Outcome(code="assumed_left", ids={"visit": visit_id})


@command
def ask_tenant(tx: Unit, *, tenant_id: int) -> Outcome:
    """Ask a tenant, once this evening, which of its visitors are still here: the tenant's contact, or the host of the first of them."""
    today = rules.local_day(tx.now, tx.settings.zone)
    already = select(Notice.id).where(Notice.tenant_id == tenant_id, Notice.day == today)
    inside = inside_of_tenant(tx.session, tenant_id)
    if not inside or tx.session.exec(already).first() is not None:
        return NOT_DUE
    tenant = tx.session.get(Tenant, tenant_id)
    hosts = [tenant.contact_host_id if tenant else None, *(visit.asked_host_id for visit in inside)]
    host = next((found for host_id in hosts if (found := askable(tx, host_id)) is not None), None)
    if host is None:
        return NOT_DUE
    notices.queue(tx, host_id=host.host_id, kind=NoticeKind.FAREWELL, visit_id=None, tenant_id=tenant_id, address=host.address, day=today)
    tx.record(TenantAsked(tenant_id=tenant_id, day=today.isoformat()))
    return Outcome(code="tenant_asked", ids={"tenant": tenant_id, "host": host.host_id})


@command
def answer_farewell(tx: Unit, *, token: str, left: Sequence[int], here: Sequence[int]) -> Outcome:
    """The tenant's answer of the evening: who has left, who is still here. Numbers of others' visitors are passed over."""
    notice = notices_read.notice_of_link(tx.session, tx.keys, token, tx.now)
    if notice is None or notice.kind != NoticeKind.FAREWELL or notice.tenant_id is None:
        raise NotFound("link_unknown")
    inside = {visit.id: visit for visit in inside_of_tenant(tx.session, notice.tenant_id)}
    gone = [inside[visit_id] for visit_id in dict.fromkeys(left) if visit_id in inside]
    still = [inside[visit_id] for visit_id in dict.fromkeys(here) if visit_id in inside and visit_id not in left]
    for visit in gone:
        leave(tx, visit, LeftBy.HOST)
    for visit in still:
        tx.record(VisitorStillHere(**about(visit)))
    return Outcome(code="farewell_answered", ids={"left": len(gone), "here": len(still)})


def inside_of_tenant(session: Session, tenant_id: int) -> Sequence[Visit]:
    """Return a tenant's visits in the building, the longest first."""
    inside = select(Visit).where(Visit.tenant_id == tenant_id, col(Visit.open), col(Visit.state).in_(rules.IN_BUILDING))
    return session.exec(inside.order_by(col(Visit.signed_in_at))).all()
