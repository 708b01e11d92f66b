"""What the visitor sees: the ladder of the host's answer, the pass, and the receipt of what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select

from server.config import Settings
from server.db import outbox
from server.domain.staff.tables import Staff
from server.domain.visits import rules
from server.domain.visits.queries import passes
from server.domain.visits.queries.rows import VisitRow, come_at, hosts, step_of, tenants, undo_until, visits, visits_with_host
from server.domain.visits.rules import Action, State, Step
from server.domain.visits.tables import Invitation
from server.errors import NotFound
from server.events import VisitRecordOpened
from server.keys import Keys


@dataclass(frozen=True, kw_only=True)
class LadderView:
    """How far asking the host has come; the host's name is masked. It depends on the visit only."""

    visit_id: int
    state: State
    step: Step
    host_masked: str
    host_masked_en: str
    reassigned: bool
    signed_in_at: datetime | None
    told_at: datetime | None
    reached_at: datetime | None
    seen_at: datetime | None
    answered_at: datetime | None
    answer: str
    minutes: int | None
    come_at: datetime | None
    reason: str
    delegate_told_at: datetime | None
    desk_asked_at: datetime | None
    desk_took_at: datetime | None
    left_at: datetime | None
    gate: str
    tenant: str
    tenant_en: str
    floor: str
    rooms: str
    directions: str
    directions_en: str


@dataclass(frozen=True, kw_only=True)
class PassView:
    """A visitor's pass. For a recurring invitation without a visit today, ``visit_id`` and ``ladder`` are None."""

    visit_id: int | None
    invitation_id: int | None
    token: str
    code: str
    name: str
    company: str
    purpose: str
    companions: int
    language: str
    state: State
    recurring: bool
    weekdays: tuple[int, ...]
    daily_from: int | None
    daily_until: int | None
    gate: str
    day: date | None
    expected_from: datetime | None
    valid_until: datetime
    signed_in_at: datetime | None
    left_at: datetime | None
    undo_until: datetime | None
    host_masked: str
    host_masked_en: str
    tenant: str
    tenant_en: str
    floor: str
    rooms: str
    directions: str
    directions_en: str
    ladder: LadderView | None


@dataclass(frozen=True, kw_only=True)
class ReceiptView:
    """What is stored about a visitor, who looked at it, and when it vanishes. ``stored`` leaves out what is empty."""

    visit_id: int
    stored: tuple[tuple[str, str], ...]
    host_masked_en: str
    consent_version: str
    consent_at: datetime | None
    looked: tuple[tuple[str, datetime], ...]
    vanishes_at: datetime
    state: State
    may_forget: bool
    may_sign_out: bool
    version: int


def ladder_of(session: Session, visit_id: int) -> LadderView:
    """Return the ladder of one visit; NotFound ``visit_unknown``."""
    return _ladder(_row(session, visits.c.id == visit_id, "visit_unknown"))


def pass_of_visit(session: Session, keys: Keys, visit_id: int) -> PassView:
    """Return the pass of a visit, for who has just signed in; NotFound ``visit_unknown``."""
    return _pass(session, keys, _row(session, visits.c.id == visit_id, "visit_unknown"))


def pass_of_token(session: Session, keys: Keys, token: str, now: datetime, settings: Settings) -> PassView:
    """Return the pass a token opens; NotFound ``pass_unknown`` for unknown, revoked and forgotten ones alike.

    A pass that opens no gate any more still opens its page, with the receipt, as long as anything is stored about its holder.
    """
    shown = passes.shown_token(session, keys, token, rules.local_day(now, settings.zone))
    if shown is None:
        raise NotFound("pass_unknown")
    if shown.visit is not None and shown.visit.id is not None:
        if State(shown.visit.state) not in rules.IN_BUILDING and not _lately(shown.visit.valid_until, shown.visit.left_at, now, settings):
            raise NotFound("pass_unknown")
        return pass_of_visit(session, keys, shown.visit.id)
    if shown.invitation is None or shown.invitation.withdrawn_at is not None or now >= shown.invitation.valid_until:
        raise NotFound("pass_unknown")
    return _resting_pass(session, keys, shown.invitation)


