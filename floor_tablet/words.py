"""What the tablet calls things, and what it says when something was done."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.web.words import LEAVE_REASONS, POSTS, STAFF_ROLES, floor, leave_reason, named

__all__ = ["DONE", "LEAVE_REASONS", "POSTS", "STAFF_ROLES", "done_sentence", "floor", "leave_reason", "named"]

DONE: Mapping[str, LazyString] = {
    "clocked_in": lazy_gettext("You are on post now."),
    "at_meal": lazy_gettext("You are at a meal."),
    "away": lazy_gettext("You are away from your post."),
    "back_on_post": lazy_gettext("You are back on post."),
    "clocked_out": lazy_gettext("You are off duty."),
    "cover_asked": lazy_gettext("The others are asked to cover for you."),
    "cover_withdrawn": lazy_gettext("Nobody is asked to cover any more."),
    "cover_accepted": lazy_gettext("You cover now."),
    "leave_asked": lazy_gettext("The supervisor is asked."),
    "leave_approved": lazy_gettext("You may leave."),
    "leave_withdrawn": lazy_gettext("The supervisor is no longer asked."),
    "post_undone": lazy_gettext("Taken back."),
}
"""Outcome → the sentence shown after it."""


def done_sentence(code: str) -> str:
    """Return what was just done; empty for an unknown code."""
    return str(DONE[code]) if code in DONE else ""
