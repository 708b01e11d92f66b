"""The table of failed tries."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant


class Miss(SQLModel, table=True):
    """One wrong guess, counted against ``key`` (``login:anna``, ``code:device:3``, ``code:site``)."""

    __tablename__ = "miss"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=80, index=True)
    missed_at: datetime = Field(sa_type=Instant, index=True)
