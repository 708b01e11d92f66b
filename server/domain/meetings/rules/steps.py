"""The states of one step of a run sheet, the one table that moves it, and when it may be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class StepState(StrEnum):
    """Where a step stands. That it is due, or late, is computed from its hour and never stored."""

    PLANNED = "planned"
    DOING = "doing"
    DONE = "done"
    SKIPPED = "skipped"
    MISSED = "missed"
    DROPPED = "dropped"


class StepAction(StrEnum):
    """What can happen to a step."""

    BEGIN = "begin"
    FINISH = "finish"
    SKIP = "skip"
    UNDO = "undo"
    MISS = "miss"
    REOPEN = "reopen"
    DROP = "drop"


OPEN_STEPS = (StepState.PLANNED, StepState.DOING)
SETTLED = (StepState.DONE, StepState.SKIPPED)

STEP_TRANSITIONS: Mapping[tuple[StepState, StepAction], StepState] = {
    (StepState.PLANNED, StepAction.BEGIN): StepState.DOING,
    **{(state, StepAction.FINISH): StepState.DONE for state in OPEN_STEPS},
    **{(state, StepAction.SKIP): StepState.SKIPPED for state in OPEN_STEPS},
    **{(state, StepAction.UNDO): StepState.PLANNED for state in (StepState.DOING, *SETTLED)},
    **{(state, StepAction.MISS): StepState.MISSED for state in OPEN_STEPS},
    # It was missed by a start or an end that is taken back.
    (StepState.MISSED, StepAction.REOPEN): StepState.PLANNED,
    # The meeting was cancelled, or changed so that this is not needed any more.
    **{(state, StepAction.DROP): StepState.DROPPED for state in OPEN_STEPS},
}
"""(state, action) → the next state; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""

EARLIEST = timedelta(minutes=15)
"""A step is not done earlier than this before its hour without a reason: ticking a whole sheet in the evening is no service."""
UNDO_SECONDS = 10
"""How long a toast offers to take a tap back; on the meeting's page it can be undone while the meeting is open."""


def step_transition(state: StepState, action: StepAction) -> StepState | None:
    """Return where ``action`` leads from ``state``, None if it may not happen."""
    return STEP_TRANSITIONS.get((state, action))


def opens_at(due_at: datetime) -> datetime:
    """Return from when on a step may be done without a reason."""
    return due_at - EARLIEST


def is_too_early(due_at: datetime, now: datetime) -> bool:
    """Tell whether a step would be done before its window."""
    return now < opens_at(due_at)


class Level(StrEnum):
    """The alarm ladder: how far a thing's time has run out. A screen shows what its level says; each crossing is a fact once."""

    NONE = "none"
    SOON = "soon"
    DUE = "due"
    LATE = "late"
    BOARD = "board"
    SUPERVISOR = "supervisor"


LADDER: tuple[tuple[Level, timedelta], ...] = (
    (Level.SOON, timedelta(minutes=-10)),
    (Level.DUE, timedelta(0)),
    (Level.LATE, timedelta(minutes=5)),
    (Level.BOARD, timedelta(minutes=10)),
    (Level.SUPERVISOR, timedelta(minutes=15)),
)
"""Level → how long after the hour it is reached."""
UNDER_WAY: tuple[tuple[Level, timedelta], ...] = LADDER[2:]
"""The same for what somebody is at: they need no word that it is due, only others that it takes long."""


def level_at(due_at: datetime, now: datetime, ladder: tuple[tuple[Level, timedelta], ...] = LADDER) -> Level:
    """Return how far up the ladder something due at ``due_at`` is."""
    reached = Level.NONE
    for level, after in ladder:
        if now >= due_at + after:
            reached = level
    return reached


def next_alarm(due_at: datetime, level: Level, ladder: tuple[tuple[Level, timedelta], ...] = LADDER) -> datetime | None:
    """Return when the ladder goes one up from ``level``; None at its top."""
    order = [rung for rung, _ in ladder]
    place = order.index(level) + 1 if level in order else 0
    return due_at + ladder[place][1] if place < len(ladder) else None


@dataclass(frozen=True)
class Alarm:
    """Where a ladder stands, and when it goes on (None: never)."""

    level: Level
    next_at: datetime | None


def alarm_of(due_at: datetime, takes_minutes: int, state: StepState, now: datetime) -> Alarm:
    """Return how far up the ladder an open step is: counted from its hour, and once somebody is at it from when it should be done."""
    is_under_way = state is StepState.DOING
    ladder, counted = (UNDER_WAY, due_at + timedelta(minutes=takes_minutes)) if is_under_way else (LADDER, due_at)
    level = level_at(counted, now, ladder)
    return Alarm(level, next_alarm(counted, level, ladder))
