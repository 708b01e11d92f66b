"""What screens need to know of devices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.domain.devices import rules
from server.domain.devices.rules import PairingState
from server.domain.devices.tables import Device, EnrolLink, Pairing
from server.errors import NotFound
from server.keys import Keys

COOKIE = "device"
PAIRING_COOKIE = "pairing"
CODE = "pairing-code"
LINK = "enrol"


@dataclass(frozen=True, kw_only=True)
class DeviceCard:
    """One device as the desk sees it."""

    id: int
    role: str
    name: str
    gate: str
    place: str
    theme: str
    online: bool
    seen_at: datetime | None
    enrolled_at: datetime
    revoked_at: datetime | None
    version: int


@dataclass(frozen=True, kw_only=True)
class PairingCard:
    """One pairing. ``code`` is empty except for the device that asked: the desk types it from that screen."""

    id: int
    role: str
    code: str
    state: str
    expires_at: datetime
    device_id: int | None
    device_role: str | None


def device_of(session: Session, keys: Keys, token: str, role: str) -> DeviceCard | None:
    """Return the device a cookie proves, if it shows this face and was not revoked."""
    digest = keys.cookie_digest(COOKIE, token)
    device = session.exec(select(Device).where(Device.token_digest == digest)).first()
    if device is None or device.revoked_at is not None or device.role != role:
        return None
    return _card(device)


def is_good(session: Session, device_id: int) -> bool:
    """Tell whether a device is enrolled and not revoked."""
    device = session.get(Device, device_id)
    return device is not None and device.revoked_at is None


def device_cookie(session: Session, keys: Keys, device_id: int) -> str:
    """Return the secret for a device's cookie; raises NotFound for none or a revoked one."""
    device = session.get(Device, device_id)
    if device is None or device.revoked_at is not None:
        raise NotFound("device_unknown")
    return keys.cookie(COOKIE, device_id, device.nonce)


def device_card(session: Session, device_id: int) -> DeviceCard:
    """Return one device; raises NotFound."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound("device_unknown")
    return _card(device)


def devices(session: Session, *, revoked: bool = False) -> tuple[DeviceCard, ...]:
    """Return the devices by face and name; the revoked ones only if asked for."""
    statement = select(Device).order_by(Device.role, Device.name, col(Device.id))
    if not revoked:
        statement = statement.where(col(Device.revoked_at).is_(None))
    return tuple(_card(device) for device in session.exec(statement))


def link_token(session: Session, keys: Keys, link_id: int) -> str:
    """Return the token of an enrolment link; raises NotFound."""
    link = session.get(EnrolLink, link_id)
    if link is None:
        raise NotFound("link_unknown")
    return keys.token(LINK, link_id, link.draw)


def unused_links(session: Session, now: datetime, role: str) -> tuple[int, ...]:
    """Return the ids of the links of a role that still enrol somebody."""
    statement = select(EnrolLink).where(EnrolLink.role == role, col(EnrolLink.used_at).is_(None)).order_by(col(EnrolLink.id))
    return tuple(_id(link) for link in session.exec(statement) if link.expires_at is None or link.expires_at > now)


def link_role(session: Session, keys: Keys, token: str, now: datetime) -> str | None:
    """Return the face a link would enrol for; None if it is unknown, used or expired."""
    link = session.exec(select(EnrolLink).where(EnrolLink.token_digest == keys.digest(LINK, token))).first()
    if link is None or link.used_at is not None or (link.expires_at is not None and link.expires_at <= now):
        return None
    return link.role


def pairing_of(session: Session, keys: Keys, secret: str, now: datetime) -> PairingCard | None:
    """Return the pairing a new device waits for, with its code; an open one past its time counts as expired.

    None for an unknown secret, and for one whose time has long passed: who comes so late does not get the device's cookie any more.
    """
    digest = keys.cookie_digest(PAIRING_COOKIE, secret)
    pairing = session.exec(select(Pairing).where(Pairing.secret_digest == digest)).first()
    if pairing is None or now >= pairing.expires_at + rules.PAIRING_LIFE:
        return None
    device = session.get(Device, pairing.device_id) if pairing.device_id else None
    return _pairing_card(pairing, now, code=code_of(keys, pairing), device=device)


def pairing_cookie(session: Session, keys: Keys, pairing_id: int) -> str:
    """Return the secret of the cookie by which a new device asks for its pairing; raises NotFound."""
    pairing = session.get(Pairing, pairing_id)
    if pairing is None:
        raise NotFound("pairing_unknown")
    return keys.cookie(PAIRING_COOKIE, pairing_id, pairing.nonce)


def open_pairings(session: Session, now: datetime) -> tuple[PairingCard, ...]:
    """Return the pairings that wait, oldest first, without their codes."""
    statement = select(Pairing).where(Pairing.state == PairingState.WAITING.value, col(Pairing.expires_at) > now).order_by(col(Pairing.id))
    return tuple(_pairing_card(pairing, now, code="", device=None) for pairing in session.exec(statement))


def code_of(keys: Keys, pairing: Pairing) -> str:
    """Return the code that the new device shows."""
    return rules.code_from(int.from_bytes(keys.mac(CODE, f"{pairing.id}:{pairing.nonce}")[:16], "big"))


def _card(device: Device) -> DeviceCard:
    return DeviceCard(
        id=_id(device),
        role=device.role,
        name=device.name,
        gate=device.gate,
        place=device.place,
        theme=device.theme,
        online=device.online,
        seen_at=device.seen_at,
        enrolled_at=device.enrolled_at,
        revoked_at=device.revoked_at,
        version=device.version,
    )


def _pairing_card(pairing: Pairing, now: datetime, *, code: str, device: Device | None) -> PairingCard:
    is_late = pairing.state == PairingState.WAITING and pairing.expires_at <= now
    return PairingCard(
        id=_id(pairing),
        role=pairing.role,
        code=code,
        state=PairingState.EXPIRED.value if is_late else pairing.state,
        expires_at=pairing.expires_at,
        device_id=pairing.device_id,
        device_role=device.role if device else None,
    )


def _id(row: Device | EnrolLink | Pairing) -> int:
    assert row.id is not None
    return row.id
