"""Tables of staff and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.staff.rules import Role

_staff_version = version_column()


class Staff(SQLModel, table=True):
    """A member of staff. ``role`` is one of ``rules.Role``; attendants have a PIN, the others a user name and a password."""

    __tablename__ = "staff"
    __mapper_args__ = {"version_id_col": _staff_version}
    __table_args__ = (CheckConstraint(f"role in ({', '.join(repr(role.value) for role in Role)})", name="staff_role"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    username: str | None = Field(default=None, max_length=40, unique=True)
    role: str = Field(max_length=12)
    password_hash: str | None = Field(default=None, max_length=200)
    pin_hash: str | None = Field(default=None, max_length=200)
    must_change: bool = False
    active: bool = True
    created_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_staff_version)


class StaffSession(SQLModel, table=True):
    """A login at the desk; found by the digest of its cookie, ended by leaving, stillness, or an administrator.

    The cookie is derived from the row and its random ``nonce`` and not stored, so that a retried login gets the same one.
    """

    __tablename__ = "staff_session"

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    nonce: str = Field(max_length=32)
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
