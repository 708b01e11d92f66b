"""The table of service calls."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column
from server.domain.calls.rules import OPEN_CALLS, CallLevel, CallState, Wish

_call_version = version_column()


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} in ({', '.join(repr(value.value) for value in values)})"


_OPEN = f"state in ({', '.join(repr(state.value) for state in OPEN_CALLS)})"


class ServiceCall(SQLModel, table=True):
    """Somebody in a room asked for something. ``called_at`` is when it last became unanswered; clocks count from there."""

    __tablename__ = "service_call"
    __mapper_args__ = {"version_id_col": _call_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", CallState), name="service_call_state"),
        CheckConstraint(_one_of("wish", Wish), name="service_call_wish"),
        CheckConstraint(_one_of("level", CallLevel), name="service_call_level"),
        index_where("service_call_open", "room_id", "wish", where=_OPEN, unique=True),
        index_where("service_call_alarm", "alarm_at", where="alarm_at IS NOT NULL"),
    )

    id: int | None = Field(default=None, primary_key=True)
    room_id: int = Field(foreign_key="room.id", index=True)
    meeting_id: int | None = Field(default=None, foreign_key="meeting.id", index=True)
    wish: str = Field(max_length=10)
    note: str = Field(default="", max_length=80)
    source: str = Field(max_length=10)
    state: str = Field(default=CallState.NEW.value, max_length=10)
    level: str = Field(default=CallLevel.NONE.value, max_length=10)
    alarm_at: datetime | None = Field(default=None, sa_type=Instant)
    called_at: datetime = Field(sa_type=Instant, index=True)
    acked_at: datetime | None = Field(default=None, sa_type=Instant)
    acked_by: int | None = Field(default=None, foreign_key="staff.id")
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: int | None = Field(default=None, foreign_key="staff.id")
    reopened: int = 0
    version: int = Field(default=1, sa_column=_call_version)
