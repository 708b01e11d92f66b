"""Reads of messages: which are due, and whose link a token is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.domain.notices.tables import Notice
from server.keys import Keys

LINK = "answer"
"""The purpose that tokens of messages are made for."""


@dataclass(frozen=True, kw_only=True)
class NoticeCard:
    """A message as the loop that sends it needs it."""

    notice_id: int
    kind: str
    state: str
    host_id: int
    tenant_id: int | None
    visit_id: int | None
    tries: int
    created_at: datetime
    token: str


def due(session: Session, now: datetime, *, limit: int = 50, but: Collection[int] = ()) -> list[int]:
    """Return the ids of messages whose next try is due, the longest waiting first, less those in ``but``."""
    rows = select(Notice.id).where(col(Notice.due_at) <= now, col(Notice.id).not_in(but)).order_by(col(Notice.due_at)).limit(limit)
    return [notice_id for notice_id in session.exec(rows) if notice_id is not None]


def card(session: Session, keys: Keys, notice_id: int) -> NoticeCard | None:
    """Return one message, None if there is none of this number."""
    row = session.get(Notice, notice_id)
    return _card(keys, row) if row is not None else None


def notice_of_link(session: Session, keys: Keys, token: str, now: datetime) -> NoticeCard | None:
    """Return the message whose link holds ``token``, None for an unknown one and for one whose time has passed alike."""
    row = session.exec(select(Notice).where(Notice.link_digest == keys.digest(LINK, token))).one_or_none()
    return _card(keys, row) if row is not None and now < row.good_until else None


def _card(keys: Keys, row: Notice) -> NoticeCard:
    assert row.id is not None
    return NoticeCard(
        notice_id=row.id,
        kind=row.kind,
        state=row.state,
        host_id=row.host_id,
        tenant_id=row.tenant_id,
        visit_id=row.visit_id,
        tries=row.tries,
        created_at=row.created_at,
        token=keys.token(LINK, row.link_number),
    )


def was_told(session: Session, visit_id: int, host_id: int) -> bool:
    """Tell whether a host was ever sent a message about a visit."""
    return session.exec(select(Notice.id).where(Notice.visit_id == visit_id, Notice.host_id == host_id).limit(1)).first() is not None


def told(session: Session, visit_id: int) -> set[int]:
    """Return every host who was ever sent a message about a visit."""
    return set(session.exec(select(Notice.host_id).where(Notice.visit_id == visit_id)))
