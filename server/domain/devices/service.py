"""The verbs of devices: pair, enrol by link, change, revoke, and note who is heard."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col, select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.devices import queries, rules
from server.domain.devices.rules import PAIRING_TABLE, PairingAction, PairingState
from server.domain.devices.tables import Device, EnrolLink, Pairing
from server.domain.staff.queries import require
from server.domain.staff.rules import Action
from server.errors import BadInput, Conflict, Gone, NotFound, TooMany
from server.events import DeviceCameOnline, DeviceEnrolled, DeviceRenamed, DeviceRevoked, DeviceWentQuiet, PairingClosed, PairingOpened
from server.text import clean_line

THEMES = ("auto", "day", "night")


@command
def ask_pairing(tx: Unit, *, role: str) -> Outcome:
    """Open a pairing for a new screen that wants to show ``role``: ``pairing_opened``. Refuses when too many wait already."""
    _refuse_unknown_role(role)
    waiting = queries.open_pairings(tx.session, tx.now)
    if len(waiting) >= rules.MOST_PAIRINGS:
        raise TooMany("too_many_pairings", retry_seconds=int((waiting[0].expires_at - tx.now).total_seconds()) + 1)
    pairing = Pairing(role=role, nonce=secrets.token_hex(16), code_digest="", asked_at=tx.now, expires_at=tx.now + rules.PAIRING_LIFE)
    tx.session.add(pairing)
    tx.session.flush()
    assert pairing.id is not None
    pairing.code_digest = tx.keys.digest(queries.CODE, queries.code_of(tx.keys, pairing))
    pairing.secret_digest = tx.keys.cookie_digest(queries.PAIRING_COOKIE, tx.keys.cookie(queries.PAIRING_COOKIE, pairing.id, pairing.nonce))
    tx.record(PairingOpened(pairing_id=pairing.id))
    return Outcome(code="pairing_opened", ids={"pairing": pairing.id})


@command
def approve_pairing(tx: Unit, *, code: str, role: str, name: str, gate: str = "", place: str = "") -> Outcome:
    """Enrol the screen that shows ``code``: ``device_enrolled``. Refuses an unknown or late code by the field's name."""
    require(tx.session, tx.actor, Action.APPROVE_DEVICES)
    _refuse_unknown_role(role)
    pairing = _waiting_pairing(tx, code)
    device = _enrol(tx, role=role, name=name, gate=gate, place=place)
    _move(tx, pairing, PairingAction.APPROVE)
    pairing.device_id = device.id
    return Outcome(code="device_enrolled", ids={"device": device.id, "pairing": pairing.id})


@command
def refuse_pairing(tx: Unit, *, pairing_id: int) -> Outcome:
    """Send a new screen away: ``pairing_refused``."""
    require(tx.session, tx.actor, Action.APPROVE_DEVICES)
    pairing = tx.session.get(Pairing, pairing_id)
    if pairing is None:
        raise NotFound("pairing_unknown")
    _move(tx, pairing, PairingAction.REFUSE)
    return Outcome(code="pairing_refused", ids={"pairing": pairing_id})


@command
def expire_pairings(tx: Unit) -> Outcome:
    """Close the pairings whose ten minutes are over; the deadline loop asks."""
    late = select(Pairing).where(Pairing.state == PairingState.WAITING.value, col(Pairing.expires_at) <= tx.now)
    closed = tx.session.exec(late).all()
    for pairing in closed:
        _move(tx, pairing, PairingAction.EXPIRE)
    return Outcome(code="expired", ids={"count": len(closed)})


@command
def offer_links(
    tx: Unit, *, role: str, count: int, name: str = "", gate: str = "", place: str = "", life: timedelta | None = None
) -> Outcome:
    """Make links that each enrol one browser: ``links_offered`` with their ids. At most fifty at once."""
    require(tx.session, tx.actor, Action.KEEP_DEVICES)
    _refuse_unknown_role(role)
    if not 1 <= count <= 50:
        raise BadInput("too_large", field="count")
    expires_at = tx.now + life if life else None
    name, gate, place = _line(name, "name", 40), _line(gate, "gate", 20), _line(place, "place", 60)
    links = [
        EnrolLink(role=role, expires_at=expires_at, name=name, gate=gate, place=place, draw=secrets.randbelow(2**31)) for _ in range(count)
    ]
    tx.session.add_all(links)
    tx.session.flush()
    for link in links:
        assert link.id is not None
        link.token_digest = tx.keys.token_digest(queries.LINK, link.id, link.draw)
    return Outcome(code="links_offered", ids={"links": ",".join(str(link.id) for link in links)})


@command
def enrol(tx: Unit, *, token: str) -> Outcome:
    """Enrol the browser that holds a link: ``device_enrolled``. Unknown, used and expired links are refused alike."""
    link = tx.session.exec(select(EnrolLink).where(EnrolLink.token_digest == tx.keys.digest(queries.LINK, token))).first()
    if link is None or link.used_at is not None or (link.expires_at is not None and link.expires_at <= tx.now):
        raise Gone("link_not_good")
    device = _enrol(tx, role=link.role, name=link.name or f"{link.role} {link.id}", gate=link.gate, place=link.place)
    link.used_at, link.device_id = tx.now, device.id
    return Outcome(code="device_enrolled", ids={"device": device.id, "role": device.role})


