"""Tables of meetings, their run sheets, rounds of tea, who looks after them, and the changes people must see."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column
from server.domain.meetings.rules import OPEN, Category, Kind, Level, Party, RoundState, Source, State, StepState


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} in ({', '.join(repr(value.value) for value in values)})"


_meeting_version = version_column()
_step_version = version_column()
_round_version = version_column()
_change_version = version_column()
_ack_version = version_column()
_assigned_version = version_column()
_line_version = version_column()
_import_version = version_column()

_OPEN_SQL = f"state in ({', '.join(repr(state.value) for state in OPEN)})"


class Meeting(SQLModel, table=True):
    """One meeting. ``state`` moves only through ``rules.TRANSITIONS``.

    ``reserved_from`` and ``reserved_until`` are the room's time, set-up and turn-over included; they, and every deadline below, are
    written in the update that moves what they hang on. ``source_key`` is how an import or the owner's registration knows the meeting
    again. ``revision`` counts the changes that people must see. ``tea_minutes`` none is on call. ``link_number`` is random: the QR of
    the room page is drawn from it, so that each meeting has its own.
    """

    __tablename__ = "meeting"
    __mapper_args__ = {"version_id_col": _meeting_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", State), name="meeting_state"),
        CheckConstraint(_one_of("category", Category), name="meeting_category"),
        CheckConstraint(_one_of("source", Source), name="meeting_source"),
        CheckConstraint("starts_at < ends_at", name="meeting_ends_later"),
        Index("meeting_reserved", "room_id", "reserved_from"),
        index_where("meeting_open", "starts_at", where=_OPEN_SQL),
        index_where("meeting_confirm_due", "confirm_due_at", where="confirm_due_at IS NOT NULL"),
        index_where("meeting_reconfirm_opens", "reconfirm_opens_at", where="reconfirm_opens_at IS NOT NULL"),
        index_where("meeting_ask", "ask_due_at", where="ask_due_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=10)
    source_key: str | None = Field(default=None, max_length=200, unique=True)
    title: str = Field(max_length=80)
    category: str = Field(max_length=10)
    room_id: int = Field(foreign_key="room.id")
    layout: str = Field(max_length=16)
    day: date = Field(index=True)
    starts_at: datetime = Field(sa_type=Instant, index=True)
    ends_at: datetime = Field(sa_type=Instant)
    reserved_from: datetime = Field(sa_type=Instant)
    reserved_until: datetime = Field(sa_type=Instant)
    estimated: int | None = None
    guaranteed: int | None = None
    actual: int | None = None
    tenant_id: int | None = Field(default=None, foreign_key="tenant.id")
    contact_name: str = Field(default="", max_length=60)
    contact_phone: str = Field(default="", max_length=30)
    tea_minutes: int | None = None
    break_at: datetime | None = Field(default=None, sa_type=Instant)
    equipment: str = Field(default="", max_length=200)
    notes: str = Field(default="", max_length=500)
    plan: str = Field(default="", max_length=1000)
    override_reason: str = Field(default="", max_length=120)
    state: str = Field(max_length=12)
    revision: int = 1
    link_number: int = Field(sa_type=BigInteger)
    link_digest: str | None = Field(default=None, max_length=64, unique=True)
    reconfirm_opens_at: datetime | None = Field(default=None, sa_type=Instant)
    confirm_due_at: datetime | None = Field(default=None, sa_type=Instant)
    unconfirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    confirmed_by: str = Field(default="", max_length=40)
    ask_due_at: datetime | None = Field(default=None, sa_type=Instant)
    asked_at: datetime | None = Field(default=None, sa_type=Instant)
    undisturbed_since: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    cancel_reason: str = Field(default="", max_length=120)
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_meeting_version)


class Step(SQLModel, table=True):
    """One line of a meeting's run sheet. ``due_at`` is its anchor's hour and ``minutes``, written when either moves.

    ``compressed`` means that its hour had passed when it was made or moved: it is due at once. ``level`` is how far up the alarm ladder
    it has been told; ``alarm_at`` is when it goes on.
    """

    __tablename__ = "meeting_step"
    __mapper_args__ = {"version_id_col": _step_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", StepState), name="meeting_step_state"),
        CheckConstraint(_one_of("kind", Kind), name="meeting_step_kind"),
        CheckConstraint(_one_of("party", Party), name="meeting_step_party"),
        CheckConstraint(_one_of("level", Level), name="meeting_step_level"),
        index_where("meeting_step_open", "due_at", where="state in ('planned', 'doing')"),
        index_where("meeting_step_alarm", "alarm_at", where="alarm_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    kind: str = Field(max_length=16)
    anchor: str = Field(max_length=10)
    minutes: int
    party: str = Field(max_length=10)
    phase: str = Field(max_length=8)
    place: int
    mandatory: bool = True
    takes_minutes: int = 5
    room_id: int = Field(foreign_key="room.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    due_at: datetime = Field(sa_type=Instant)
    compressed: bool = False
    state: str = Field(default=StepState.PLANNED.value, max_length=8)
    level: str = Field(default=Level.NONE.value, max_length=10)
    alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_by: str = Field(default="", max_length=40)
    settled_staff_id: int | None = Field(default=None, foreign_key="staff.id")
    answered_name: str = Field(default="", max_length=60)
    reason: str = Field(default="", max_length=120)
    version: int = Field(default=1, sa_column=_step_version)


class StepQuantity(SQLModel, table=True):
    """How much of something a step drew or used; until there is a stock, this is its record."""

    __tablename__ = "meeting_quantity"

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = Field(foreign_key="meeting_step.id", index=True)
    item: str = Field(max_length=40)
    quantity: int
    written_at: datetime = Field(sa_type=Instant)


class TeaRound(SQLModel, table=True):
    """One round of tea. ``due_at`` none: nobody may disturb just now."""

    __tablename__ = "tea_round"
    __mapper_args__ = {"version_id_col": _round_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", RoundState), name="tea_round_state"),
        Index("tea_round_once", "meeting_id", "number", unique=True),
        index_where("tea_round_open", "meeting_id", where="state in ('armed', 'claimed', 'inside')", unique=True),
        index_where("tea_round_alarm", "alarm_at", where="alarm_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    number: int
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    state: str = Field(default=RoundState.ARMED.value, max_length=8)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    level: str = Field(default=Level.NONE.value, max_length=10)
    alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_staff_id: int | None = Field(default=None, foreign_key="staff.id")
    cups: int | None = None
    reason: str = Field(default="", max_length=120)
    version: int = Field(default=1, sa_column=_round_version)


class Assignment(SQLModel, table=True):
    """An attendant looks after a meeting, from ``since`` until released."""

    __tablename__ = "meeting_staff"
    __mapper_args__ = {"version_id_col": _assigned_version}
    __table_args__ = (index_where("meeting_staff_once", "meeting_id", "staff_id", where="until IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    since: datetime = Field(sa_type=Instant)
    until: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_assigned_version)


class MeetingChange(SQLModel, table=True):
    """A change that people must see. ``before`` and ``after`` are the fields that differ, as JSON."""

    __tablename__ = "meeting_change"
    __mapper_args__ = {"version_id_col": _change_version}
    __table_args__ = (Index("meeting_change_once", "meeting_id", "revision", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    meeting_id: int = Field(foreign_key="meeting.id")
    revision: int
    before: str
    after: str
    steps_moved: int = 0
    elsewhere: bool = False
    made_at: datetime = Field(sa_type=Instant)
    made_by: str = Field(max_length=40)
    version: int = Field(default=1, sa_column=_change_version)


class ChangeSeen(SQLModel, table=True):
    """Whether somebody assigned has acknowledged a change; ``level`` is how far that he has not has been told."""

    __tablename__ = "meeting_change_seen"
    __mapper_args__ = {"version_id_col": _ack_version}
    __table_args__ = (
        Index("meeting_change_seen_once", "change_id", "staff_id", unique=True),
        index_where("meeting_change_unseen", "staff_id", where="seen_at IS NULL"),
        index_where("meeting_change_alarm", "alarm_at", where="alarm_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="meeting_change.id")
    meeting_id: int = Field(foreign_key="meeting.id", index=True)
    staff_id: int = Field(foreign_key="staff.id")
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    level: str = Field(default=Level.NONE.value, max_length=10)
    alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_ack_version)


class SheetLine(SQLModel, table=True):
    """A line of a category's run sheet as the supervisor changed it; ``sop`` is what is shown at the step (S121, S133)."""

    __tablename__ = "sheet_line"
    __mapper_args__ = {"version_id_col": _line_version}
    __table_args__ = (
        CheckConstraint(_one_of("category", Category), name="sheet_line_category"),
        CheckConstraint(_one_of("kind", Kind), name="sheet_line_kind"),
        Index("sheet_line_once", "category", "kind", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    category: str = Field(max_length=10)
    kind: str = Field(max_length=16)
    minutes: int
    enabled: bool = True
    sop: str = Field(default="", max_length=500)
    sop_en: str = Field(default="", max_length=500)
    changed_at: datetime = Field(sa_type=Instant)
    version: int = Field(default=1, sa_column=_line_version)


class Manual(SQLModel, table=True):
    """A text of the department that must be at hand: the contingency plan (S138), the daily and the VIP procedure (S121, S133)."""

    __tablename__ = "manual"

    name: str = Field(primary_key=True, max_length=20)
    text: str = Field(max_length=8000)
    text_en: str = Field(default="", max_length=8000)
    changed_at: datetime = Field(sa_type=Instant)


class ScheduleImport(SQLModel, table=True):
    """A weekly schedule that was read and is looked at before it is carried out; its lines are gone (``gone_at``) a day later.

    It is carried out some rows at a time, so that the lobby never waits for it: ``taken`` is how many of ``total``, ``counts`` what
    they came to and ``passed_over`` the sheets that list nothing, as JSON.
    """

    __tablename__ = "schedule_import"
    __mapper_args__ = {"version_id_col": _import_version}

    id: int | None = Field(default=None, primary_key=True)
    filename: str = Field(max_length=120)
    passed_over: str = "[]"
    taken: int = 0
    total: int = 0
    counts: str = "{}"
    made_by: str = Field(max_length=40)
    made_at: datetime = Field(sa_type=Instant)
    committed_at: datetime | None = Field(default=None, sa_type=Instant)
    gone_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_import_version)


class ScheduleSlice(SQLModel, table=True):
    """The rows of a schedule that are carried out in one transaction, as JSON; ``results`` is what each came to."""

    __tablename__ = "schedule_slice"
    __table_args__ = (Index("schedule_slice_once", "import_id", "place", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    import_id: int = Field(foreign_key="schedule_import.id")
    place: int
    rows: str
    results: str = "[]"
