"""The table of calls for a person."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column

_assistance_version = version_column()


class Assistance(SQLModel, table=True):
    """Somebody at a kiosk asked for a person; open until the desk answers. One open call a device."""

    __tablename__ = "assistance"
    __mapper_args__ = {"version_id_col": _assistance_version}
    __table_args__ = (index_where("assistance_open", "device_id", where="answered_at IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id", index=True)
    called_at: datetime = Field(sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_by: int | None = Field(default=None, foreign_key="staff.id")
    version: int = Field(default=1, sa_column=_assistance_version)
