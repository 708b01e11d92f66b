"""Invitations: once or recurring, given, changed, renewed and taken back by a host or the desk."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlmodel import select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.rules import Action, Recurrence, State, Window
from server.domain.visits.service.arrive import expect
from server.domain.visits.service.asking import Askable, askable
from server.domain.visits.service.entering import Entry, entry, tidy_gate
from server.domain.visits.service.moving import close, move
from server.domain.visits.tables import Invitation, Visit
from server.errors import BadInput, Conflict, NotFound
from server.events import InvitationChanged, InvitationRenewed, InvitationWithdrawn, VisitorInvited

UNUSED = (State.EXPECTED, State.NO_SHOW, State.EXPIRED, State.WITHDRAWN)
"""States of a visit that nobody has arrived for."""


@dataclass(frozen=True, kw_only=True)
class Leave:
    """When and where an invitation lets somebody in: checked."""

    window: Window
    recurrence: Recurrence | None
    gate: str


class _AboutInvitation(TypedDict):
    invitation_id: int
    visit_id: int | None
    host_id: int | None
    tenant_id: int | None


@command
def invite(
    tx: Unit,
    *,
    host_id: int,
    name: str,
    phone: str = "",
    company: str = "",
    purpose: str = "meeting",
    companions: int = 0,
    gate: str = "",
    valid_from: datetime,
    valid_until: datetime,
    language: str = "zh",
    recurrence: Recurrence | None = None,
) -> Outcome:
    """Invite somebody for a window of time, or for some weekdays within it. Refused by field."""
    visitor = entry(name=name, phone=phone, company=company, purpose=purpose, companions=companions, language=language)
    leave = _leave(tx, valid_from, valid_until, recurrence, gate)
    host = askable(tx, host_id)
    if host is None:
        raise BadInput("host_unknown", field="host")
    invitation = Invitation(host_id=host_id, made_by=tx.actor, made_at=tx.now, **_columns(visitor, leave), **_own_pass(tx, leave))
    tx.session.add(invitation)
    tx.session.flush()
    visit = _first_visit(tx, invitation, visitor, leave, host)
    tx.record(VisitorInvited(**_about(invitation, visit, host.tenant_id)))
    return Outcome(code="invited", ids={"invitation": invitation.id, "visit": visit.id if visit else None})


@command
def change_invitation(
    tx: Unit,
    *,
    invitation_id: int,
    host_id: int | None,
    version: int,
    name: str,
    phone: str = "",
    company: str = "",
    purpose: str = "meeting",
    companions: int = 0,
    gate: str = "",
    valid_from: datetime,
    valid_until: datetime,
    language: str = "zh",
    recurrence: Recurrence | None = None,
) -> Outcome:
    """Change an invitation that has not been used; QR and code stay. A single one cannot become recurring, or the other way round.

    ``host_id`` None is the desk; a host may change only his own (NotFound ``invitation_unknown``). Conflict ``changed_meanwhile``
    if it is no longer of ``version``, ``already_used`` if the visitor has arrived.
    """
    visitor = entry(name=name, phone=phone, company=company, purpose=purpose, companions=companions, language=language)
    leave = _leave(tx, valid_from, valid_until, recurrence, gate)
    invitation = _of_host(tx, invitation_id, host_id)
    if invitation.version != version:
        raise Conflict("changed_meanwhile", invitation=invitation_id, version=invitation.version)
    if invitation.recurring != (recurrence is not None):
        raise BadInput("recurrence_fixed", field="weekdays")
    visit = _visit_to_change(tx, invitation)
    for column, value in _columns(visitor, leave).items():
        setattr(invitation, column, value)
    if visit is not None:
        _change_visit(tx, visit, visitor, leave)
    elif invitation.recurring:
        visit = expect_today(tx, invitation)
    tx.record(InvitationChanged(**_about(invitation, visit, visit.tenant_id if visit else None)))
    return Outcome(code="invitation_changed", ids={"invitation": invitation_id, "visit": visit.id if visit else None})


@command
def withdraw_invitation(tx: Unit, *, invitation_id: int, host_id: int | None) -> Outcome:
    """Take an invitation back: its QR and code open nothing any more. Who is in the building stays signed in."""
    invitation = _of_host(tx, invitation_id, host_id)
    visit = _newest_visit(tx, invitation)
    if not invitation.recurring and visit is not None and visit.state != State.EXPECTED:
        raise Conflict("already_used", invitation=invitation_id, state=visit.state)
    invitation.open = False
    invitation.withdrawn_at = tx.now
    if visit is not None and visit.state == State.EXPECTED:
        move(visit, Action.WITHDRAW)
        close(visit, tx.now)
    tx.record(InvitationWithdrawn(**_about(invitation, visit, visit.tenant_id if visit else None)))
    return Outcome(code="invitation_withdrawn", ids={"invitation": invitation_id})


@command
def new_code(tx: Unit, *, invitation_id: int, host_id: int | None) -> Outcome:
    """Give an invitation another QR and code; whoever holds the old ones holds nothing."""
    invitation = _of_host(tx, invitation_id, host_id)
    visit = _newest_visit(tx, invitation)
    if invitation.recurring:
        _redraw(tx, invitation)
    elif visit is not None:
        _redraw(tx, visit)
    tx.record(InvitationRenewed(**_about(invitation, visit, visit.tenant_id if visit else None)))
    return Outcome(code="code_renewed", ids={"invitation": invitation_id, "visit": visit.id if visit else None})


def _redraw(tx: Unit, holder: Invitation | Visit) -> None:
    drawn = passes.draw_pass(tx.keys, "invitation" if isinstance(holder, Invitation) else "visit")
    holder.pass_number = drawn.number
    holder.token_digest = drawn.token_digest
    holder.code_digest = drawn.code_digest


def _leave(tx: Unit, valid_from: datetime, valid_until: datetime, recurrence: Recurrence | None, gate: str) -> Leave:
    if valid_from >= valid_until or valid_until <= tx.now:
        raise BadInput("window_wrong", field="valid_until")
    if valid_until - valid_from > rules.LONGEST_SPAN:
        raise BadInput("window_too_long", field="valid_until", most_days=rules.LONGEST_SPAN.days)
    if recurrence is not None:
        _check_recurrence(recurrence)
    return Leave(window=Window(begins=valid_from, ends=valid_until), recurrence=recurrence, gate=tidy_gate(gate))


def _check_recurrence(recurrence: Recurrence) -> None:
    if not recurrence.weekdays or any(weekday not in range(7) for weekday in recurrence.weekdays):
        raise BadInput("weekdays_missing", field="weekdays")
    if not 0 <= recurrence.daily_from < recurrence.daily_until <= rules.MINUTES_A_DAY:
        raise BadInput("window_wrong", field="daily_until")


def _columns(visitor: Entry, leave: Leave) -> dict[str, Any]:
    recurrence = leave.recurrence
    columns = {column: value for column, value in asdict(visitor).items() if column != "phone_tail"}
    return columns | {
        "gate": leave.gate,
        "recurring": recurrence is not None,
        "weekdays": ",".join(str(weekday) for weekday in sorted(set(recurrence.weekdays))) if recurrence else "",
        "daily_from": recurrence.daily_from if recurrence else None,
        "daily_until": recurrence.daily_until if recurrence else None,
        "valid_from": leave.window.begins,
        "valid_until": leave.window.ends,
    }


def _own_pass(tx: Unit, leave: Leave) -> dict[str, Any]:
    # A single invitation's QR is the pass of its visit, so that one code leads from the invitation to the way out.
    drawn = passes.draw_pass(tx.keys, "invitation")
    if leave.recurrence is None:
        return {"pass_number": drawn.number}
    return {"pass_number": drawn.number, "token_digest": drawn.token_digest, "code_digest": drawn.code_digest}


def _first_visit(tx: Unit, invitation: Invitation, visitor: Entry, leave: Leave, host: Askable) -> Visit | None:
    if leave.recurrence is not None:
        return expect_today(tx, invitation)
    drawn = passes.draw_pass(tx.keys, "visit")
    visit = Visit(
        **asdict(visitor),
        invitation_id=invitation.id,
        host_id=host.host_id,
        asked_host_id=host.host_id,
        tenant_id=host.tenant_id,
        day=rules.local_day(leave.window.begins, tx.settings.zone),
        state=State.EXPECTED.value,
        only_gate=leave.gate,
        expected_from=leave.window.begins,
        valid_until=leave.window.ends,
        pass_number=drawn.number,
        token_digest=drawn.token_digest,
        code_digest=drawn.code_digest,
        created_at=tx.now,
    )
    tx.session.add(visit)
    tx.session.flush()
    return visit


def expect_today(tx: Unit, invitation: Invitation) -> Visit | None:
    """Write today's visit of a recurring invitation, if today has a window that is not over and no visit yet."""
    recurrence = passes.recurrence_of(invitation)
    today = rules.local_day(tx.now, tx.settings.zone)
    if recurrence is None or passes.visit_on(tx.session, invitation, today) is not None:
        return None
    window = rules.window_on(today, passes.span_of(invitation), recurrence, tx.settings.zone)
    return expect(tx, invitation, window) if window is not None and tx.now < window.ends else None


