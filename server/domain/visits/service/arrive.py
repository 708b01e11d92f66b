"""Arriving: a walk-in, a QR, a code, or the desk. Exactly once, however many eyes see the same pass (S18, S62)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic_core import PydanticUndefined
from sqlalchemy import insert

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.notices.rules import NoticeKind
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.queries.passes import Shown
from server.domain.visits.rules import Action, Openness, State
from server.domain.visits.service import guessing
from server.domain.visits.service.asking import Askable, ask, askable, asked, tell
from server.domain.visits.service.entering import Entry, entry, tidy_gate
from server.domain.visits.service.moving import About, about, find, hold_open, move, number
from server.domain.visits.tables import Invitation, Visit
from server.errors import BadInput, Conflict, Gone, NotFound
from server.events import OtherGateTried, VisitExpected, VisitorSignedIn

_visits = Visit.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_INSERT = insert(_visits).returning(_visits.c.id)
_BLANK: dict[str, Any] = {
    column: field.default for column, field in Visit.model_fields.items() if field.default is not PydanticUndefined and column != "id"
}
"""What stands in the columns of a new visit that nobody has said anything about; a Core statement does not know the model's defaults."""


@command
def sign_in_walk_in(
    tx: Unit,
    *,
    host_id: int | None,
    name: str,
    phone: str,
    company: str = "",
    purpose: str = "other",
    companions: int = 0,
    language: str = "zh",
    consent_version: str,
    gate: str,
    tenant_id: int | None = None,
) -> Outcome:
    """Sign in somebody who was not expected: the host is told at once; without a host the desk is asked.

    Refused by field: ``name``, ``phone``, ``company``, ``purpose``, ``companions``, ``language``, ``consent``, ``host``.
    """
    return new_walk_in(
        tx,
        host_id=host_id,
        name=name,
        phone=phone,
        company=company,
        purpose=purpose,
        companions=companions,
        language=language,
        consent_version=consent_version,
        gate=gate,
        tenant_id=tenant_id,
    )


@command
def sign_in_at_desk(
    tx: Unit,
    *,
    host_id: int | None,
    name: str,
    phone: str = "",
    company: str = "",
    purpose: str = "other",
    companions: int = 0,
    language: str = "zh",
    consent_version: str = "",
    gate: str,
    tenant_id: int | None = None,
) -> Outcome:
    """Sign in a walk-in whom the desk writes down: phone and consent may be missing."""
    visitor = entry(name=name, phone=phone, company=company, purpose=purpose, companions=companions, language=language)
    return walk_in(tx, visitor, host_id=host_id, tenant_id=tenant_id, consent_version=consent_version, gate=gate)


@command
def sign_in_by_token(tx: Unit, *, token: str, gate: str) -> Outcome:
    """Sign in by the QR of a pass. Refused: unknown, already in (with since when and where), too early, over, wrong gate."""
    return by_token(tx, token=token, gate=gate)


@command
def find_code(tx: Unit, *, code: str) -> Outcome:
    """Say whether a six-digit code opens something, so that its masked name may be shown; a miss is counted."""
    guessing.refuse_if_waiting(tx)
    if passes.shown_code(tx.session, tx.keys, code, _today(tx)) is None:
        return guessing.missed(tx)
    return Outcome(code="found")


@command
def sign_in_by_code(tx: Unit, *, code: str, surname: str, gate: str) -> Outcome:
    """Sign in by a six-digit code and the surname; a wrong one of either is one fixed answer, and counted."""
    return by_code(tx, code=code, surname=surname, gate=gate)


@command
def sign_in_visit(tx: Unit, *, visit_id: int, gate: str) -> Outcome:
    """Sign in somebody who stands at the desk and is expected or had left; a window that passed does not stop the desk."""
    visit = find(tx, visit_id)
    _refuse_second_entry(tx, visit, gate)
    return _enter(tx, visit, gate, Action.SIGN_IN_AT_DESK)


