"""The states of a visit and the one table that moves it between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a visitor stands."""

    EXPECTED = "expected"
    WAITING = "waiting"
    MET = "met"
    IN = "in"
    OUT = "out"
    NO_SHOW = "no_show"
    DECLINED = "declined"
    EXPIRED = "expired"
    ASSUMED_LEFT = "assumed_left"
    WITHDRAWN = "withdrawn"


IN_BUILDING = (State.WAITING, State.MET, State.IN)
"""Who counts as being in the building."""
ARRIVED = (*IN_BUILDING, State.OUT, State.ASSUMED_LEFT, State.DECLINED)
"""States that nobody reaches without having arrived."""
OVER = (State.OUT, State.NO_SHOW, State.DECLINED, State.EXPIRED, State.ASSUMED_LEFT, State.WITHDRAWN)
"""States in which a visitor's record may be deleted at the visitor's wish."""


class Action(StrEnum):
    """What can happen to a visit. ``record_…`` are facts told afterwards: no state refuses them."""

    SIGN_IN = "sign_in"
    SIGN_IN_AT_DESK = "sign_in_at_desk"
    MEET = "meet"
    ADMIT = "admit"
    SIGN_OUT = "sign_out"
    DECLINE = "decline"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MISS = "miss"
    EXPIRE = "expire"
    RENEW = "renew"
    ASSUME_LEFT = "assume_left"
    BACK_TO_WAITING = "back_to_waiting"
    BACK_TO_MET = "back_to_met"
    BACK_TO_IN = "back_to_in"
    RECORD_ARRIVAL = "record_arrival"
    RECORD_DEPARTURE = "record_departure"


@dataclass(frozen=True, kw_only=True)
class Transition:
    """Where an action leads; ``contradicts`` marks a fact that does not fit what was known."""

    to: State
    contradicts: bool = False


START = (State.EXPECTED, State.WAITING)
"""A visit begins as expected (invited) or waiting (a walk-in)."""


def _from(states: tuple[State, ...], action: Action, to: State, *, contradicts: bool = False) -> dict[tuple[State, Action], Transition]:
    return {(state, action): Transition(to=to, contradicts=contradicts) for state in states}


def _kept(states: tuple[State, ...], action: Action) -> dict[tuple[State, Action], Transition]:
    return {(state, action): Transition(to=state, contradicts=True) for state in states}


_GONE = (State.OUT, State.ASSUMED_LEFT)
_PASSED = (State.NO_SHOW, State.EXPIRED)
_CLOSED = (State.NO_SHOW, State.EXPIRED, State.WITHDRAWN)

TRANSITIONS: Mapping[tuple[State, Action], Transition] = {
    **_from((State.EXPECTED, *_GONE), Action.SIGN_IN, State.WAITING),
    # The desk sees the person: a window that passed does not stop it.
    **_from((State.EXPECTED, *_PASSED, *_GONE), Action.SIGN_IN_AT_DESK, State.WAITING),
    **_from((State.WAITING,), Action.MEET, State.MET),
    **_from((State.WAITING, State.MET), Action.ADMIT, State.IN),
    **_from((*IN_BUILDING, State.ASSUMED_LEFT), Action.SIGN_OUT, State.OUT),
    **_from((State.WAITING,), Action.DECLINE, State.DECLINED),
    **_from((State.DECLINED,), Action.REOPEN, State.WAITING),
    **_from((State.EXPECTED, State.WAITING), Action.WITHDRAW, State.WITHDRAWN),
    **_from((State.EXPECTED,), Action.MISS, State.NO_SHOW),
    **_from((State.EXPECTED,), Action.EXPIRE, State.EXPIRED),
    **_from((*_PASSED, State.WITHDRAWN), Action.RENEW, State.EXPECTED),
    **_from(IN_BUILDING, Action.ASSUME_LEFT, State.ASSUMED_LEFT),
    **_from(_GONE, Action.BACK_TO_WAITING, State.WAITING),
    **_from(_GONE, Action.BACK_TO_MET, State.MET),
    **_from(_GONE, Action.BACK_TO_IN, State.IN),
    **_from((State.EXPECTED, State.NO_SHOW), Action.RECORD_ARRIVAL, State.IN),
    **_from((State.EXPIRED, State.WITHDRAWN, State.DECLINED), Action.RECORD_ARRIVAL, State.IN, contradicts=True),
    **_kept((*IN_BUILDING, *_GONE), Action.RECORD_ARRIVAL),
    **_from((*IN_BUILDING, State.ASSUMED_LEFT), Action.RECORD_DEPARTURE, State.OUT),
    **_kept((State.EXPECTED, *_CLOSED, State.DECLINED, State.OUT), Action.RECORD_DEPARTURE),
}
"""(state, action) → what happens; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""


def transition(state: State, action: Action) -> Transition | None:
    """Return where ``action`` leads from ``state``, None if it may not happen."""
    return TRANSITIONS.get((state, action))


def action_back(*, met: bool, admitted: bool) -> Action:
    """Return the action that takes a sign-out back to where the visitor was."""
    if admitted:
        return Action.BACK_TO_IN
    return Action.BACK_TO_MET if met else Action.BACK_TO_WAITING


def action_when_window_ends(*, days: int) -> Action:
    """Return what becomes of an expected visit whose window of ``days`` calendar days passed.

    Who was expected on one day did not come; a leave to come within several days has run out.
    """
    return Action.MISS if days <= 1 else Action.EXPIRE
