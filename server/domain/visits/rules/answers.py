"""The host's answer, and the step of the ladder that everybody sees."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from server.domain.visits.rules.states import State

COMING_MINUTES = (1, 3, 5, 10)
"""What the host's page offers beside “coming”."""
WAIT_MINUTES = (5, 10, 20, 30)
"""What the host's page offers beside “please wait”."""
MOST_MINUTES = 240
DECLINE_REASONS = ("busy", "away", "unknown", "other_day", "other")
"""Keys of the reasons that are offered; a sentence of the host's own is a reason too."""
LONGEST_REASON = 120


class Answer(StrEnum):
    """What the host said."""

    NONE = "none"
    COMING = "coming"
    WAIT = "wait"
    DECLINED = "declined"


class Step(StrEnum):
    """How far the message and its answer have come, as the kiosk and the board show it."""

    DESK = "desk"
    TOLD = "told"
    REACHED = "reached"
    SEEN = "seen"
    COMING = "coming"
    WAIT = "wait"
    DECLINED = "declined"
    MET = "met"
    IN = "in"
    EXPECTED = "expected"
    OVER = "over"


_BY_STATE = {State.EXPECTED: Step.EXPECTED, State.MET: Step.MET, State.IN: Step.IN, State.DECLINED: Step.DECLINED}


def step(
    state: State,
    *,
    answer: Answer,
    told_at: datetime | None,
    reached_at: datetime | None,
    seen_at: datetime | None,
    desk_asked_at: datetime | None,
) -> Step:
    """Return the step of the ladder: sent → delivered → seen → answered, or the desk once it was asked."""
    if state is not State.WAITING:
        return _BY_STATE.get(state, Step.OVER)
    if desk_asked_at is not None or told_at is None:
        return Step.DESK
    if answer in (Answer.COMING, Answer.WAIT):
        return Step(answer.value)
    if seen_at is not None:
        return Step.SEEN
    return Step.REACHED if reached_at is not None else Step.TOLD