@command
def change_device(tx: Unit, *, device_id: int, version: int, name: str, gate: str, place: str, theme: str) -> Outcome:
    """Rename a device or move it: ``device_changed``. Refuses a page that shows an older state."""
    require(tx.session, tx.actor, Action.KEEP_DEVICES)
    device = _enrolled(tx, device_id)
    if device.version != version:
        raise Conflict("device_changed_meanwhile", version=device.version)
    if theme not in THEMES:
        raise BadInput("not_a_choice", field="theme")
    device.name = _line(name, "name", 40, least=1)
    device.gate, device.place, device.theme = _line(gate, "gate", 20), _line(place, "place", 60), theme
    tx.record(DeviceRenamed(device_id=device_id, role=device.role))
    return Outcome(code="device_changed", ids={"device": device_id})


@command
def revoke_device(tx: Unit, *, device_id: int) -> Outcome:
    """Take a device's proof away for good: ``device_revoked``. Its sockets are cut when the fact arrives."""
    require(tx.session, tx.actor, Action.KEEP_DEVICES)
    device = tx.session.get(Device, device_id)
    if device is None:
        raise NotFound("device_unknown")
    if device.revoked_at is not None:
        raise Conflict("already_revoked", since_at=device.revoked_at.isoformat())
    device.revoked_at, device.online = tx.now, False
    tx.record(DeviceRevoked(device_id=device_id, role=device.role))
    return Outcome(code="device_revoked", ids={"device": device_id})


@command
def note_heard(tx: Unit, *, device_ids: Iterable[int]) -> Outcome:
    """Note that devices were heard from: ``heard``. One that was offline is back from now on."""
    # Plain statements: presence must not raise the version that a form about the device compares.
    heard = (col(Device.id).in_(sorted(set(device_ids))), col(Device.revoked_at).is_(None))
    tx.session.execute(update(Device).where(*heard).values(seen_at=tx.now))
    back = update(Device).where(*heard, col(Device.online).is_(False)).values(online=True).returning(col(Device.id), col(Device.role))
    for device_id, role in sorted(tuple(row) for row in tx.session.execute(back)):
        tx.record(DeviceCameOnline(device_id=device_id or 0, role=role))
    return Outcome(code="heard")


@command
def note_quiet(tx: Unit) -> Outcome:
    """Note which devices have not been heard from for :data:`rules.QUIET_AFTER`: ``quiet``; the deadline loop asks."""
    silent = (col(Device.online).is_(True), col(Device.seen_at) <= tx.now - rules.QUIET_AFTER)
    quiet = update(Device).where(*silent).values(online=False).returning(col(Device.id), col(Device.role))
    gone = sorted(tuple(row) for row in tx.session.execute(quiet))
    for device_id, role in gone:
        tx.record(DeviceWentQuiet(device_id=device_id or 0, role=role))
    return Outcome(code="quiet", ids={"count": len(gone)})


def _enrol(tx: Unit, *, role: str, name: str, gate: str, place: str) -> Device:
    device = Device(
        role=role,
        name=_line(name, "name", 40, least=1),
        gate=_line(gate, "gate", 20),
        place=_line(place, "place", 60),
        nonce=secrets.token_hex(16),
        enrolled_at=tx.now,
    )
    tx.session.add(device)
    tx.session.flush()
    device.token_digest = tx.keys.cookie_digest(queries.COOKIE, tx.keys.cookie(queries.COOKIE, _id(device), device.nonce))
    tx.record(DeviceEnrolled(device_id=_id(device), role=role))
    return device


def _waiting_pairing(tx: Unit, code: str) -> Pairing:
    digest = tx.keys.digest(queries.CODE, rules.tidy_code(code))
    pairing = tx.session.exec(select(Pairing).where(Pairing.code_digest == digest).order_by(col(Pairing.id).desc())).first()
    if pairing is None or (pairing.state == PairingState.WAITING and pairing.expires_at <= tx.now):
        raise BadInput("code_unknown", field="code")
    return pairing


def _move(tx: Unit, pairing: Pairing, action: PairingAction) -> None:
    after = PAIRING_TABLE.get((PairingState(pairing.state), action))
    if after is None:
        raise Conflict("pairing_closed", state=pairing.state)
    pairing.state = after.value
    assert pairing.id is not None
    tx.record(PairingClosed(pairing_id=pairing.id))


def _enrolled(tx: Unit, device_id: int) -> Device:
    device = tx.session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        raise NotFound("device_unknown")
    return device


def _refuse_unknown_role(role: str) -> None:
    if not rules.is_role(role):
        raise BadInput("role_unknown", field="role")


def _line(value: str, field: str, most: int, least: int = 0) -> str:
    return clean_line(value, field=field, most=most, least=least)


def _id(device: Device) -> int:
    assert device.id is not None
    return device.id
