"""The table of messages."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column


_notice_version = version_column()


class Notice(SQLModel, table=True):
    """A message to one host. It holds what it is about, not its text: the words are made when it is sent, in the host's language.

    ``state`` is one of ``rules.NoticeState``; ``due_at`` is when the next try may be made.
    """

    __tablename__ = "notice"
    __mapper_args__ = {"version_id_col": _notice_version}

    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(foreign_key="host.id", index=True)
    tenant_id: int | None = Field(default=None)
    visit_id: int | None = Field(default=None, index=True)
    kind: str = Field(max_length=20)
    state: str = Field(default="waiting", max_length=10)
    tries: int = 0
    due_at: datetime | None = Field(sa_type=Instant, index=True)
    created_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    failure: str = Field(default="", max_length=60)
    version: int = Field(default=1, sa_column=_notice_version)