def new_walk_in(
    tx: Unit,
    *,
    host_id: int | None,
    name: str,
    phone: str,
    company: str,
    purpose: str,
    companions: int,
    language: str,
    consent_version: str,
    gate: str,
    tenant_id: int | None,
) -> Outcome:
    """Check what a visitor typed and sign him in; for commands that do more than this in one commit."""
    visitor = entry(name=name, phone=phone, company=company, purpose=purpose, companions=companions, language=language, phone_needed=True)
    return walk_in(tx, visitor, host_id=host_id, tenant_id=tenant_id, consent_version=_consented(consent_version), gate=gate)


def walk_in(tx: Unit, visitor: Entry, *, host_id: int | None, tenant_id: int | None, consent_version: str, gate: str) -> Outcome:
    """Write the visit of a walk-in and tell the host: the hot path, in Core statements."""
    host = askable(tx, host_id)
    if host is None and host_id is not None:
        raise BadInput("host_unknown", field="host")
    valid_until = rules.next_strike(tx.now, tx.settings.sweep_at, tx.settings.zone)
    if host is not None:
        tenant_id = host.tenant_id
    visit_id = _insert(
        tx, visitor, host, tenant_id=tenant_id, consent_version=consent_version, gate=tidy_gate(gate), valid_until=valid_until
    )
    whom = About(visit_id=visit_id, host_id=host_id, tenant_id=tenant_id)
    tx.record(VisitorSignedIn(**whom, gate=gate))
    tell(tx, whom, host, NoticeKind.ARRIVAL, good_until=valid_until)
    return Outcome(code="signed_in", ids={"visit": visit_id, "again": False})


def _insert(
    tx: Unit, visitor: Entry, host: Askable | None, *, tenant_id: int | None, consent_version: str, gate: str, valid_until: datetime
) -> int:
    drawn = passes.draw_pass(tx.keys, "visit")
    row = _BLANK | asked(tx.now, tx.settings, host)
    row.update(
        host_id=host.host_id if host else None,
        tenant_id=tenant_id,
        day=_today(tx),
        name=visitor.name,
        phone=visitor.phone,
        phone_tail=visitor.phone_tail,
        company=visitor.company,
        purpose=visitor.purpose,
        companions=visitor.companions,
        language=visitor.language,
        state=State.WAITING.value,
        open=True,
        gate=gate,
        valid_until=valid_until,
        signed_in_at=tx.now,
        consent_version=consent_version,
        consent_at=tx.now if consent_version else None,
        pass_number=drawn.number,
        token_digest=drawn.token_digest,
        code_digest=drawn.code_digest,
        created_at=tx.now,
        version=1,
    )
    return int(tx.session.execute(_INSERT, row).scalar_one())


def by_token(tx: Unit, *, token: str, gate: str) -> Outcome:
    """Sign in what a token belongs to; for commands that do more than this in one commit."""
    shown = passes.shown_token(tx.session, tx.keys, token, _today(tx))
    if shown is None:
        raise NotFound("pass_unknown")
    return _come_in(tx, shown, gate)


def by_code(tx: Unit, *, code: str, surname: str, gate: str) -> Outcome:
    """Sign in by code and surname; for commands that do more than this in one commit."""
    guessing.refuse_if_waiting(tx)
    shown = passes.shown_code(tx.session, tx.keys, code, _today(tx))
    if shown is None or not rules.surname_matches(surname, shown.name):
        return guessing.missed(tx)
    guessing.right(tx)
    return _come_in(tx, shown, gate)


def _come_in(tx: Unit, shown: Shown, gate: str) -> Outcome:
    if shown.visit is not None:
        _refuse_second_entry(tx, shown.visit, gate)
    if shown.invitation is not None:
        visit = _visit_of_invitation(tx, shown.invitation, shown.visit)
    else:
        assert shown.visit is not None
        visit = shown.visit
    _refuse_outside_window(tx, visit)
    if visit.only_gate and visit.only_gate != gate:
        raise Conflict("wrong_gate", visit=visit.id, gate=visit.only_gate)
    return _enter(tx, visit, gate, Action.SIGN_IN)


