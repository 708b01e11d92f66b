"""Tables of rooms, their layouts and the photos of finished rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.rooms.rules import Layout

_room_version = version_column()
_layout_version = version_column()


class Room(SQLModel, table=True):
    """A room for meetings. ``name`` is what its door says ("301"); ``place`` leads there from the lift."""

    __tablename__ = "room"
    __mapper_args__ = {"version_id_col": _room_version}

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=20, unique=True)
    name_en: str = Field(default="", max_length=40)
    floor: str = Field(default="", max_length=10)
    place: str = Field(default="", max_length=80)
    place_en: str = Field(default="", max_length=80)
    equipment: str = Field(default="", max_length=200)
    is_vip: bool = False
    active: bool = True
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_room_version)


class RoomLayout(SQLModel, table=True):
    """One way a room can be set up: for how many, in how long, with what on the table."""

    __tablename__ = "room_layout"
    __mapper_args__ = {"version_id_col": _layout_version}
    __table_args__ = (
        CheckConstraint(f"layout in ({', '.join(repr(layout.value) for layout in Layout)})", name="room_layout_known"),
        Index("room_layout_once", "room_id", "layout", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id")
    layout: str = Field(max_length=16)
    capacity: int
    setup_minutes: int
    turnover_minutes: int
    kit: str = Field(default="", max_length=200)
    offered: bool = True
    photo_digest: str | None = Field(default=None, foreign_key="room_photo.digest", max_length=64)
    version: int = Field(default=1, sa_column=_layout_version)


class RoomPhoto(SQLModel, table=True):
    """A photo of a finished room, found by the digest of what it holds."""

    __tablename__ = "room_photo"

    digest: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=20)
    content: bytes
    kept_at: datetime = Field(sa_type=Instant)
