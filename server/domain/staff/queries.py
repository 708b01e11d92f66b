"""Reads of staff and logins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from server.config import Settings
from server.domain.staff import rules
from server.domain.staff.passwords import NOBODY, Hashed
from server.domain.staff.rules import Action, Role
from server.domain.staff.tables import Staff, StaffSession
from server.errors import Refused
from server.keys import Keys

COOKIE = "staff session"
"""What session cookies are derived for."""


@dataclass(frozen=True, kw_only=True)
class SignedOn:
    """A login that holds. ``touch_due`` asks for ``service.touch_session``: the last sign of life written is over a minute old."""

    session_id: int
    staff_id: int
    name: str
    role: Role
    must_change: bool
    created_at: datetime
    seen_at: datetime
    touch_due: bool


@dataclass(frozen=True, kw_only=True)
class StaffCard:
    """A member of staff as lists show them."""

    id: int
    name: str
    username: str | None
    role: Role
    must_change: bool
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is kept about a user name: whose it is and the hash to compare with (somebody's or nobody's)."""

    staff_id: int | None
    password_hash: Hashed


def kept_password(session: Session, username: str) -> Kept:
    """Return what to compare a password for ``username`` with; an unknown, inactive or PIN-only person gives nobody's hash."""
    name = rules.tidy_username(username)
    if not rules.is_username(name):
        return kept_of(None)
    return kept_of(session.exec(select(Staff).where(Staff.username == name, col(Staff.active))).first())


def kept_of(row: Staff | None) -> Kept:
    """Return what to compare a person's password with."""
    if row is None or row.password_hash is None:
        return Kept(staff_id=None, password_hash=NOBODY)
    return Kept(staff_id=row.id, password_hash=Hashed(row.password_hash))


@dataclass(frozen=True, kw_only=True)
class KeptPin:
    """What is kept about somebody's PIN: whose it is and the hash to compare with (theirs or nobody's)."""

    staff_id: int | None
    pin_hash: Hashed


def kept_pin(session: Session, staff_id: int) -> KeptPin:
    """Return what to compare a PIN with; unknown or inactive people, and those without a PIN, give nobody's hash."""
    person = session.get(Staff, staff_id)
    if person is None or not person.active or person.pin_hash is None:
        return KeptPin(staff_id=None, pin_hash=NOBODY)
    return KeptPin(staff_id=person.id, pin_hash=Hashed(person.pin_hash))


def pin_holders(session: Session) -> tuple[StaffCard, ...]:
    """Return who on the staff has a PIN, by name."""
    holders = select(Staff).where(col(Staff.active), col(Staff.pin_hash).is_not(None)).order_by(col(Staff.name), col(Staff.id))
    return tuple(_card(row) for row in session.exec(holders))


def is_good(session: Session, session_id: int, now: datetime, settings: Settings) -> bool:
    """Tell whether a login still holds: asked again at every watch of its screens."""
    login = session.execute(_OF_ID, {"number": session_id}).first()
    return login is not None and _holds(login, now=now, settings=settings)


_LOGIN = select_columns(
    col(StaffSession.id),
    col(StaffSession.staff_id),
    col(StaffSession.created_at),
    col(StaffSession.seen_at),
    col(StaffSession.ended_at),
    col(Staff.name),
    col(Staff.role),
    col(Staff.must_change),
    col(Staff.active),
).join(Staff, col(Staff.id) == col(StaffSession.staff_id))
_OF_ID = _LOGIN.where(col(StaffSession.id) == bindparam("number"))
_OF_COOKIE = _LOGIN.where(col(StaffSession.token_digest) == bindparam("digest"))
"""Built once, and columns rather than entities: it is asked before every page of the desk."""


def session_of(session: Session, keys: Keys, token: str, now: datetime, settings: Settings) -> SignedOn | None:
    """Return the login that a cookie proves, None if it is unknown, ended, still for too long, or its holder is no longer employed."""
    login = session.execute(_OF_COOKIE, {"digest": keys.cookie_digest(COOKIE, token)}).first()
    if login is None or not _holds(login, now=now, settings=settings):
        return None
    return SignedOn(
        session_id=login.id,
        staff_id=login.staff_id,
        name=login.name,
        role=Role(login.role),
        must_change=login.must_change,
        created_at=login.created_at,
        seen_at=login.seen_at,
        touch_due=now - login.seen_at >= rules.TOUCH_EVERY,
    )


def _holds(login: Row[Any], *, now: datetime, settings: Settings) -> bool:
    if login.ended_at is not None or not login.active:
        return False
    return rules.session_holds(created_at=login.created_at, seen_at=login.seen_at, now=now, still=stillness(settings))


def stillness(settings: Settings) -> timedelta:
    """Return how long a login may be still."""
    return timedelta(minutes=settings.desk_lock_minutes)


def session_cookie(session: Session, keys: Keys, session_id: int) -> str:
    """Return the cookie of a login, for the browser that logged in; refuses an unknown one."""
    login = session.get(StaffSession, session_id)
    if login is None:
        raise Refused("not_allowed")
    return keys.cookie(COOKIE, session_id, login.nonce)


def staff_list(session: Session) -> tuple[StaffCard, ...]:
    """Return everybody on the staff, those still employed first, by name."""
    rows = session.exec(select(Staff).order_by(col(Staff.active).desc(), col(Staff.name), col(Staff.id)))
    return tuple(_card(row) for row in rows)


def staff_card(session: Session, staff_id: int) -> StaffCard | None:
    """Return one member of staff, None if there is no such."""
    row = session.get(Staff, staff_id)
    return _card(row) if row else None


def require(session: Session, actor: str, action: Action) -> None:
    """Refuse unless ``actor`` is the house itself (a deadline, the command line) or a member of staff whose role may do ``action``."""
    if actor == "house":
        return
    kind, _, number = actor.partition(":")
    person = session.get(Staff, int(number)) if kind == "staff" and number.isdecimal() else None
    if person is None or not person.active or not rules.may(Role(person.role), action):
        raise Refused("not_allowed", action=action.value)


def _card(row: Staff) -> StaffCard:
    assert row.id is not None
    return StaffCard(
        id=row.id,
        name=row.name,
        username=row.username,
        role=Role(row.role),
        must_change=row.must_change,
        active=row.active,
        version=row.version,
    )