def _visit_to_change(tx: Unit, invitation: Invitation) -> Visit | None:
    visit = _newest_visit(tx, invitation)
    if visit is None:
        return None
    if invitation.recurring:
        today = rules.local_day(tx.now, tx.settings.zone)
        return visit if visit.day == today and visit.state in UNUSED else None
    if visit.state not in UNUSED:
        raise Conflict("already_used", invitation=invitation.id, state=visit.state)
    return visit


def _change_visit(tx: Unit, visit: Visit, visitor: Entry, leave: Leave) -> None:
    for column, value in asdict(visitor).items():
        setattr(visit, column, value)
    visit.only_gate = leave.gate
    window = _window_of_visit(tx, visit, leave)
    if window is None or window.ends <= tx.now:
        if visit.state == State.EXPECTED:
            move(visit, Action.WITHDRAW)
            close(visit, tx.now)
        return
    if visit.state != State.EXPECTED:
        move(visit, Action.RENEW)
    visit.open = True
    visit.expected_from, visit.valid_until = window.begins, window.ends
    visit.day = rules.local_day(window.begins, tx.settings.zone)


def _window_of_visit(tx: Unit, visit: Visit, leave: Leave) -> Window | None:
    if leave.recurrence is None:
        return leave.window
    return rules.window_on(visit.day, leave.window, leave.recurrence, tx.settings.zone)


def _of_host(tx: Unit, invitation_id: int, host_id: int | None) -> Invitation:
    invitation = tx.session.get(Invitation, invitation_id)
    if invitation is None or (host_id is not None and invitation.host_id != host_id):
        raise NotFound("invitation_unknown")
    if invitation.withdrawn_at is not None or invitation.anonymised_at is not None:
        raise Conflict("already_used", invitation=invitation_id, state=State.WITHDRAWN.value)
    return invitation


def _newest_visit(tx: Unit, invitation: Invitation) -> Visit | None:
    of_it = select(Visit).where(Visit.invitation_id == invitation.id).order_by(Visit.day.desc())  # type: ignore[attr-defined]  # a column at class level
    return tx.session.exec(of_it).first()


def _about(invitation: Invitation, visit: Visit | None, tenant_id: int | None) -> _AboutInvitation:
    assert invitation.id is not None
    return _AboutInvitation(
        invitation_id=invitation.id, visit_id=visit.id if visit else None, host_id=invitation.host_id, tenant_id=tenant_id
    )
