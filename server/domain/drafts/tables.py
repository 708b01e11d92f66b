"""The table of kiosk drafts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column


_draft_version = version_column()


class Draft(SQLModel, table=True):
    """What one person at a kiosk has typed so far. Named by a random key, owned by one device, emptied on wipe."""

    __tablename__ = "draft"
    __mapper_args__ = {"version_id_col": _draft_version}
    __table_args__ = (
        Index("draft_visit", "visit_id", sqlite_where=text("visit_id IS NOT NULL"), postgresql_where=text("visit_id IS NOT NULL")),
        Index("draft_live", "touched_at", sqlite_where=text("wiped_at IS NULL"), postgresql_where=text("wiped_at IS NULL")),
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
