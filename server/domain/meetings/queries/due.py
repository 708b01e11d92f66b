"""What the clock has to do on the meeting floor: the numbers of rows whose deadline has passed, each list by an index of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from server.domain.calendar import queries as calendar
from server.domain.calendar.rules import LONGEST_REST
from server.domain.meetings.rules import BEFORE_START
from server.domain.meetings.tables import ChangeSeen, Meeting, Step, TeaRound

MOST = 100
"""Rows of one kind that one step of the loop takes."""
FOLLOWED = timedelta(days=7)
"""How long after a change of the calendar it is looked for meetings that do not follow it yet; they do within seconds."""


def reconfirms_to_open(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings whose day before has begun."""
    return _numbers(session, Meeting, col(Meeting.reconfirm_opens_at), now, but)


def unconfirmed(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings that were to be reconfirmed by now."""
    return _numbers(session, Meeting, col(Meeting.confirm_due_at), now, but)


def starts_to_ask(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings whose hour has come and that nobody has said began."""
    return _numbers(session, Meeting, col(Meeting.ask_due_at), now, but)


def calendar_changed(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings to come whose day before may be another one since the calendar was changed."""
    said = calendar.said_since(session, now - FOLLOWED)
    if not said:
        return []
    rest = timedelta(days=LONGEST_REST)
    touched = [
        and_(col(Meeting.day) > day, col(Meeting.day) <= day + rest, col(Meeting.changed_at) < changed_at)
        for day, changed_at in said.items()
    ]
    to_come = [state.value for state in BEFORE_START]
    wanted = select(Meeting.id).where(or_(*touched), col(Meeting.state).in_(to_come), col(Meeting.starts_at) > now)
    if but:
        wanted = wanted.where(col(Meeting.id).not_in(but))
    return [number for number in session.exec(wanted.order_by(col(Meeting.starts_at)).limit(MOST)) if number is not None]


def steps(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return steps whose time crossed a line of the ladder."""
    return _numbers(session, Step, col(Step.alarm_at), now, but)


def rounds(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return rounds of tea whose time crossed a line."""
    return _numbers(session, TeaRound, col(TeaRound.alarm_at), now, but)


def unseen_changes(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return changes that somebody has not acknowledged in time."""
    return _numbers(session, ChangeSeen, col(ChangeSeen.alarm_at), now, but)


def _numbers(session: Session, table: Any, column: Any, now: datetime, but: Collection[int]) -> list[int]:
    due = select(table.id).where(column.is_not(None), column <= now).order_by(column)
    if but:
        due = due.where(table.id.not_in(but))
    return list(session.exec(due.limit(MOST)))
