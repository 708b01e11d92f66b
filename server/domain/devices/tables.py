"""Tables of devices, the links that enrol them, and pairing codes.

A cookie's secret is derived from (row, ``nonce``) and found by its digest: a retried enrolment hands out the same one, and none is stored.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.devices.rules import DeviceRole, PairingState

_device_version = version_column()
_pairing_version = version_column()
_link_version = version_column()


def _one_of(column: str, values: list[str]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Device(SQLModel, table=True):
    """An enrolled screen. ``role`` is one of ``rules.DeviceRole``; its cookie is found by ``token_digest``."""

    __tablename__ = "device"
    __mapper_args__ = {"version_id_col": _device_version}
    __table_args__ = (CheckConstraint(_one_of("role", [role.value for role in DeviceRole]), name="device_role"),)

    id: int | None = Field(default=None, primary_key=True)
    role: str = Field(max_length=12)
    name: str = Field(max_length=40)
    gate: str = Field(default="", max_length=20)
    place: str = Field(default="", max_length=60)
    theme: str = Field(default="auto", max_length=5)
    nonce: str = Field(max_length=32)
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    enrolled_at: datetime = Field(sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    online: bool = False
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_device_version)


class EnrolLink(SQLModel, table=True):
    """A link that enrols the browser that opens it, once. Its token is derived from (row, ``draw``), the latter drawn by lot."""

    __tablename__ = "enrol_link"
    __mapper_args__ = {"version_id_col": _link_version}

    id: int | None = Field(default=None, primary_key=True)
    role: str = Field(max_length=12, index=True)
    name: str = Field(default="", max_length=40)
    gate: str = Field(default="", max_length=20)
    place: str = Field(default="", max_length=60)
    draw: int
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    device_id: int | None = Field(default=None, foreign_key="device.id")
    version: int = Field(default=1, sa_column=_link_version)


class Pairing(SQLModel, table=True):
    """A new device that shows a code of eight letters and waits for somebody at the desk to approve it."""

    __tablename__ = "pairing"
    __mapper_args__ = {"version_id_col": _pairing_version}
    __table_args__ = (CheckConstraint(_one_of("state", [state.value for state in PairingState]), name="pairing_state"),)

    id: int | None = Field(default=None, primary_key=True)
    role: str = Field(max_length=12)
    nonce: str = Field(max_length=32)
    state: str = Field(default=PairingState.WAITING.value, max_length=10, index=True)
    code_digest: str = Field(max_length=64, index=True)
    secret_digest: str | None = Field(default=None, max_length=64, unique=True)
    asked_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    device_id: int | None = Field(default=None, foreign_key="device.id")
    version: int = Field(default=1, sa_column=_pairing_version)
