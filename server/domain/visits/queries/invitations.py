"""Invitations as the desk and the host see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.domain.people.tables import Host
from server.domain.visits.queries import passes
from server.domain.visits.rules import State
from server.domain.visits.tables import Invitation, Visit
from server.errors import NotFound
from server.keys import Keys


@dataclass(frozen=True, kw_only=True)
class InvitationView:
    """An invitation and how its newest visit stands. ``token`` and ``code`` are empty where they are not to be shown."""

    invitation_id: int
    visit_id: int | None
    host_id: int
    host: str
    host_en: str
    name: str
    phone: str
    company: str
    purpose: str
    companions: int
    language: str
    gate: str
    recurring: bool
    weekdays: tuple[int, ...]
    daily_from: int | None
    daily_until: int | None
    valid_from: datetime
    valid_until: datetime
    open: bool
    state: State
    token: str
    code: str
    version: int
    withdrawn_at: datetime | None


def invitations(session: Session, now: datetime, *, limit: int = 100, host_id: int | None = None) -> tuple[InvitationView, ...]:
    """Return the invitations that still let somebody in, or will, the next first; without their codes."""
    return _views(session, None, _current(session, now, limit, host_id))


def invitations_of_host(session: Session, keys: Keys, host_id: int, now: datetime, *, limit: int = 100) -> tuple[InvitationView, ...]:
    """Return a host's own invitations with their QR and code, to send on."""
    return _views(session, keys, _current(session, now, limit, host_id))


def invitation(session: Session, keys: Keys, invitation_id: int) -> InvitationView:
    """Return one invitation with its QR and code; NotFound ``invitation_unknown``."""
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound("invitation_unknown")
    return _views(session, keys, [row])[0]


def made_by_a_program(session: Session, invitation_id: int) -> None:
    """Refuse an invitation that no other program made: NotFound ``invitation_unknown``."""
    row = session.get(Invitation, invitation_id)
    if row is None or not row.made_by.startswith("token:"):
        raise NotFound("invitation_unknown")


def _current(session: Session, now: datetime, limit: int, host_id: int | None) -> Sequence[Invitation]:
    current = select(Invitation).where(
        col(Invitation.withdrawn_at).is_(None), col(Invitation.anonymised_at).is_(None), col(Invitation.valid_until) > now
    )
    if host_id is not None:
        current = current.where(Invitation.host_id == host_id)
    return session.exec(current.order_by(col(Invitation.valid_from), col(Invitation.id)).limit(limit)).all()


def _views(session: Session, keys: Keys | None, rows: Sequence[Invitation]) -> tuple[InvitationView, ...]:
    numbers = [row.id for row in rows]
    newest = {
        visit.invitation_id: visit
        for visit in session.exec(select(Visit).where(col(Visit.invitation_id).in_(numbers)).order_by(col(Visit.day)))
    }
    hosts = session.exec(select(Host.id, Host.name, Host.name_en).where(col(Host.id).in_({row.host_id for row in rows})))
    names = {number: (name, name_en) for number, name, name_en in hosts}
    return tuple(_view(keys, row, newest.get(row.id), names.get(row.host_id, ("", ""))) for row in rows)


def _view(keys: Keys | None, row: Invitation, visit: Visit | None, host: tuple[str, str]) -> InvitationView:
    assert row.id is not None
    recurrence = passes.recurrence_of(row)
    token, code = _pass(keys, row, visit)
    return InvitationView(
        invitation_id=row.id,
        visit_id=visit.id if visit else None,
        host_id=row.host_id,
        host=host[0],
        host_en=host[1],
        name=row.name,
        phone=row.phone,
        company=row.company,
        purpose=row.purpose,
        companions=row.companions,
        language=row.language,
        gate=row.gate,
        recurring=row.recurring,
        weekdays=recurrence.weekdays if recurrence else (),
        daily_from=row.daily_from,
        daily_until=row.daily_until,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        open=row.open,
        state=State(visit.state) if visit else State.WITHDRAWN if row.withdrawn_at else State.EXPECTED,
        token=token,
        code=code,
        version=row.version,
        withdrawn_at=row.withdrawn_at,
    )


def _pass(keys: Keys | None, row: Invitation, visit: Visit | None) -> tuple[str, str]:
    if keys is None or row.anonymised_at is not None or row.withdrawn_at is not None:
        return "", ""
    if row.recurring:
        return passes.token_of(keys, "invitation", row.pass_number), passes.code_of(keys, "invitation", row.pass_number)
    if visit is None:
        return "", ""
    return passes.token_of(keys, "visit", visit.pass_number), passes.code_of(keys, "visit", visit.pass_number) if visit.open else ""
