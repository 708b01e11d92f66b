"""The verbs of staff: log on and off, add, change, reset, deactivate.

A password is compared outside the transaction, since that takes long; the command then finds out whether it is still the one
that was compared, counts a miss, or opens a session. A miss is an outcome (``wrong``), not a refusal: a raise would roll it back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlmodel import col, select

from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.domain.attempts import service as attempts
from server.domain.attempts.rules import login_guess
from server.domain.staff import passwords, queries, rules
from server.domain.staff.passwords import Hashed, Run, run_here
from server.domain.staff.rules import Action, Role
from server.domain.staff.tables import Staff, StaffSession
from server.errors import BadInput, Conflict, NotFound
from server.events import StaffChanged, StaffSignedOff, StaffSignedOn
from server.text import clean_line


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A password that was compared: with which hash, and whether it matched."""

    staff_id: int | None
    password_hash: Hashed
    matched: bool


# --- logging on and off -------------------------------------------------------------------------------------------------


def log_on(door: Door, operation: Operation, *, username: str, password: str, origin: str, run: Run = run_here) -> Outcome:
    """Open a session for the right password: ``signed_on`` with ``session`` and ``staff``; ``wrong`` for any other.

    ``origin`` is the address the request came from. Unknown names, inactive people and wrong passwords answer alike, in like time.
    After five misses for a name, or ten from an address, refuses with ``TooMany`` whatever is typed.
    """
    with door.reading() as session:
        kept = queries.kept_password(session, username)
    matched = run(lambda: passwords.matches(door.keys, kept.password_hash, password))
    checked = Checked(staff_id=kept.staff_id, password_hash=kept.password_hash, matched=matched)
    return open_session(door, operation, username=username, origin=origin, checked=checked)


@command
def open_session(tx: Unit, *, username: str, origin: str, checked: Checked) -> Outcome:
    """Judge a compared password and open the session; use :func:`log_on`."""
    guess = login_guess(rules.tidy_username(username), origin)
    attempts.refuse_if_waiting(tx, *guess)
    person = _confirmed(tx, checked)
    if person is None:
        attempts.count_miss(tx, *guess)
        return Outcome(code="wrong")
    attempts.forgive(tx, *guess)
    login = StaffSession(staff_id=_id(person), nonce=secrets.token_hex(16), created_at=tx.now, seen_at=tx.now)
    tx.session.add(login)
    tx.session.flush()
    assert login.id is not None
    login.token_digest = tx.keys.cookie_digest(queries.COOKIE, tx.keys.cookie(queries.COOKIE, login.id, login.nonce))
    tx.record(StaffSignedOn(staff_id=_id(person)))
    return Outcome(code="signed_on", ids={"session": login.id, "staff": _id(person)})


@command
def log_off(tx: Unit, *, session_id: int) -> Outcome:
    """End a session; one that has ended stays ended."""
    login = tx.session.get(StaffSession, session_id)
    if login is not None and login.ended_at is None:
        _end(tx, login)
    return Outcome(code="signed_off", ids={"session": session_id})


@command
def touch_session(tx: Unit, *, session_id: int) -> Outcome:
    """Write a sign of life; asked for by ``SignedOn.touch_due``, at most once a minute."""
    login = tx.session.get(StaffSession, session_id)
    if login is not None and login.ended_at is None:
        login.seen_at = max(login.seen_at, tx.now)
    return Outcome(code="touched", ids={"session": session_id})


@command
def end_still_sessions(tx: Unit) -> Outcome:
    """End every session that has been still or open for too long, so that its screens are cut too; the deadline loop asks."""
    still = tx.now - queries.stillness(tx.settings)
    oldest = tx.now - rules.SESSION_LONGEST
    over = (col(StaffSession.seen_at) <= still) | (col(StaffSession.created_at) <= oldest)
    logins = tx.session.exec(select(StaffSession).where(col(StaffSession.ended_at).is_(None), over)).all()
    for login in logins:
        _end(tx, login)
    return Outcome(code="ended", ids={"count": len(logins)})


