"""Reads of floor tablets: for whom one is open, who may open one, and how long a guesser must wait."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from server.config import Settings
from server.domain.attempts import queries as attempts
from server.domain.attempts.rules import pin_guess
from server.domain.devices.tables import Device
from server.domain.posts import rules
from server.domain.posts.tables import TabletSession
from server.domain.staff.queries import StaffCard, pin_holders
from server.domain.staff.rules import Role
from server.domain.staff.tables import Staff
from server.keys import Keys


@dataclass(frozen=True, kw_only=True)
class Unlocked:
    """A tablet that is open for somebody. ``touch_due`` asks for ``service.touch_tablet``: the last sign of life is over a minute old."""

    session_id: int
    device_id: int
    staff_id: int
    name: str
    role: Role
    touch_due: bool


_OPEN_AT = (
    select(TabletSession, Staff)
    .join(Staff, col(Staff.id) == col(TabletSession.staff_id))
    .where(col(TabletSession.device_id) == bindparam("device"), col(TabletSession.ended_at).is_(None))
)
"""Built once: it is asked before every page of a tablet."""


def unlocked(session: Session, device_id: int, now: datetime, settings: Settings) -> Unlocked | None:
    """Return for whom a tablet is open, None when it is locked, was still for too long, or its holder's right has ended.

    Whether the device itself is still enrolled, its cookie has told.
    """
    found = session.execute(_OPEN_AT, {"device": device_id}).first()
    if found is None or not holds(*found, now=now, settings=settings):
        return None
    row, person = found
    return Unlocked(
        session_id=row.id,
        device_id=device_id,
        staff_id=row.staff_id,
        name=person.name,
        role=Role(person.role),
        touch_due=now - row.seen_at >= rules.TOUCH_EVERY,
    )


def is_good(session: Session, session_id: int, now: datetime, settings: Settings) -> bool:
    """Tell whether a tablet's session still holds, device and all: asked again at every watch of its screens."""
    row = session.get(TabletSession, session_id)
    if row is None:
        return False
    person, device = session.get(Staff, row.staff_id), session.get(Device, row.device_id)
    return person is not None and device is not None and _is_good(row, person, device, now=now, settings=settings)


def _is_good(row: TabletSession, person: Staff, device: Device, *, now: datetime, settings: Settings) -> bool:
    return device.revoked_at is None and holds(row, person, now=now, settings=settings)


_OPEN = (
    select(TabletSession, Staff, Device)
    .join(Staff, col(Staff.id) == col(TabletSession.staff_id))
    .join(Device, col(Device.id) == col(TabletSession.device_id))
    .where(col(TabletSession.ended_at).is_(None))
    .order_by(col(TabletSession.id))
)
"""Built once, and one statement however many tablets are open: it is asked each second."""


def sessions_to_lock(session: Session, now: datetime, settings: Settings, but: Collection[int]) -> list[int]:
    """Return the open sessions that no longer hold: still for too long, or without a right; their tablets are to be locked."""
    return [
        row.id
        for row, person, device in session.execute(_OPEN)
        if row.id not in but and not _is_good(row, person, device, now=now, settings=settings)
    ]


def holds(row: TabletSession, person: Staff, *, now: datetime, settings: Settings) -> bool:
    """Tell whether a session holds: not ended, not still for too long, its holder employed and with the same PIN."""
    if row.ended_at is not None or now - row.seen_at >= stillness(settings):
        return False
    return may_unlock(person) and row.pin_mark == pin_mark(person.pin_hash or "")


def may_unlock(person: Staff) -> bool:
    """Tell whether somebody may open a tablet: employed, with a PIN, and with a post."""
    return person.active and person.pin_hash is not None and Role(person.role) in rules.KEEPS_POST


def pin_mark(pin_hash: str) -> str:
    """Return what a session keeps of the PIN it was opened with, so that another PIN ends it."""
    return hashlib.sha256(pin_hash.encode("ascii", "replace")).hexdigest()


def stillness(settings: Settings) -> timedelta:
    """Return how long a tablet may be still."""
    return timedelta(minutes=settings.tablet_lock_minutes)


def unlockers(session: Session) -> tuple[StaffCard, ...]:
    """Return who may open a tablet, attendants first, then by name."""
    holders = [card for card in pin_holders(session) if card.role in rules.KEEPS_POST]
    return tuple(sorted(holders, key=lambda card: (rules.KEEPS_POST.index(card.role), card.name, card.id)))


def pin_wait(session: Session, keys: Keys, device_id: int, staff_id: int, now: datetime) -> timedelta | None:
    """Return how long nobody may try a PIN for this person at this tablet; None if somebody may now."""
    return attempts.waiting(session, keys, now, *pin_guess(device_id, staff_id))
