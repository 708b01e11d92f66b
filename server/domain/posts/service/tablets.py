"""Opening a floor tablet with a PIN, and locking it.

A PIN is compared outside the transaction, since that takes long; the command then finds out whether it is still the one that was
compared, counts a miss, or opens the tablet. A miss is an outcome (``wrong``), not a refusal: a raise would roll it back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sqlmodel import col, select

from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.domain.attempts import queries as attempts_read
from server.domain.attempts import service as attempts
from server.domain.attempts.rules import pin_guess
from server.domain.devices.rules import DeviceRole
from server.domain.devices.tables import Device
from server.domain.posts import queries
from server.domain.posts.service import duty
from server.domain.posts.tables import TabletSession
from server.domain.staff import passwords
from server.domain.staff.passwords import Hashed, Run, run_here
from server.domain.staff.queries import kept_pin
from server.domain.staff.tables import Staff
from server.errors import NotFound
from server.events import TabletLocked, TabletUnlocked


@dataclass(frozen=True, kw_only=True)
class CheckedPin:
    """A PIN that was compared: with which hash, and whether it matched."""

    pin_hash: Hashed
    matched: bool


def unlock(door: Door, operation: Operation, *, device_id: int, staff_id: int, pin: str, run: Run = run_here) -> Outcome:
    """Open a tablet for the right PIN: ``unlocked`` with ``session``, ``staff`` and whether duty began; ``wrong`` for any other.

    ``wrong`` says how many tries are left, or how long to wait. After five misses of a person at a tablet, or twenty at the tablet
    within an hour, refuses with ``TooMany`` whatever is typed.
    """
    with door.reading() as session:
        kept = kept_pin(session, staff_id)
    matched = run(lambda: passwords.matches(door.keys, kept.pin_hash, pin))
    checked = CheckedPin(pin_hash=kept.pin_hash, matched=matched and kept.staff_id is not None)
    return open_tablet(door, operation, device_id=device_id, staff_id=staff_id, checked_pin=checked)


@command
def open_tablet(tx: Unit, *, device_id: int, staff_id: int, checked_pin: CheckedPin) -> Outcome:
    """Judge a compared PIN and open the tablet; use :func:`unlock`."""
    _tablet(tx, device_id)
    guess = pin_guess(device_id, staff_id)
    attempts.refuse_if_waiting(tx, *guess)
    person = _confirmed(tx, staff_id, checked_pin)
    if person is None:
        attempts.count_miss(tx, *guess)
        tx.session.flush()
        left = attempts_read.tries_left(tx.session, tx.keys, tx.now, *guess)
        wait = attempts_read.waiting(tx.session, tx.keys, tx.now, *guess)
        return Outcome(code="wrong", ids={"staff": staff_id, "left": left, "retry_seconds": math.ceil(wait.total_seconds()) if wait else 0})
    attempts.forgive(tx, *guess)
    _lock_at(tx, device_id)
    row = TabletSession(
        device_id=device_id,
        staff_id=staff_id,
        pin_mark=queries.pin_mark(checked_pin.pin_hash),
        unlocked_at=tx.now,
        seen_at=tx.now,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.record(TabletUnlocked(device_id=device_id, staff_id=staff_id, session_id=_number(row)))
    return Outcome(code="unlocked", ids={"session": row.id, "staff": staff_id, "began_duty": duty.first_of_day(tx, person)})


@command
def lock(tx: Unit, *, tablet_session_id: int) -> Outcome:
    """Lock a tablet: ``locked``; one that is locked stays so."""
    row = tx.session.get(TabletSession, tablet_session_id)
    if row is not None and row.ended_at is None:
        _end(tx, row)
    return Outcome(code="locked", ids={"session": tablet_session_id})


@command
def touch_tablet(tx: Unit, *, tablet_session_id: int) -> Outcome:
    """Write a sign of life; asked for by ``Unlocked.touch_due``, at most once a minute."""
    row = tx.session.get(TabletSession, tablet_session_id)
    if row is not None and row.ended_at is None:
        row.seen_at = max(row.seen_at, tx.now)
    return Outcome(code="touched", ids={"session": tablet_session_id})


@command
def lock_still(tx: Unit, *, tablet_session_id: int) -> Outcome:
    """Lock a tablet that was still for too long, or whose holder's or own right has ended: ``locked``, else ``not_due``."""
    row = tx.session.get(TabletSession, tablet_session_id)
    if row is None or row.ended_at is not None or queries.is_good(tx.session, tablet_session_id, tx.now, tx.settings):
        return Outcome(code="not_due")
    _end(tx, row)
    return Outcome(code="locked", ids={"session": tablet_session_id})


def _tablet(tx: Unit, device_id: int) -> Device:
    device = tx.session.get(Device, device_id)
    if device is None or device.revoked_at is not None or device.role != DeviceRole.TABLET:
        raise NotFound("device_unknown")
    return device


def _confirmed(tx: Unit, staff_id: int, checked: CheckedPin) -> Staff | None:
    # The comparison was made before this transaction: it counts only if the PIN is still the same one.
    person = tx.session.get(Staff, staff_id) if checked.matched else None
    if person is None or not queries.may_unlock(person) or person.pin_hash != checked.pin_hash:
        return None
    return person


def _lock_at(tx: Unit, device_id: int) -> None:
    open_here = select(TabletSession).where(TabletSession.device_id == device_id, col(TabletSession.ended_at).is_(None))
    for row in tx.session.exec(open_here).all():
        _end(tx, row)


def _end(tx: Unit, row: TabletSession) -> None:
    row.ended_at = tx.now
    tx.session.flush()
    tx.record(TabletLocked(device_id=row.device_id, staff_id=row.staff_id, session_id=_number(row)))


def _number(row: TabletSession) -> int:
    assert row.id is not None
    return row.id
