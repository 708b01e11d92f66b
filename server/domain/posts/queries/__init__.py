"""Reads of posts: where everybody is, how a day went, and for whom a tablet is open."""

from __future__ import annotations

from server.domain.posts.queries.days import Coverage, GapRow, StintRow, coverage, history
from server.domain.posts.queries.now import (
    CoverRow,
    LeaveRow,
    PostRow,
    available,
    everyone,
    is_desk_empty,
    newest_decision,
    on_duty,
    open_covers,
    open_leaves,
    post_of,
)
from server.domain.posts.queries.tablets import (
    Unlocked,
    holds,
    is_good,
    may_unlock,
    pin_mark,
    pin_wait,
    sessions_to_lock,
    stillness,
    unlocked,
    unlockers,
)

__all__ = [
    "CoverRow",
    "Coverage",
    "GapRow",
    "LeaveRow",
    "PostRow",
    "StintRow",
    "Unlocked",
    "available",
    "coverage",
    "everyone",
    "history",
    "holds",
    "is_desk_empty",
    "is_good",
    "may_unlock",
    "newest_decision",
    "on_duty",
    "open_covers",
    "open_leaves",
    "pin_mark",
    "pin_wait",
    "post_of",
    "sessions_to_lock",
    "stillness",
    "unlocked",
    "unlockers",
]
