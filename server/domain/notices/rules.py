"""Messages to hosts: their kinds, their states, and when a failed one is tried again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a message is about."""

    ARRIVAL = "arrival"
    DELEGATE = "delegate"
    REASSIGNED = "reassigned"
    AGAIN = "again"
    FAREWELL = "farewell"


class NoticeState(StrEnum):
    """How far a message has come. ``kept`` stays in-app only: the host has no address to send to."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"
    NEEDLESS = "needless"


class NoticeAction(StrEnum):
    """What can happen to a message."""

    CLAIM = "claim"
    SUCCEED = "succeed"
    KEEP = "keep"
    RETRY = "retry"
    GIVE_UP = "give_up"
    DROP = "drop"


TRANSITIONS: Mapping[tuple[NoticeState, NoticeAction], NoticeState] = {
    (NoticeState.WAITING, NoticeAction.CLAIM): NoticeState.SENDING,
    # Whoever claimed it did not come back: the claim has run out and another may try.
    (NoticeState.SENDING, NoticeAction.CLAIM): NoticeState.SENDING,
    (NoticeState.WAITING, NoticeAction.DROP): NoticeState.NEEDLESS,
    (NoticeState.SENDING, NoticeAction.DROP): NoticeState.NEEDLESS,
    (NoticeState.SENDING, NoticeAction.SUCCEED): NoticeState.SENT,
    (NoticeState.SENDING, NoticeAction.KEEP): NoticeState.KEPT,
    (NoticeState.SENDING, NoticeAction.RETRY): NoticeState.WAITING,
    (NoticeState.SENDING, NoticeAction.GIVE_UP): NoticeState.FAILED,
}
"""(state, action) → the next state; a pair without a row is refused."""

CLAIMED = timedelta(seconds=60)
"""How long whoever claimed a message has for sending it, before another may."""
PAUSES = (timedelta(seconds=5), timedelta(seconds=15), timedelta(seconds=45), timedelta(minutes=2), timedelta(minutes=5))
"""How long to wait after each failed try; after one more the message has failed."""


def next_try(failed_at: datetime, tries: int) -> datetime | None:
    """Return when to try again after ``tries`` failed ones; None if it is given up."""
    return failed_at + PAUSES[tries - 1] if tries <= len(PAUSES) else None
