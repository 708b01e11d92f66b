"""The verbs of posts: opening and locking a tablet, coming and going, leaving with approval, taking over. Each is one transaction."""

from __future__ import annotations

from server.domain.posts.service.covering import accept_cover, ask_cover, withdraw_cover
from server.domain.posts.service.duty import clock_in, clock_out, come_back, end_forgotten, go_to_meal, undo
from server.domain.posts.service.leaving import approve_leave, ask_leave, leave_post, note_away, refuse_leave, withdraw_leave
from server.domain.posts.service.tablets import CheckedPin, lock, lock_still, open_tablet, touch_tablet, unlock

__all__ = [
    "CheckedPin",
    "accept_cover",
    "approve_leave",
    "ask_cover",
    "ask_leave",
    "clock_in",
    "clock_out",
    "come_back",
    "end_forgotten",
    "go_to_meal",
    "leave_post",
    "lock",
    "lock_still",
    "note_away",
    "open_tablet",
    "refuse_leave",
    "touch_tablet",
    "undo",
    "unlock",
    "withdraw_cover",
    "withdraw_leave",
]
