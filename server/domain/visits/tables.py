"""Tables of invitations and visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from server.db.types import Instant, version_column
from server.domain.visits.rules import State


_invitation_version = version_column()


class Invitation(SQLModel, table=True):
    """Leave to come, given by a host or the desk: once, or on some weekdays within a span of days.

    ``valid_from`` and ``valid_until`` bound the whole of it; a recurring one also has the weekdays (``"0,2"`` is Monday and
    Wednesday) and, each day, the times of ``daily_from`` and ``daily_until`` (minutes after midnight in the site's zone).
    The QR token is derived from (row, ``token_version``), the six-digit code from (row, ``code_version``).
    """

    __tablename__ = "invitation"
    __mapper_args__ = {"version_id_col": _invitation_version}
    __table_args__ = (Index("invitation_open_code", "code_digest", unique=True, sqlite_where=text("open"), postgresql_where=text("open")),)

    id: int | None = Field(default=None, primary_key=True)
    host_id: int = Field(foreign_key="host.id", index=True)
    name: str = Field(max_length=60)
    phone: str = Field(default="", max_length=30)
    company: str = Field(default="", max_length=80)
    purpose: str = Field(default="", max_length=20)
    companions: int = 0
    gate: str = Field(default="", max_length=20)
    recurring: bool = False
    weekdays: str = Field(default="", max_length=14)
    daily_from: int | None = None
    daily_until: int | None = None
    valid_from: datetime = Field(sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant, index=True)
    token_version: int = 1
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    code_version: int = 1
    code_digest: str | None = Field(default=None, max_length=64)
    open: bool = True
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    anonymised_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_invitation_version)


_visit_version = version_column()


class Visit(SQLModel, table=True):
    """One person's coming and going. ``state`` moves only through ``rules.TRANSITIONS``.

    ``host_id`` is who was asked for, ``asked_host_id`` who is asked now (after "someone else will come"). ``seen_due_at`` and
    ``answer_due_at`` are deadlines still open; each is cleared when it is met or when the deadline loop has acted on it.
    ``version`` is compared and raised by every command.
    """

    __tablename__ = "visit"
    __mapper_args__ = {"version_id_col": _visit_version}
    __table_args__ = (
        CheckConstraint(f"state in ({', '.join(repr(state.value) for state in State)})", name="visit_state"),
        Index("visit_open_code", "code_digest", unique=True, sqlite_where=text("open"), postgresql_where=text("open")),
        Index("visit_open", "state", sqlite_where=text("open"), postgresql_where=text("open")),
        Index("visit_seen_due", "seen_due_at", sqlite_where=text("seen_due_at IS NOT NULL"), postgresql_where=text("seen_due_at IS NOT NULL")),
        Index(
            "visit_answer_due", "answer_due_at", sqlite_where=text("answer_due_at IS NOT NULL"), postgresql_where=text("answer_due_at IS NOT NULL")
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id", index=True)
    host_id: int | None = Field(default=None, foreign_key="host.id", index=True)
    asked_host_id: int | None = Field(default=None, foreign_key="host.id")
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id", index=True)
    day: date = Field(index=True)
    name: str = Field(max_length=60)
    phone: str = Field(default="", max_length=30)
    phone_tail: str = Field(default="", max_length=4, index=True)
    company: str = Field(default="", max_length=80)
    purpose: str = Field(default="", max_length=20)
    companions: int = 0
    language: str = Field(default="zh", max_length=2)
    state: str = Field(max_length=12)
    open: bool = True
    gate: str = Field(default="", max_length=20)
    expected_from: datetime | None = Field(default=None, sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant, index=True)
    signed_in_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    met_at: datetime | None = Field(default=None, sa_type=Instant)
    admitted_at: datetime | None = Field(default=None, sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    left_by: str = Field(default="", max_length=12)
    answer: str = Field(default="none", max_length=12)
    answer_minutes: int | None = None
    answer_reason: str = Field(default="", max_length=120)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    reached_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    delegate_told_at: datetime | None = Field(default=None, sa_type=Instant)
    desk_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_due_at: datetime | None = Field(default=None, sa_type=Instant)
    answer_due_at: datetime | None = Field(default=None, sa_type=Instant)
    consent_version: str = Field(default="", max_length=20)
    consent_at: datetime | None = Field(default=None, sa_type=Instant)
    token_version: int = 1
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    code_version: int = 1
    code_digest: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=Instant)
    anonymised_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_visit_version)
