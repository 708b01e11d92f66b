"""The table of messages."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column
from server.domain.notices.rules import NoticeState

_notice_version = version_column()


class Notice(SQLModel, table=True):
    """A message to one host. It holds what it is about, not its text: the words are made when it is sent, in the host's language.

    ``state`` is one of ``rules.NoticeState``; ``due_at`` is when the next try may be made, none when there will be none. The token
    of its link is derived from ``link_number``, which is random. ``day`` is set for the evening's message, one a tenant and day.
    """

    __tablename__ = "notice"
    __mapper_args__ = {"version_id_col": _notice_version}
    __table_args__ = (
        CheckConstraint(f"state in ({', '.join(repr(state.value) for state in NoticeState)})", name="notice_state"),
        index_where("notice_due", "due_at", where="due_at IS NOT NULL"),
        index_where("notice_evening", "tenant_id", "day", where="day IS NOT NULL", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(foreign_key="host.id")
    tenant_id: int | None = Field(default=None)
    visit_id: int | None = Field(default=None, index=True)
    kind: str = Field(max_length=20)
    state: str = Field(default="waiting", max_length=10)
    day: date | None = None
    tries: int = 0
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    good_until: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(default=None, sa_type=Instant)
    via: str = Field(default="", max_length=40)
    failure: str = Field(default="", max_length=60)
    link_number: int = Field(sa_type=BigInteger)
    link_digest: str | None = Field(default=None, max_length=64, unique=True)
    version: int = Field(default=1, sa_column=_notice_version)
