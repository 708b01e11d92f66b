"""Asking the host about a waiting visitor: the message, and the deadlines that hang on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from server.config import Settings
from server.db.transaction import Unit
from server.domain.notices import service as notices
from server.domain.notices.rules import NoticeKind
from server.domain.people.tables import Host, Tenant
from server.domain.visits import rules
from server.domain.visits.rules import Answer
from server.domain.visits.service.moving import About, about
from server.domain.visits.tables import Visit
from server.events import DeskAsked, HostNotified

_hosts = Host.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
_tenants = Tenant.__table__  # type: ignore[attr-defined]  # the same
_WORKS_HERE = (
    select(_hosts.c.tenant_id, _hosts.c.delegate_id, _hosts.c.message_address)
    .join(_tenants, _tenants.c.id == _hosts.c.tenant_id)
    .where(_hosts.c.id == bindparam("asked"), _hosts.c.active, _tenants.c.active)
)


@dataclass(frozen=True, kw_only=True)
class Askable:
    """A host who can be asked."""

    host_id: int
    tenant_id: int
    delegate_id: int | None
    address: str


def askable(tx: Unit, host_id: int | None) -> Askable | None:
    """Return the host if he still works for a tenant that is still here, in one cheap statement; None otherwise."""
    if host_id is None:
        return None
    row = tx.session.execute(_WORKS_HERE, {"asked": host_id}).one_or_none()
    if row is None:
        return None
    return Askable(host_id=host_id, tenant_id=row.tenant_id, delegate_id=row.delegate_id, address=row.message_address)


def asked(now: datetime, settings: Settings, host: Askable | None) -> dict[str, Any]:
    """Return the columns of a visit whose host is asked at ``now``; without a host the desk is asked at once."""
    return {
        "asked_host_id": host.host_id if host else None,
        "delegate_id": None,
        "answer": Answer.NONE.value,
        "answer_minutes": None,
        "answer_reason": "",
        "told_at": now if host else None,
        "reached_at": None,
        "seen_at": None,
        "answered_at": None,
        "delegate_told_at": None,
        "desk_asked_at": None if host else now,
        "desk_took_at": None,
        "seen_due_at": rules.seen_due(now, seen_seconds=settings.seen_seconds, has_delegate=host.delegate_id is not None) if host else None,
        "answer_due_at": rules.answer_due(now, answer_seconds=settings.answer_seconds) if host else None,
    }


def ask(tx: Unit, visit: Visit, host: Askable | None, kind: NoticeKind) -> None:
    """Ask ``host`` about a visit that is loaded: columns, message, fact."""
    for column, value in asked(tx.now, tx.settings, host).items():
        setattr(visit, column, value)
    if host is not None:
        visit.tenant_id = host.tenant_id
    tell(tx, about(visit), host, kind, good_until=visit.valid_until)


def tell(tx: Unit, whom: About, host: Askable | None, kind: NoticeKind, *, good_until: datetime) -> None:
    """Queue the message to ``host`` and record that he was told; without a host record that the desk is asked."""
    if host is None:
        tx.record(DeskAsked(**whom))
        return
    notice_id = notices.queue(
        tx,
        host_id=host.host_id,
        kind=kind,
        visit_id=whom["visit_id"],
        tenant_id=host.tenant_id,
        address=host.address,
        good_until=good_until,
    )
    tx.record(HostNotified(**whom, notice_id=notice_id))
