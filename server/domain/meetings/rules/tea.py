"""Rounds of tea: the next one counts from the last one done, never from a grid, so that a late round makes no pile (S124)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.meetings.rules.sheets import FIRST_ROUND
from server.domain.meetings.rules.steps import Level


class RoundState(StrEnum):
    """Where a round stands. That it is due is computed; while nobody may disturb it has no hour at all."""

    ARMED = "armed"
    CLAIMED = "claimed"
    INSIDE = "inside"
    DONE = "done"
    SKIPPED = "skipped"
    DROPPED = "dropped"


class RoundAction(StrEnum):
    """What can happen to a round."""

    CLAIM = "claim"
    RELEASE = "release"
    ENTER = "enter"
    FINISH = "finish"
    SKIP = "skip"
    UNDO = "undo"
    DROP = "drop"


OPEN_ROUNDS = (RoundState.ARMED, RoundState.CLAIMED, RoundState.INSIDE)

ROUND_TRANSITIONS: Mapping[tuple[RoundState, RoundAction], RoundState] = {
    (RoundState.ARMED, RoundAction.CLAIM): RoundState.CLAIMED,
    # From inside too: who has it may be called away, or no longer look after the meeting.
    **{(state, RoundAction.RELEASE): RoundState.ARMED for state in (RoundState.CLAIMED, RoundState.INSIDE)},
    **{(state, RoundAction.ENTER): RoundState.INSIDE for state in (RoundState.ARMED, RoundState.CLAIMED)},
    **{(state, RoundAction.FINISH): RoundState.DONE for state in OPEN_ROUNDS},
    **{(state, RoundAction.SKIP): RoundState.SKIPPED for state in OPEN_ROUNDS},
    **{(state, RoundAction.UNDO): RoundState.ARMED for state in (RoundState.DONE, RoundState.SKIPPED)},
    # The meeting ended, or went over to tea on request.
    **{(state, RoundAction.DROP): RoundState.DROPPED for state in OPEN_ROUNDS},
}
"""(state, action) → the next state; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""

SKIP_REASONS = ("do_not_disturb", "cups_full", "nobody_there", "somebody_speaks")
"""Why a round is left out, one tap each; any other text is the attendant's own."""
NOT_BEFORE_END = timedelta(minutes=10)
"""Nobody pours for people who are about to get up."""
NEAR_BREAK = timedelta(minutes=10)
"""A round this near to the tea break is part of it."""
LEAST_MINUTES, MOST_MINUTES = 5, 120
"""Between which the interval may be set."""
TEA_LADDER: tuple[tuple[Level, timedelta], ...] = (
    (Level.DUE, timedelta(0)),
    (Level.LATE, timedelta(minutes=5)),
    (Level.BOARD, timedelta(minutes=10)),
)
"""Late, and the other attendants see it; then the board does."""
ONE_TRIP = timedelta(minutes=4)
"""Rounds on one floor due within this time are one trip of the trolley."""


@dataclass(frozen=True, kw_only=True)
class Course:
    """What a meeting's tea hangs on."""

    started_at: datetime
    ends_at: datetime
    minutes: int | None
    pause: datetime | None
    undisturbed: bool


def round_transition(state: RoundState, action: RoundAction) -> RoundState | None:
    """Return where ``action`` leads from ``state``, None if it may not happen."""
    return ROUND_TRANSITIONS.get((state, action))


def next_round(course: Course, last: datetime | None, now: datetime) -> datetime | None:
    """Return when the next round is due, after ``last`` (done or left out); None if there is none.

    None while nobody may disturb, on call, or where it would fall too near to the end. A round near the tea break is part of it: the
    next one counts from the break.
    """
    if course.minutes is None or course.undisturbed:
        return None
    interval = timedelta(minutes=course.minutes)
    due = course.started_at + FIRST_ROUND if last is None else last + interval
    before_pause = course.pause is not None and (last is None or last < course.pause)
    if course.pause is not None and before_pause and abs(due - course.pause) <= NEAR_BREAK:
        due = course.pause + interval
    due = max(due, now)
    return due if due <= course.ends_at - NOT_BEFORE_END else None


def planned_rounds(course: Course) -> tuple[datetime, ...]:
    """Return when the rounds of a meeting fall due if each is done at its hour; none on call."""
    found: list[datetime] = []
    due = next_round(course, None, course.started_at)
    while due is not None:
        found.append(due)
        due = next_round(course, due, due)
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A round as a stop of the trolley."""

    round_id: int
    floor: str
    due_at: datetime


def trips(stops: Iterable[Stop]) -> list[Sequence[Stop]]:
    """Return the rounds as trips: those on one floor that are due within four minutes of the trip's first go together."""
    made: list[list[Stop]] = []
    for stop in sorted(stops, key=lambda stop: (stop.due_at, stop.round_id)):
        together = next((trip for trip in made if trip[0].floor == stop.floor and stop.due_at - trip[0].due_at <= ONE_TRIP), None)
        if together is None:
            made.append([stop])
        else:
            together.append(stop)
    return list(made)