def masked_by_code(session: Session, keys: Keys, code: str, today: date) -> str:
    """Return whose code this is, without the surname that will be asked for; NotFound ``pass_unknown``."""
    shown = passes.shown_code(session, keys, code, today)
    if shown is None:
        raise NotFound("pass_unknown")
    return rules.mask_surname(shown.name)


def visit_of_token(session: Session, keys: Keys, token: str, today: date) -> int | None:
    """Return the number of the visit a token belongs to, today's for a recurring invitation; None if there is none."""
    shown = passes.shown_token(session, keys, token, today)
    return shown.visit.id if shown is not None and shown.visit is not None else None


def receipt_of_token(session: Session, keys: Keys, token: str, now: datetime, settings: Settings) -> ReceiptView:
    """Return what is stored about the holder of a token; NotFound ``pass_unknown`` as for the pass."""
    pass_view = pass_of_token(session, keys, token, now, settings)
    if pass_view.visit_id is None:
        raise NotFound("pass_unknown")
    row = _row(session, visits.c.id == pass_view.visit_id, "pass_unknown")
    state = State(row.state)
    return ReceiptView(
        visit_id=row.id,
        stored=_stored(row),
        host_masked_en=rules.mask_name(row.host_en),
        consent_version=row.consent_version,
        consent_at=row.consent_at,
        looked=_looked(session, row.id),
        vanishes_at=rules.vanishes_at(row.valid_until, row.left_at, retention_days=settings.retention_days),
        state=state,
        may_forget=state in rules.OVER,
        may_sign_out=rules.transition(state, Action.SIGN_OUT) is not None,
        version=row.version,
    )


def _lately(valid_until: datetime, left_at: datetime | None, now: datetime, settings: Settings) -> bool:
    # The receipt, and the wish to be forgotten, hang on the pass: it opens its page as long as there is something to show.
    return now < rules.vanishes_at(valid_until, left_at, retention_days=settings.retention_days)


def _stored(row: VisitRow) -> tuple[tuple[str, str], ...]:
    fields = {
        "name": row.name,
        "phone": rules.mask_phone(row.phone),
        "company": row.company,
        "purpose": row.purpose,
        "companions": str(row.companions) if row.companions else "",
        "host": rules.mask_name(row.host),
        "gate": row.gate,
        "reason": row.answer_reason,
    }
    return tuple((field, value) for field, value in fields.items() if value)


def _looked(session: Session, visit_id: int) -> tuple[tuple[str, datetime], ...]:
    looks = [fact for fact in outbox.of_visit(session, visit_id) if isinstance(fact.event, VisitRecordOpened)]
    numbers = {int(fact.actor.removeprefix("staff:")) for fact in looks if fact.actor.startswith("staff:")}
    roles = dict(session.exec(select(Staff.id, Staff.role).where(col(Staff.id).in_(numbers))).all()) if numbers else {}
    return tuple((_role(roles, fact.actor), fact.recorded_at) for fact in looks)


def _role(roles: dict[int | None, str], actor: str) -> str:
    kind, _, number = actor.partition(":")
    return roles.get(int(number), kind) if kind == "staff" else kind


def _row(session: Session, which: ColumnElement[bool], unknown: str) -> VisitRow:
    row = session.execute(visits_with_host().where(which)).one_or_none()
    if row is None:
        raise NotFound(unknown)
    return row


def _ladder(row: VisitRow) -> LadderView:
    return LadderView(
        visit_id=row.id,
        state=State(row.state),
        step=step_of(row),
        reassigned=row.host_id is not None and row.asked_host_id is not None and row.asked_host_id != row.host_id,
        signed_in_at=row.signed_in_at,
        told_at=row.told_at,
        reached_at=row.reached_at,
        seen_at=row.seen_at,
        answered_at=row.answered_at,
        answer=row.answer,
        minutes=row.answer_minutes,
        come_at=come_at(row),
        reason=row.answer_reason,
        delegate_told_at=row.delegate_told_at,
        desk_asked_at=row.desk_asked_at,
        desk_took_at=row.desk_took_at,
        left_at=row.left_at,
        gate=row.gate,
        **_whither(row),
    )


