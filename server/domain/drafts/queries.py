"""Reads of drafts: by the kiosk that owns them, and which kiosks show a visit."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.domain.drafts import rules
from server.domain.drafts.tables import Draft
from server.errors import NotFound


@dataclass(frozen=True, kw_only=True)
class DraftView:
    """What one person at a kiosk has typed so far, and the visit that came of it."""

    key: str
    fields: dict[str, rules.Value]
    visit_id: int | None
    begun_at: datetime
    touched_at: datetime


def draft_of(session: Session, key: str, device_id: int) -> DraftView:
    """Return a draft of this device; NotFound ``draft_unknown`` for a wiped one and for another device's alike."""
    row = live_draft(session, key)
    if row is None or row.device_id != device_id:
        raise NotFound("draft_unknown")
    return DraftView(key=row.key, fields=json.loads(row.fields), visit_id=row.visit_id, begun_at=row.begun_at, touched_at=row.touched_at)


def keys_of_visit(session: Session, visit_id: int) -> tuple[str, ...]:
    """Return the kiosk sessions that show this visit."""
    return tuple(session.exec(select(Draft.key).where(Draft.visit_id == visit_id, col(Draft.wiped_at).is_(None)).order_by(Draft.key)))


def visit_of_key(session: Session, key: str) -> int | None:
    """Return the visit that came of a kiosk session; None if there is none, or it was wiped."""
    row = live_draft(session, key)
    return row.visit_id if row is not None else None


def untouched(session: Session, now: datetime, *, limit: int = 100, but: Collection[int] = ()) -> list[int]:
    """Return the numbers of drafts that nobody has touched for too long."""
    old = select(Draft.id).where(col(Draft.wiped_at).is_(None), col(Draft.touched_at) <= now - rules.LIFE, col(Draft.id).not_in(but))
    return [number for number in session.exec(old.limit(limit)) if number is not None]


def live_draft(session: Session, key: str) -> Draft | None:
    """Return the row of a draft that was not wiped."""
    return session.exec(select(Draft).where(Draft.key == key, col(Draft.wiped_at).is_(None))).one_or_none()
