"""A call for a person: open until somebody at the desk answers it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class CallState(StrEnum):
    """Whether somebody comes."""

    OPEN = "open"
    ANSWERED = "answered"


class CallAction(StrEnum):
    """What can happen to a call."""

    ANSWER = "answer"


TRANSITIONS: Mapping[tuple[CallState, CallAction], CallState] = {(CallState.OPEN, CallAction.ANSWER): CallState.ANSWERED}
"""(state, action) → the next state; a pair without a row is refused."""