def _whither(row: VisitRow) -> dict[str, Any]:
    return {
        "host_masked": rules.mask_name(row.host),
        "host_masked_en": rules.mask_name(row.host_en),
        "tenant": row.tenant,
        "tenant_en": row.tenant_en,
        "floor": row.floor,
        "rooms": row.rooms,
        "directions": row.directions,
        "directions_en": row.directions_en,
    }


def _pass(session: Session, keys: Keys, row: VisitRow) -> PassView:
    invitation = session.get(Invitation, row.invitation_id) if row.invitation_id is not None else None
    recurring = invitation if invitation is not None and invitation.recurring else None
    return PassView(
        visit_id=row.id,
        invitation_id=row.invitation_id,
        token=_token(keys, row, recurring),
        code=_code(keys, row, recurring),
        name=row.name,
        company=row.company,
        purpose=row.purpose,
        companions=row.companions,
        language=row.language,
        state=State(row.state),
        gate=row.gate or row.only_gate,
        day=row.day,
        expected_from=row.expected_from,
        valid_until=row.valid_until,
        signed_in_at=row.signed_in_at,
        left_at=row.left_at,
        undo_until=undo_until(row) if row.state == State.OUT else None,
        ladder=_ladder(row),
        **_rhythm(recurring),
        **_whither(row),
    )


def _token(keys: Keys, row: VisitRow, recurring: Invitation | None) -> str:
    if recurring is not None and recurring.token_digest is not None:
        return passes.token_of(keys, "invitation", recurring.pass_number)
    return passes.token_of(keys, "visit", row.pass_number)


def _code(keys: Keys, row: VisitRow, recurring: Invitation | None) -> str:
    if recurring is not None:
        return passes.code_of(keys, "invitation", recurring.pass_number) if recurring.open else ""
    return passes.code_of(keys, "visit", row.pass_number) if row.open else ""


def _rhythm(recurring: Invitation | None) -> dict[str, Any]:
    recurrence = passes.recurrence_of(recurring) if recurring is not None else None
    return {
        "recurring": recurring is not None,
        "weekdays": recurrence.weekdays if recurrence else (),
        "daily_from": recurrence.daily_from if recurrence else None,
        "daily_until": recurrence.daily_until if recurrence else None,
    }


def _resting_pass(session: Session, keys: Keys, invitation: Invitation) -> PassView:
    host = host_and_tenant(session, invitation.host_id)
    return PassView(
        visit_id=None,
        invitation_id=invitation.id,
        token=passes.token_of(keys, "invitation", invitation.pass_number),
        code=passes.code_of(keys, "invitation", invitation.pass_number) if invitation.open else "",
        name=invitation.name,
        company=invitation.company,
        purpose=invitation.purpose,
        companions=invitation.companions,
        language=invitation.language,
        state=State.EXPECTED,
        gate=invitation.gate,
        day=None,
        expected_from=invitation.valid_from,
        valid_until=invitation.valid_until,
        signed_in_at=None,
        left_at=None,
        undo_until=None,
        ladder=None,
        **_rhythm(invitation),
        **_whither(host),
    )


def host_and_tenant(session: Session, host_id: int) -> VisitRow:
    """Return a host's name and where to find him, as in a visit's row; NotFound ``host_unknown``."""
    columns = (tenants.c.name.label("tenant"), tenants.c.name_en.label("tenant_en"), tenants.c.floor, tenants.c.rooms)
    statement = (
        core_select(hosts.c.name.label("host"), hosts.c.name_en.label("host_en"), *columns, tenants.c.directions, tenants.c.directions_en)
        .join(tenants, tenants.c.id == hosts.c.tenant_id)
        .where(hosts.c.id == host_id)
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound("host_unknown")
    return row
