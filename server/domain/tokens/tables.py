"""The table of tokens."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column

_token_version = version_column()


class ApiToken(SQLModel, table=True):
    """A token of another program, found by its digest; the token itself is shown once and kept nowhere."""

    __tablename__ = "api_token"
    __mapper_args__ = {"version_id_col": _token_version}

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60)
    digest: str = Field(max_length=64, unique=True)
    scopes: str = Field(max_length=200)
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_token_version)
