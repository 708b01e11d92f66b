"""The states of a meeting and the one table that moves it between them.

`已登记 registered → 待再确认 to_reconfirm → 已确认 confirmed → 准备中 preparing → 就绪 ready → 会议中 in_session → 已结束 ended →
整理中 turning_over → 已闭环 closed`; side exits *cancelled* and *no_show*. A draft is the preview of an import: it is no meeting yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Category(StrEnum):
    """What kind of meeting it is; each has a run sheet of its own."""

    SMALL = "small"
    ORDINARY = "ordinary"
    IMPORTANT = "important"
    VIP = "vip"


class Source(StrEnum):
    """How a meeting was registered."""

    FORM = "form"
    ADHOC = "adhoc"
    SCHEDULE = "schedule"
    API = "api"


class State(StrEnum):
    """Where a meeting stands."""

    REGISTERED = "registered"
    TO_RECONFIRM = "to_reconfirm"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    IN_SESSION = "in_session"
    ENDED = "ended"
    TURNING_OVER = "turning_over"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class Action(StrEnum):
    """What can happen to a meeting."""

    OPEN_RECONFIRM = "open_reconfirm"
    RECONFIRM = "reconfirm"
    CHANGE = "change"
    PREPARE = "prepare"
    UNPREPARE = "unprepare"
    UNPREPARE_UNCONFIRMED = "unprepare_unconfirmed"
    MAKE_READY = "make_ready"
    UNREADY = "unready"
    START = "start"
    TAKE_BACK_START = "take_back_start"
    END = "end"
    RESUME = "resume"
    TIDY = "tidy"
    CLOSE = "close"
    REOPEN = "reopen"
    CANCEL = "cancel"
    REINSTATE = "reinstate"
    MISS = "miss"
    UNMISS = "unmiss"


PLANNED = (State.REGISTERED, State.TO_RECONFIRM, State.CONFIRMED)
"""Nothing has been done for it yet."""
BEFORE_START = (*PLANNED, State.PREPARING, State.READY)
OPEN = (*BEFORE_START, State.IN_SESSION, State.ENDED, State.TURNING_OVER)
"""Something is still to be done for it; its room is taken."""
OVER = (State.CLOSED, State.CANCELLED, State.NO_SHOW)

TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.REGISTERED, Action.OPEN_RECONFIRM): State.TO_RECONFIRM,
    # Who calls early, or whom an ad-hoc meeting leaves no day before, is confirmed at once.
    **{(state, Action.RECONFIRM): State.CONFIRMED for state in (State.REGISTERED, State.TO_RECONFIRM)},
    # Supplies are drawn before the contact was reached: the call is still to be made, and moves nothing.
    **{(state, Action.RECONFIRM): state for state in (State.PREPARING, State.READY, State.IN_SESSION)},
    **{(state, Action.CHANGE): state for state in (*BEFORE_START, State.IN_SESSION)},
    **{(state, Action.PREPARE): State.PREPARING for state in PLANNED},
    (State.PREPARING, Action.UNPREPARE): State.CONFIRMED,
    # Undoing a step confirms nothing.
    (State.PREPARING, Action.UNPREPARE_UNCONFIRMED): State.REGISTERED,
    (State.PREPARING, Action.MAKE_READY): State.READY,
    # Another room or layout: what was ready there is not ready here.
    (State.READY, Action.UNREADY): State.PREPARING,
    # People sit down whether or not all was ticked: that they began is a fact.
    **{(state, Action.START): State.IN_SESSION for state in (*BEFORE_START, State.NO_SHOW)},
    (State.IN_SESSION, Action.TAKE_BACK_START): State.PREPARING,
    (State.IN_SESSION, Action.END): State.ENDED,
    **{(state, Action.RESUME): State.IN_SESSION for state in (State.ENDED, State.TURNING_OVER)},
    (State.ENDED, Action.TIDY): State.TURNING_OVER,
    (State.TURNING_OVER, Action.CLOSE): State.CLOSED,
    # The last step was undone.
    (State.CLOSED, Action.REOPEN): State.TURNING_OVER,
    **{(state, Action.CANCEL): State.CANCELLED for state in BEFORE_START},
    (State.CANCELLED, Action.REINSTATE): State.REGISTERED,
    **{(state, Action.MISS): State.NO_SHOW for state in BEFORE_START},
    (State.NO_SHOW, Action.UNMISS): State.REGISTERED,
}
"""(state, action) → the next state; a pair without a row is refused. A CHECK constraint of the table mirrors the states."""


def transition(state: State, action: Action) -> State | None:
    """Return where ``action`` leads from ``state``, None if it may not happen."""
    return TRANSITIONS.get((state, action))