def change_own_password(
    door: Door, operation: Operation, *, staff_id: int, session_id: int, current: str, new: str, origin: str, run: Run = run_here
) -> Outcome:
    """Set one's own password after showing the present one: ``password_changed`` (other sessions end), or ``wrong``."""
    with door.reading() as session:
        person = session.get(Staff, staff_id)
        if person is None:
            raise NotFound("staff_unknown")
        username, kept = person.username or "", queries.kept_of(person)
    hashed = run(lambda: passwords.hash_password(door.keys, new, username=username))
    matched = run(lambda: passwords.matches(door.keys, kept.password_hash, current))
    checked = Checked(staff_id=kept.staff_id, password_hash=kept.password_hash, matched=matched)
    return replace_password(door, operation, checked=checked, session_id=session_id, password=hashed, username=username, origin=origin)


@command
def replace_password(tx: Unit, *, checked: Checked, session_id: int, password: Hashed, username: str, origin: str) -> Outcome:
    """Judge the compared present password and put the new one in its place; use :func:`change_own_password`."""
    guess = login_guess(username, origin)
    attempts.refuse_if_waiting(tx, *guess)
    person = _confirmed(tx, checked)
    if person is None:
        attempts.count_miss(tx, *guess)
        return Outcome(code="wrong")
    attempts.forgive(tx, *guess)
    person.password_hash, person.must_change = password, False
    _end_sessions(tx, _id(person), but=session_id)
    tx.record(StaffChanged(staff_id=_id(person)))
    return Outcome(code="password_changed", ids={"staff": _id(person)})


# --- who is on the staff ------------------------------------------------------------------------------------------------


@command
def add_staff(
    tx: Unit,
    *,
    name: str,
    role: str,
    username: str = "",
    password: Hashed | None = None,
    pin: Hashed | None = None,
    must_change: bool = True,
) -> Outcome:
    """Take somebody on: ``staff_added``. An attendant needs a PIN, everybody else a user name and a password.

    Refuses (``BadInput``) an empty or overlong name, a user name in use in whatever case, an unknown role, a missing password or PIN.
    """
    queries.require(tx.session, tx.actor, Action.KEEP_STAFF)
    kind = rules.role_named(role)
    person = Staff(name=clean_line(name, field="name", most=60, least=1), role=kind, created_at=tx.now, must_change=must_change)
    person.username = _free_username(tx, username, kind)
    person.password_hash, person.pin_hash = password, pin
    _check_proof(person, kind)
    tx.session.add(person)
    tx.session.flush()
    return _changed(tx, person, "staff_added")


@command
def change_staff(tx: Unit, *, staff_id: int, version: int, name: str, username: str, role: str) -> Outcome:
    """Change name, user name or role: ``staff_changed``; a new role ends the person's sessions.

    Refuses with ``Conflict`` when somebody else was faster (``staff_changed_meanwhile``) or the last administrator would go.
    """
    queries.require(tx.session, tx.actor, Action.KEEP_STAFF)
    person, kind = _person(tx, staff_id), rules.role_named(role)
    if person.version != version:
        raise Conflict("staff_changed_meanwhile", staff=staff_id)
    if kind is not Role.ADMIN:
        _keep_an_admin(tx, person)
    _check_proof(person, kind)
    free, is_new_role = _free_username(tx, username, kind, but=staff_id), person.role != kind
    person.name, person.username, person.role = clean_line(name, field="name", most=60, least=1), free, kind
    if is_new_role:
        _end_sessions(tx, staff_id)
    return _changed(tx, person, "staff_changed")


@command
def reset_password(tx: Unit, *, staff_id: int, password: Hashed) -> Outcome:
    """Give somebody a first password, to be changed at the next login: ``password_reset``; their sessions end."""
    queries.require(tx.session, tx.actor, Action.KEEP_STAFF)
    person = _person(tx, staff_id)
    person.password_hash, person.must_change = password, True
    _end_sessions(tx, staff_id)
    return _changed(tx, person, "password_reset")


