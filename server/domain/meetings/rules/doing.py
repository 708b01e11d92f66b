"""Whether anything can be done about a step as its meeting stands; what no screen offers, no verb takes."""

from __future__ import annotations

from server.domain.meetings.rules.booking import State
from server.domain.meetings.rules.sheets import Phase

AFTER_END = (State.ENDED, State.TURNING_OVER, State.CLOSED)


def can_be_done(state: State, phase: Phase) -> bool:
    """Tell whether a step can be done, left out or taken back: closing comes after the end, the rest before it."""
    if state in (State.CANCELLED, State.NO_SHOW):
        return False
    return (state in AFTER_END) == (phase is Phase.CLOSE)
