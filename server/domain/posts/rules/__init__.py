"""Rules of posts: states, what may follow what, who may cover, who stands at the desk, and when it stood empty. Pure."""

from __future__ import annotations

from server.domain.posts.rules.desk import Attendance, Gap, gaps
from server.domain.posts.rules.states import (
    COVER_TABLE,
    COVERS,
    KEEPS_POST,
    LEAVES,
    LONGEST_DUTY,
    LONGEST_REASON,
    OPEN_COVER,
    OPEN_LEAVE,
    POSTS,
    TOUCH_EVERY,
    UNDO_WITHIN,
    CoverAction,
    CoverState,
    LeaveAction,
    LeaveState,
    PostAction,
    PostState,
    action_back,
    actions_from,
    stands_at_desk,
)

__all__ = [
    "COVERS",
    "COVER_TABLE",
    "KEEPS_POST",
    "LEAVES",
    "LONGEST_DUTY",
    "LONGEST_REASON",
    "OPEN_COVER",
    "OPEN_LEAVE",
    "POSTS",
    "TOUCH_EVERY",
    "UNDO_WITHIN",
    "Attendance",
    "CoverAction",
    "CoverState",
    "Gap",
    "LeaveAction",
    "LeaveState",
    "PostAction",
    "PostState",
    "action_back",
    "actions_from",
    "gaps",
    "stands_at_desk",
]
