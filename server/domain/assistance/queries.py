"""Reads of calls for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.domain.assistance.rules import CallState
from server.domain.assistance.tables import Assistance
from server.domain.devices.tables import Device


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """A kiosk that calls for a person."""

    assistance_id: int
    device_id: int
    device: str
    place: str
    gate: str
    called_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewestCall:
    """How the newest call of a device stands."""

    assistance_id: int
    state: CallState
    called_at: datetime
    answered_at: datetime | None


def open_calls(session: Session) -> tuple[CallRow, ...]:
    """Return the calls nobody has answered, the longest waiting first."""
    calls = (
        select(Assistance, Device)
        .join(Device, col(Device.id) == col(Assistance.device_id))
        .where(col(Assistance.answered_at).is_(None))
        .order_by(col(Assistance.called_at), col(Assistance.id))
    )
    return tuple(_row(call, device) for call, device in session.exec(calls))


def open_call_of(session: Session, device_id: int) -> Assistance | None:
    """Return the open call of a device, None if there is none."""
    return session.exec(select(Assistance).where(Assistance.device_id == device_id, col(Assistance.answered_at).is_(None))).one_or_none()


def newest_call_of(session: Session, device_id: int) -> NewestCall | None:
    """Return how the newest call of a device stands, None if it never called."""
    call = session.exec(select(Assistance).where(Assistance.device_id == device_id).order_by(col(Assistance.id).desc()).limit(1)).first()
    if call is None or call.id is None:
        return None
    return NewestCall(assistance_id=call.id, state=state_of(call), called_at=call.called_at, answered_at=call.answered_at)


def state_of(call: Assistance) -> CallState:
    """Return how a call stands."""
    return CallState.OPEN if call.answered_at is None else CallState.ANSWERED


def _row(call: Assistance, device: Device) -> CallRow:
    assert call.id is not None
    return CallRow(
        assistance_id=call.id, device_id=call.device_id, device=device.name, place=device.place, gate=device.gate, called_at=call.called_at
    )
