"""Deadlines as a rule and an anchor: each is written in the same update that moves what it hangs on."""

from __future__ import annotations

from datetime import datetime, timedelta

UNDO = timedelta(seconds=10)
"""How long a sign-out or a refusal can be taken back by who made it."""
UNDO_SECONDS = 10
LOOKED_AGAIN = timedelta(minutes=10)
"""Opening the same record again within this time is one look."""


def seen_due(told_at: datetime, *, seen_seconds: int, has_delegate: bool) -> datetime | None:
    """Return when an unseen message goes to the delegate too; None if there is nobody to tell."""
    return told_at + timedelta(seconds=seen_seconds) if has_delegate else None


def answer_due(told_at: datetime, *, answer_seconds: int) -> datetime:
    """Return when the desk is asked because nobody answered."""
    return told_at + timedelta(seconds=answer_seconds)


def promise_due(answered_at: datetime, *, minutes: int, answer_seconds: int) -> datetime:
    """Return when the desk is asked because nobody came after “coming” or “please wait”: the time promised, and a little more."""
    return answered_at + timedelta(minutes=minutes, seconds=answer_seconds)


def vanishes_at(valid_until: datetime, left_at: datetime | None, *, retention_days: int) -> datetime:
    """Return when a visit's personal data is removed: so many days after the pass was good for the last time."""
    return max(valid_until, left_at or valid_until) + timedelta(days=retention_days)


def promised_at(answered_at: datetime | None, minutes: int | None) -> datetime | None:
    """Return when somebody said he would be there; None if nobody did."""
    return answered_at + timedelta(minutes=minutes) if answered_at is not None and minutes is not None else None
