"""Tables of invitations and visits."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column
from server.domain.visits.rules import ARRIVED, State


def _listed(*states: State) -> str:
    return ", ".join(repr(state.value) for state in states)


_invitation_version = version_column()


class Invitation(SQLModel, table=True):
    """Leave to come, given by a host or the desk: once, or on some weekdays within a span of days.

    ``valid_from`` and ``valid_until`` bound the whole of it; a recurring one also has the weekdays (``"0,2"`` is Monday and
    Wednesday) and, each day, the times of ``daily_from`` and ``daily_until`` (minutes after midnight in the site's zone).
    A recurring one has the QR and the code itself; what a single one gave is the pass of its visit. Both are derived from
    ``pass_number``, which is random: another number revokes them.
    """

    __tablename__ = "invitation"
    __mapper_args__ = {"version_id_col": _invitation_version}
    __table_args__ = (index_where("invitation_open_code", "code_digest", where="open", unique=True),)

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
    pass_number: int = Field(sa_type=BigInteger)
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    code_digest: str | None = Field(default=None, max_length=64)
    open: bool = True
    language: str = Field(default="zh", max_length=2)
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    anonymised_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_invitation_version)


_visit_version = version_column()


class Visit(SQLModel, table=True):
    """One person's coming and going. ``state`` moves only through ``rules.TRANSITIONS``.

    ``host_id`` is who was asked for, ``asked_host_id`` who is asked now (after "someone else will come"), ``delegate_id`` who was
    told besides. ``open`` means that the pass may still let somebody in or out. ``only_gate`` is the gate the host chose, ``gate``
    where the visitor came in. ``seen_due_at`` and ``answer_due_at`` are deadlines still open; each is cleared when it is met or
    when the deadline loop has acted on it. ``version`` is compared and raised by every command.
    """

    __tablename__ = "visit"
    __mapper_args__ = {"version_id_col": _visit_version}
    __table_args__ = (
        CheckConstraint(f"state in ({_listed(*State)})", name="visit_state"),
        CheckConstraint("(state = 'out') = (left_at IS NOT NULL)", name="visit_left_when_out"),
        CheckConstraint(f"state not in ({_listed(*ARRIVED)}) or signed_in_at IS NOT NULL", name="visit_arrived"),
        index_where("visit_open_code", "code_digest", where="open", unique=True),
        index_where("visit_open", "state", where="open"),
        Index("visit_of_invitation", "invitation_id", "day", unique=True),
        index_where("visit_asked_host", "asked_host_id", where="open"),
        index_where("visit_delegate", "delegate_id", where="delegate_id IS NOT NULL"),
        index_where("visit_closing", "valid_until", where="open"),
        index_where("visit_kept", "valid_until", where="anonymised_at IS NULL"),
        index_where("visit_left", "left_at", where="left_at IS NOT NULL"),
        index_where("visit_seen_due", "seen_due_at", where="seen_due_at IS NOT NULL"),
        index_where("visit_answer_due", "answer_due_at", where="answer_due_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    invitation_id: int | None = Field(default=None, foreign_key="invitation.id")
    host_id: int | None = Field(default=None, foreign_key="host.id")
    asked_host_id: int | None = Field(default=None, foreign_key="host.id")
    delegate_id: int | None = Field(default=None, foreign_key="host.id")
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id")
    day: date
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
    only_gate: str = Field(default="", max_length=20)
    expected_from: datetime | None = Field(default=None, sa_type=Instant)
    valid_until: datetime = Field(sa_type=Instant)
    signed_in_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    met_at: datetime | None = Field(default=None, sa_type=Instant)
    admitted_at: datetime | None = Field(default=None, sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)
    left_by: str = Field(default="", max_length=12)
    left_actor: str = Field(default="", max_length=40)
    answer: str = Field(default="none", max_length=12)
    answer_minutes: int | None = None
    answer_reason: str = Field(default="", max_length=120)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    reached_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    delegate_told_at: datetime | None = Field(default=None, sa_type=Instant)
    desk_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    desk_took_at: datetime | None = Field(default=None, sa_type=Instant)
    seen_due_at: datetime | None = Field(default=None, sa_type=Instant)
    answer_due_at: datetime | None = Field(default=None, sa_type=Instant)
    consent_version: str = Field(default="", max_length=20)
    consent_at: datetime | None = Field(default=None, sa_type=Instant)
    pass_number: int = Field(sa_type=BigInteger)
    token_digest: str | None = Field(default=None, max_length=64, unique=True)
    code_digest: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=Instant)
    anonymised_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_visit_version)


class OpenedDay(SQLModel, table=True):
    """A day of the site that has begun: opened once, whichever worker is first."""

    __tablename__ = "opened_day"

    day: date = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=Instant)
