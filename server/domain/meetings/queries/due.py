"""What the clock has to do on the meeting floor: the numbers of rows whose deadline has passed, each list by an index of its own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from server.domain.meetings.tables import ChangeSeen, Meeting, Step, TeaRound

MOST = 100
"""Rows of one kind that one step of the loop takes."""


def reconfirms_to_open(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings whose day before has begun."""
    return _numbers(session, Meeting, col(Meeting.reconfirm_opens_at), now, but)


def unconfirmed(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings that were to be reconfirmed by now."""
    return _numbers(session, Meeting, col(Meeting.confirm_due_at), now, but)


def starts_to_ask(session: Session, now: datetime, but: Collection[int]) -> list[int]:
    """Return meetings whose hour has come and that nobody has said began."""
    return _numbers(session, Meeting, col(Meeting.ask_due_at), now, but)


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
