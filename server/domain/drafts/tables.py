"""The table of kiosk drafts."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column

_draft_version = version_column()


class Draft(SQLModel, table=True):
    """What one person at a kiosk has typed so far. Named by a random key, owned by one device, emptied on wipe."""

    __tablename__ = "draft"
    __mapper_args__ = {"version_id_col": _draft_version}
    __table_args__ = (
        index_where("draft_visit", "visit_id", where="visit_id IS NOT NULL"),
        index_where("draft_live", "touched_at", where="wiped_at IS NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=32, unique=True)
    device_id: int = Field(foreign_key="device.id", index=True)
    fields: str = Field(default="{}")
    visit_id: int | None = Field(default=None)
    begun_at: datetime = Field(sa_type=Instant)
    touched_at: datetime = Field(sa_type=Instant)
    wiped_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_draft_version)