@command
def reset_pin(tx: Unit, *, staff_id: int, pin: Hashed) -> Outcome:
    """Give an attendant a new PIN: ``pin_reset``. Refuses for a role without one (field ``role``)."""
    queries.require(tx.session, tx.actor, Action.RESET_PINS)
    person = _person(tx, staff_id)
    if not Role(person.role).has_pin:
        raise BadInput("role_has_no_pin", field="role")
    person.pin_hash = pin
    return _changed(tx, person, "pin_reset")


@command
def deactivate(tx: Unit, *, staff_id: int) -> Outcome:
    """Let somebody go: ``staff_deactivated``; sessions end, the name stays where it stands. Refuses to lose the last administrator."""
    queries.require(tx.session, tx.actor, Action.KEEP_STAFF)
    person = _person(tx, staff_id)
    if not person.active:
        raise Conflict("already_inactive", staff=staff_id)
    _keep_an_admin(tx, person)
    person.active = False
    _end_sessions(tx, staff_id)
    return _changed(tx, person, "staff_deactivated")


@command
def reactivate(tx: Unit, *, staff_id: int) -> Outcome:
    """Take back that somebody was let go: ``staff_reactivated``."""
    queries.require(tx.session, tx.actor, Action.KEEP_STAFF)
    person = _person(tx, staff_id)
    if person.active:
        raise Conflict("already_active", staff=staff_id)
    person.active = True
    return _changed(tx, person, "staff_reactivated")


# --- shared -------------------------------------------------------------------------------------------------------------


def _id(person: Staff) -> int:
    assert person.id is not None
    return person.id


def _person(tx: Unit, staff_id: int) -> Staff:
    person = tx.session.get(Staff, staff_id)
    if person is None:
        raise NotFound("staff_unknown")
    return person


def _confirmed(tx: Unit, checked: Checked) -> Staff | None:
    # The comparison was made before this transaction: it counts only if the password is still the same one.
    person = tx.session.get(Staff, checked.staff_id) if checked.matched and checked.staff_id else None
    if person is None or not person.active or person.password_hash != checked.password_hash:
        return None
    return person


def _changed(tx: Unit, person: Staff, code: str) -> Outcome:
    tx.record(StaffChanged(staff_id=_id(person)))
    return Outcome(code=code, ids={"staff": _id(person)})


def _free_username(tx: Unit, text: str, role: Role, but: int | None = None) -> str | None:
    if role.has_pin and not text.strip():
        return None
    username = rules.check_username(text)
    holder = tx.session.exec(select(Staff.id).where(Staff.username == username)).first()
    if holder is not None and holder != but:
        raise BadInput("username_taken", field="username")
    return username


def _check_proof(person: Staff, role: Role) -> None:
    if role.has_pin and person.pin_hash is None:
        raise BadInput("missing", field="pin")
    if not role.has_pin and person.password_hash is None:
        raise BadInput("missing", field="password")


def _keep_an_admin(tx: Unit, leaving: Staff) -> None:
    # Locked in one order: of two administrators who dismiss each other at once, the second finds himself the last.
    admins = tx.session.exec(select(Staff.id).where(Staff.role == Role.ADMIN, col(Staff.active)).order_by(col(Staff.id)).with_for_update())
    if list(admins) == [leaving.id]:
        raise Conflict("last_admin", staff=_id(leaving))


def _end(tx: Unit, login: StaffSession) -> None:
    assert login.id is not None
    login.ended_at = tx.now
    tx.record(StaffSignedOff(staff_id=login.staff_id, session_id=login.id))


def _end_sessions(tx: Unit, staff_id: int, but: int | None = None) -> None:
    logins = tx.session.exec(select(StaffSession).where(StaffSession.staff_id == staff_id, col(StaffSession.ended_at).is_(None)))
    for login in logins.all():
        if login.id != but:
            _end(tx, login)
