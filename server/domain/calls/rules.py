"""The states of a service call, the one table that moves it, and its clocks. Pure.

`新 new → 已响应 acked → 到场 arrived → 完成 done (→ 不满意 reopened)`; side exit *withdrawn*. One open call a room and wish: whoever taps
again is told since when it has been calling.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Wish(StrEnum):
    """What is asked for; more time, an end and quiet are no calls: the room does them itself."""

    TEA = "tea"
    TECHNICIAN = "technician"
    CLEANING = "cleaning"
    SUPPLIES = "supplies"
    PERSON = "person"


class CallState(StrEnum):
    """Where a call stands."""

    NEW = "new"
    ACKED = "acked"
    ARRIVED = "arrived"
    DONE = "done"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class CallAction(StrEnum):
    """What can happen to a call."""

    ACK = "ack"
    RELEASE = "release"
    ARRIVE = "arrive"
    FINISH = "finish"
    UNDO = "undo"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


UNANSWERED = (CallState.NEW, CallState.REOPENED)
OPEN_CALLS = (*UNANSWERED, CallState.ACKED, CallState.ARRIVED)

CALL_TRANSITIONS: Mapping[tuple[CallState, CallAction], CallState] = {
    **{(state, CallAction.ACK): CallState.ACKED for state in UNANSWERED},
    (CallState.ACKED, CallAction.RELEASE): CallState.NEW,
    **{(state, CallAction.ARRIVE): CallState.ARRIVED for state in (*UNANSWERED, CallState.ACKED)},
    **{(state, CallAction.FINISH): CallState.DONE for state in OPEN_CALLS},
    (CallState.DONE, CallAction.UNDO): CallState.ACKED,
    (CallState.DONE, CallAction.REOPEN): CallState.REOPENED,
    **{(state, CallAction.WITHDRAW): CallState.WITHDRAWN for state in OPEN_CALLS},
}
"""(state, action) → the next state; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""

LONGEST_NOTE = 80
REOPEN_WITHIN = timedelta(minutes=30)
"""So long after it was done may the room say that it was not."""


class CallLevel(StrEnum):
    """How far that nobody answered, or nobody is there, has been told."""

    NONE = "none"
    AGAIN = "again"
    BOARD = "board"
    SUPERVISOR = "supervisor"
    ABSENT = "absent"


ANSWER_LADDER: tuple[tuple[CallLevel, timedelta], ...] = (
    (CallLevel.AGAIN, timedelta(seconds=60)),
    (CallLevel.BOARD, timedelta(minutes=2)),
    (CallLevel.SUPERVISOR, timedelta(minutes=5)),
)
"""Not answered: all tablets ring again, the board shows it, the supervisor is told."""
ARRIVE_WITHIN = timedelta(minutes=5)
"""Answered, and nobody is there."""


def transition(state: CallState, action: CallAction) -> CallState | None:
    """Return where ``action`` leads from ``state``, None if it may not happen."""
    return CALL_TRANSITIONS.get((state, action))


def unanswered_level(called_at: datetime, now: datetime) -> CallLevel:
    """Return how far up the ladder an unanswered call is."""
    reached = CallLevel.NONE
    for level, after in ANSWER_LADDER:
        if now >= called_at + after:
            reached = level
    return reached


def next_alarm(called_at: datetime, level: CallLevel) -> datetime | None:
    """Return when an unanswered call goes one up from ``level``; None at the top."""
    order = [rung for rung, _ in ANSWER_LADDER]
    place = order.index(level) + 1 if level in order else 0
    return called_at + ANSWER_LADDER[place][1] if place < len(ANSWER_LADDER) else None
