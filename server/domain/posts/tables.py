"""Tables of posts: stints, wishes to leave and to be covered, and which floor tablet is open for whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from server.db.types import Instant, index_where, version_column
from server.domain.posts.rules import LONGEST_REASON, CoverState, LeaveState, PostState

_stint_version = version_column()
_leave_version = version_column()
_cover_version = version_column()
_tablet_version = version_column()


def _one_of(column: str, values: Iterable[str]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Stint(SQLModel, table=True):
    """A time that somebody spent in one state; the open one (``until_at`` is empty) is where they are now. Who is off has none.

    ``duty_from`` is when they clocked in. ``covers_id`` is for whom they cover, ``reason`` why they are away. ``at_desk`` tells that
    they stood at the desk, ``closed_desk`` that they closed it on purpose when they went. A stint that was taken back is ``undone``,
    one that the house ended because it was forgotten is ``assumed``, an absence that nobody had approved is ``unapproved``.
    """

    __tablename__ = "stint"
    __mapper_args__ = {"version_id_col": _stint_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", [state.value for state in PostState if state is not PostState.OFF]), name="stint_state"),
        CheckConstraint("(state = 'covering') = (covers_id IS NOT NULL)", name="stint_covers_somebody"),
        index_where("stint_open", "staff_id", where="until_at IS NULL", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    state: str = Field(max_length=10)
    from_at: datetime = Field(sa_type=Instant, index=True)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    duty_from: datetime = Field(sa_type=Instant)
    covers_id: int | None = Field(default=None, foreign_key="staff.id")
    reason: str = Field(default="", max_length=LONGEST_REASON)
    at_desk: bool = False
    closed_desk: bool = False
    unapproved: bool = False
    assumed: bool = False
    undone: bool = False
    version: int = Field(default=1, sa_column=_stint_version)


class Leave(SQLModel, table=True):
    """A wish to leave one's post, which the supervisor approves or refuses (S51). One open wish a person."""

    __tablename__ = "leave"
    __mapper_args__ = {"version_id_col": _leave_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", [state.value for state in LeaveState]), name="leave_state"),
        index_where("leave_open", "staff_id", where="state in ('asked', 'approved')", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    reason: str = Field(max_length=LONGEST_REASON)
    state: str = Field(default=LeaveState.ASKED.value, max_length=10)
    asked_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by: int | None = Field(default=None, foreign_key="staff.id")
    version: int = Field(default=1, sa_column=_leave_version)


class Cover(SQLModel, table=True):
    """A wish that somebody take over (S54), and who did. One open wish a person who wants to go."""

    __tablename__ = "cover"
    __mapper_args__ = {"version_id_col": _cover_version}
    __table_args__ = (
        CheckConstraint(_one_of("state", [state.value for state in CoverState]), name="cover_state"),
        CheckConstraint("state not in ('accepted', 'ended') or by_id IS NOT NULL", name="cover_by_somebody"),
        index_where("cover_open", "for_id", where="state in ('asked', 'accepted')", unique=True),
    )

    id: int | None = Field(default=None, primary_key=True)
    for_id: int = Field(foreign_key="staff.id", index=True)
    state: str = Field(default=CoverState.ASKED.value, max_length=10)
    asked_at: datetime = Field(sa_type=Instant)
    by_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    accepted_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_cover_version)


class TabletSession(SQLModel, table=True):
    """A floor tablet that somebody opened with their PIN: one open session a device.

    ``pin_mark`` is a digest of the PIN's hash at that time: another PIN ends the session.
    """

    __tablename__ = "tablet_session"
    __mapper_args__ = {"version_id_col": _tablet_version}
    __table_args__ = (index_where("tablet_session_open", "device_id", where="ended_at IS NULL", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id", index=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    pin_mark: str = Field(max_length=64)
    unlocked_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(default=1, sa_column=_tablet_version)
