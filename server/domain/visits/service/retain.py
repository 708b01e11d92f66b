"""Personal data ends: after its time, or at the visitor's wish. The counts stay, the names go, in place."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, or_, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.rules import State
from server.domain.visits.service.moving import about, close, find, number
from server.domain.visits.tables import Invitation, Visit
from server.errors import Conflict, NotFound
from server.events import InvitationAnonymised, VisitAnonymised


@command
def forget_visitor(tx: Unit, *, token: str) -> Outcome:
    """The visitor wants to be forgotten, now: possible once the visit is over. Conflict ``still_in`` before."""
    shown = passes.shown_token(tx.session, tx.keys, token, rules.local_day(tx.now, tx.settings.zone))
    if shown is None or shown.visit is None:
        raise NotFound("pass_unknown")
    return _forget(tx, shown.visit, by="visitor")


@command
def forget_visit(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk forgets a visitor who asked for it; possible once the visit is over."""
    return _forget(tx, find(tx, visit_id), by="desk")


@command
def anonymise_old(tx: Unit, *, limit: int | None = None) -> Outcome:
    """Make anonymous the visits and invitations whose time has passed, at most ``limit`` of each."""
    cutoff = tx.now - timedelta(days=tx.settings.retention_days)
    visits = tx.session.exec(
        select(Visit)
        .where(
            col(Visit.anonymised_at).is_(None),
            col(Visit.valid_until) < cutoff,
            or_(col(Visit.left_at).is_(None), col(Visit.left_at) < cutoff),
            col(Visit.state).in_(rules.OVER),
        )
        .limit(limit)
    ).all()
    for visit in visits:
        anonymise(tx, visit, by="retention")
    over = or_(col(Invitation.valid_until) < cutoff, col(Invitation.withdrawn_at) < cutoff)
    invitations = tx.session.exec(select(Invitation).where(col(Invitation.anonymised_at).is_(None), over).limit(limit)).all()
    for invitation in invitations:
        _anonymise_invitation(tx, invitation)
    return Outcome(code="anonymised", ids={"visits": len(visits), "invitations": len(invitations)})


def anonymise(tx: Unit, visit: Visit, *, by: str) -> None:
    """Take name, phone, company, words and pass from a visit; day, times, state, purpose and numbers stay."""
    close(visit, tx.now)
    visit.name = visit.phone = visit.phone_tail = visit.company = visit.answer_reason = ""
    visit.token_digest = visit.code_digest = None
    visit.anonymised_at = tx.now
    tx.record(VisitAnonymised(**about(visit), by=by))


def _forget(tx: Unit, visit: Visit, *, by: str) -> Outcome:
    if State(visit.state) not in rules.OVER:
        raise Conflict("still_in", visit=visit.id, state=visit.state)
    if visit.anonymised_at is None:
        anonymise(tx, visit, by=by)
        invitation = tx.session.get(Invitation, visit.invitation_id) if visit.invitation_id else None
        if invitation is not None and not invitation.recurring and invitation.anonymised_at is None:
            _anonymise_invitation(tx, invitation)
    return Outcome(code="forgotten", ids={"visit": number(visit)})


def _anonymise_invitation(tx: Unit, invitation: Invitation) -> None:
    assert invitation.id is not None
    invitation.name = invitation.phone = invitation.company = ""
    invitation.token_digest = invitation.code_digest = None
    invitation.open = False
    invitation.anonymised_at = tx.now
    tx.record(InvitationAnonymised(invitation_id=invitation.id, visit_id=None, host_id=invitation.host_id, tenant_id=None))
