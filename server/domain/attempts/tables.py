"""The tables of failed tries."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant


class Asker(SQLModel, table=True):
    """Somebody who guesses, known by the digest of a key only (people type passwords into the field for their name).

    The row is locked while a guess is judged, so that a hundred guesses sent at once are judged one after the other.
    ``forgiven_through`` is the newest miss that a right guess has followed.
    """

    __tablename__ = "asker"

    key: str = Field(primary_key=True, max_length=64)
    forgiven_through: int = 0


class Miss(SQLModel, table=True):
    """One wrong guess, counted against the digest of a key."""

    __tablename__ = "miss"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, index=True)
    missed_at: datetime = Field(sa_type=Instant, index=True)
