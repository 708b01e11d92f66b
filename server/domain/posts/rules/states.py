"""The states of a post, of a leave and of a cover, and who stands at the desk. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

from server.domain.staff.rules import Role

KEEPS_POST = (Role.ATTENDANT, Role.DESK, Role.SUPERVISOR)
"""Who has a post; everybody else is in the house without one."""
COVERS = (Role.ATTENDANT, Role.SUPERVISOR)
"""Who may cover for somebody (S23, S54)."""

UNDO_WITHIN = timedelta(seconds=60)
"""How long a change can be taken back by who made it."""
LONGEST_DUTY = timedelta(hours=16)
"""Who has not clocked out by then has forgotten it: off from the moment that is noticed, marked as assumed."""
TOUCH_EVERY = timedelta(minutes=1)
"""A tablet's sign of life is written at most this often."""
LONGEST_REASON = 80


class PostState(StrEnum):
    """Where somebody is. Who is off has no open stint."""

    OFF = "off"
    ON_POST = "on_post"
    MEAL = "meal"
    AWAY = "away"
    COVERING = "covering"


class PostAction(StrEnum):
    """What can happen to a post. ``note_away`` is what the supervisor found; ``back_to_…`` take a change back."""

    CLOCK_IN = "clock_in"
    GO_TO_MEAL = "go_to_meal"
    LEAVE = "leave"
    NOTE_AWAY = "note_away"
    COME_BACK = "come_back"
    COVER = "cover"
    CLOCK_OUT = "clock_out"
    ASSUME_OFF = "assume_off"
    BACK_TO_OFF = "back_to_off"
    BACK_TO_ON_POST = "back_to_on_post"
    BACK_TO_MEAL = "back_to_meal"
    BACK_TO_AWAY = "back_to_away"


_HERE = (PostState.ON_POST, PostState.COVERING)
_ELSEWHERE = (PostState.MEAL, PostState.AWAY)
_ON_DUTY = (*_HERE, *_ELSEWHERE)


def _from(states: Iterable[PostState], action: PostAction, to: PostState) -> dict[tuple[PostState, PostAction], PostState]:
    return {(state, action): to for state in states}


POSTS: Mapping[tuple[PostState, PostAction], PostState] = {
    **_from((PostState.OFF,), PostAction.CLOCK_IN, PostState.ON_POST),
    **_from((PostState.ON_POST,), PostAction.GO_TO_MEAL, PostState.MEAL),
    **_from((PostState.ON_POST,), PostAction.LEAVE, PostState.AWAY),
    **_from((*_HERE, PostState.MEAL), PostAction.NOTE_AWAY, PostState.AWAY),
    **_from((*_ELSEWHERE, PostState.COVERING), PostAction.COME_BACK, PostState.ON_POST),
    **_from((PostState.ON_POST,), PostAction.COVER, PostState.COVERING),
    **_from(_ON_DUTY, PostAction.CLOCK_OUT, PostState.OFF),
    **_from(_ON_DUTY, PostAction.ASSUME_OFF, PostState.OFF),
    **_from((PostState.ON_POST,), PostAction.BACK_TO_OFF, PostState.OFF),
    **_from((*_ELSEWHERE, PostState.COVERING, PostState.OFF), PostAction.BACK_TO_ON_POST, PostState.ON_POST),
    **_from((PostState.ON_POST, PostState.OFF), PostAction.BACK_TO_MEAL, PostState.MEAL),
    **_from((PostState.ON_POST, PostState.OFF), PostAction.BACK_TO_AWAY, PostState.AWAY),
}
"""(state, action) → the next state; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""


def action_back(to: PostState) -> PostAction | None:
    """Return the action that takes a change back to ``to``; None where it cannot be (a cover that has ended is asked for anew)."""
    return {
        PostState.OFF: PostAction.BACK_TO_OFF,
        PostState.ON_POST: PostAction.BACK_TO_ON_POST,
        PostState.MEAL: PostAction.BACK_TO_MEAL,
        PostState.AWAY: PostAction.BACK_TO_AWAY,
    }.get(to)


def actions_from(state: PostState) -> frozenset[PostAction]:
    """Return what may happen to a post in ``state``, for the buttons of a screen."""
    return frozenset(action for known, action in POSTS if known is state)


def stands_at_desk(state: PostState, role: Role, covered: Role | None = None) -> bool:
    """Tell whether somebody in this state is at the desk: the desk's own on post, or who covers for one of them."""
    return (state is PostState.ON_POST and role is Role.DESK) or (state is PostState.COVERING and covered is Role.DESK)


# --- leave (S51) and cover (S54) -----------------------------------------------------------------------------------------


class LeaveState(StrEnum):
    """How a wish to leave the post stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    TAKEN = "taken"


class LeaveAction(StrEnum):
    """What can happen to a wish to leave."""

    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    TAKE = "take"
    GIVE_BACK = "give_back"


LEAVES: Mapping[tuple[LeaveState, LeaveAction], LeaveState] = {
    (LeaveState.ASKED, LeaveAction.APPROVE): LeaveState.APPROVED,
    (LeaveState.ASKED, LeaveAction.REFUSE): LeaveState.REFUSED,
    (LeaveState.ASKED, LeaveAction.WITHDRAW): LeaveState.WITHDRAWN,
    (LeaveState.APPROVED, LeaveAction.WITHDRAW): LeaveState.WITHDRAWN,
    (LeaveState.APPROVED, LeaveAction.TAKE): LeaveState.TAKEN,
    (LeaveState.TAKEN, LeaveAction.GIVE_BACK): LeaveState.APPROVED,
}
"""(state, action) → the next state; a pair without a row is refused."""
OPEN_LEAVE = (LeaveState.ASKED, LeaveState.APPROVED)


class CoverState(StrEnum):
    """How a wish to be covered stands."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class CoverAction(StrEnum):
    """What can happen to a wish to be covered."""

    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    END = "end"
    REOPEN = "reopen"


COVER_TABLE: Mapping[tuple[CoverState, CoverAction], CoverState] = {
    (CoverState.ASKED, CoverAction.ACCEPT): CoverState.ACCEPTED,
    (CoverState.ASKED, CoverAction.WITHDRAW): CoverState.WITHDRAWN,
    (CoverState.ACCEPTED, CoverAction.END): CoverState.ENDED,
    (CoverState.ACCEPTED, CoverAction.REOPEN): CoverState.ASKED,
}
"""(state, action) → the next state; a pair without a row is refused."""
OPEN_COVER = (CoverState.ASKED, CoverState.ACCEPTED)
