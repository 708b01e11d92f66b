"""What a message to a host is about, read when it is sent: the visit as it stands then, the host's address and language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from server.domain.notices import queries as notices
from server.domain.notices.queries import NoticeCard
from server.domain.notices.rules import NoticeKind
from server.domain.people.tables import Host
from server.domain.visits.rules import IN_BUILDING, State
from server.domain.visits.tables import Visit
from server.keys import Keys


@dataclass(frozen=True, kw_only=True)
class MessageView:
    """A message before its words. ``needless``: what it tells of is over, or somebody else is asked now."""

    notice_id: int
    kind: NoticeKind
    needless: bool
    host_id: int
    host: str
    language: str
    address: str
    token: str
    visit_id: int | None
    name: str
    company: str
    companions: int
    gate: str
    people_inside: int
    created_at: datetime


def message_of(session: Session, keys: Keys, notice_id: int) -> MessageView | None:
    """Return what a message is about, None if there is no such message or its host is gone."""
    card = notices.card(session, keys, notice_id)
    host = session.get(Host, card.host_id) if card is not None else None
    if card is None or host is None:
        return None
    visit = session.get(Visit, card.visit_id) if card.visit_id is not None else None
    inside = _inside(session, card.tenant_id) if card.kind == NoticeKind.FAREWELL else 0
    return MessageView(
        notice_id=notice_id,
        kind=NoticeKind(card.kind),
        needless=not _still_of_use(card, visit, inside) or not host.active,
        host_id=card.host_id,
        host=host.name,
        language=host.language,
        address=host.message_address,
        token=card.token,
        visit_id=card.visit_id,
        name=visit.name if visit else "",
        company=visit.company if visit else "",
        companions=visit.companions if visit else 0,
        gate=visit.gate if visit else "",
        people_inside=inside,
        created_at=card.created_at,
    )


def _still_of_use(card: NoticeCard, visit: Visit | None, inside: int) -> bool:
    if card.kind == NoticeKind.FAREWELL:
        return inside > 0
    return visit is not None and visit.state == State.WAITING and card.host_id in (visit.asked_host_id, visit.delegate_id)


def _inside(session: Session, tenant_id: int | None) -> int:
    here = col(Visit.state).in_([state.value for state in IN_BUILDING])
    return session.exec(select(func.count()).where(Visit.tenant_id == tenant_id, col(Visit.open), here)).one()