def _refuse_second_entry(tx: Unit, visit: Visit, gate: str) -> None:
    """Say when and where the pass was used; if this is another gate, the desk is told too."""
    if State(visit.state) not in rules.IN_BUILDING:
        return
    if gate != visit.gate:
        tx.record(OtherGateTried(**about(visit), gate=gate), even_if_refused=True)
    assert visit.signed_in_at is not None
    raise Conflict("already_in", visit=visit.id, since=visit.signed_in_at.isoformat(), gate=visit.gate)


def _visit_of_invitation(tx: Unit, invitation: Invitation, today: Visit | None) -> Visit:
    if invitation.withdrawn_at is not None:
        raise Gone("pass_withdrawn")
    opening = passes.opening_of(invitation, tx.now, tx.settings.zone)
    if opening.openness is Openness.OVER:
        raise Gone("pass_expired", until=invitation.valid_until.isoformat())
    if opening.openness is not Openness.OPEN or opening.window is None:
        code = "too_early" if opening.openness is Openness.EARLY else "closed_for_today"
        raise Conflict(code, opens=opening.window.begins.isoformat() if opening.window else None)
    return today or expect(tx, invitation, opening.window)


def expect(tx: Unit, invitation: Invitation, window: rules.Window) -> Visit:
    """Write the visit that a recurring invitation announces for the day of ``window``."""
    host = askable(tx, invitation.host_id)
    visit = Visit(
        invitation_id=invitation.id,
        host_id=invitation.host_id,
        asked_host_id=invitation.host_id,
        tenant_id=host.tenant_id if host else None,
        day=rules.local_day(window.begins, tx.settings.zone),
        name=invitation.name,
        phone=invitation.phone,
        phone_tail=rules.phone_tail(invitation.phone),
        company=invitation.company,
        purpose=invitation.purpose,
        companions=invitation.companions,
        language=invitation.language,
        state=State.EXPECTED.value,
        only_gate=invitation.gate,
        expected_from=window.begins,
        valid_until=window.ends,
        created_at=tx.now,
        **_pass_of_its_own(tx),
    )
    tx.session.add(visit)
    tx.session.flush()
    tx.record(VisitExpected(**about(visit), invitation_id=invitation.id or 0))
    return visit


def _pass_of_its_own(tx: Unit) -> dict[str, Any]:
    # The code stays the invitation's: the visitor knows that one.
    drawn = passes.draw_pass(tx.keys, "visit")
    return {"pass_number": drawn.number, "token_digest": drawn.token_digest}


def _refuse_outside_window(tx: Unit, visit: Visit) -> None:
    state = State(visit.state)
    if state is State.WITHDRAWN:
        raise Gone("pass_withdrawn")
    if state is State.DECLINED:
        raise Conflict("visit_declined", visit=visit.id)
    window = passes.window_of(visit)
    if tx.now >= window.ends or state in (State.NO_SHOW, State.EXPIRED):
        raise Gone("pass_expired", until=window.ends.isoformat())
    if tx.now < window.begins:
        raise Conflict("too_early", visit=visit.id, opens=window.begins.isoformat())


def _enter(tx: Unit, visit: Visit, gate: str, action: Action) -> Outcome:
    again = visit.signed_in_at is not None
    move(visit, action)
    hold_open(tx, visit)
    visit.gate = tidy_gate(gate)
    visit.day = _today(tx)
    visit.signed_in_at = tx.now
    visit.met_at = visit.admitted_at = visit.left_at = None
    visit.left_by = visit.left_actor = ""
    host = askable(tx, visit.host_id)
    tx.record(VisitorSignedIn(**about(visit), gate=visit.gate, again=again))
    ask(tx, visit, host, NoticeKind.ARRIVAL)
    return Outcome(code="signed_in", ids={"visit": number(visit), "again": again})


def _consented(consent_version: str) -> str:
    if not consent_version.strip():
        raise BadInput("consent_missing", field="consent")
    return consent_version.strip()[:20]


def _today(tx: Unit) -> date:
    return rules.local_day(tx.now, tx.settings.zone)
