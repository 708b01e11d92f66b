"""Looking after a visitor in the lobby: met, let in, the host called again, the desk takes over, the visit taken back."""

from __future__ import annotations

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices.rules import NoticeKind
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.rules import Action, State
from server.domain.visits.service.answer import visit_of_host
from server.domain.visits.service.asking import ask, askable
from server.domain.visits.service.moving import about, clear_deadlines, close, find, move, number, still_waiting
from server.domain.visits.tables import Invitation, Visit
from server.errors import Conflict, NotFound
from server.events import DeskTookOver, VisitorAdmitted, VisitorMet, VisitWithdrawn


@command
def mark_met(tx: Unit, *, visit_id: int, host_id: int) -> Outcome:
    """The host has met the visitor."""
    return _meet(tx, visit_of_host(tx, visit_id, host_id))


@command
def desk_mark_met(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk saw that the host has met the visitor."""
    return _meet(tx, find(tx, visit_id))


@command
def admit(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk lets the visitor in, met or not."""
    visit = find(tx, visit_id)
    move(visit, Action.ADMIT)
    visit.admitted_at = tx.now
    clear_deadlines(visit)
    tx.record(VisitorAdmitted(**about(visit)))
    return Outcome(code="admitted", ids={"visit": visit_id})


@command
def call_again(tx: Unit, *, visit_id: int) -> Outcome:
    """Tell the host once more; every deadline begins anew. Conflict ``no_host`` if there is nobody to tell."""
    visit = find(tx, visit_id)
    still_waiting(visit)
    host = askable(tx, visit.asked_host_id)
    if host is None:
        raise Conflict("no_host", visit=visit_id)
    ask(tx, visit, host, NoticeKind.AGAIN)
    return Outcome(code="called_again", ids={"visit": visit_id})


@command
def take_over(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk looks after a visitor nobody answered for: the chime stops, the visitor stays on the list."""
    visit = find(tx, visit_id)
    still_waiting(visit)
    if visit.desk_took_at is None:
        visit.desk_asked_at = visit.desk_asked_at or tx.now
        visit.desk_took_at = tx.now
        clear_deadlines(visit)
        tx.record(DeskTookOver(**about(visit)))
    return Outcome(code="desk_has_it", ids={"visit": visit_id})


@command
def withdraw_visit(tx: Unit, *, visit_id: int) -> Outcome:
    """The desk takes an expected or waiting visit back."""
    return withdraw(tx, find(tx, visit_id))


@command
def withdraw_waiting(tx: Unit, *, token: str) -> Outcome:
    """The visitor, at his phone, waits no longer."""
    shown = passes.shown_token(tx.session, tx.keys, token, rules.local_day(tx.now, tx.settings.zone))
    if shown is None or shown.visit is None:
        raise NotFound("pass_unknown")
    still_waiting(shown.visit)
    return withdraw(tx, shown.visit)


def withdraw(tx: Unit, visit: Visit) -> Outcome:
    """Take a visit back, and with it the single invitation that announced it: its pass opens nothing any more."""
    move(visit, Action.WITHDRAW)
    close(visit, tx.now)
    invitation = tx.session.get(Invitation, visit.invitation_id) if visit.invitation_id else None
    if invitation is not None and not invitation.recurring:
        invitation.open = False
        invitation.withdrawn_at = tx.now
    tx.record(VisitWithdrawn(**about(visit)))
    return Outcome(code="withdrawn", ids={"visit": number(visit)})


def _meet(tx: Unit, visit: Visit) -> Outcome:
    if visit.state == State.MET:
        return Outcome(code="met", ids={"visit": number(visit)})
    still_waiting(visit)
    move(visit, Action.MEET)
    visit.met_at = tx.now
    clear_deadlines(visit)
    tx.record(VisitorMet(**about(visit)))
    return Outcome(code="met", ids={"visit": number(visit)})
