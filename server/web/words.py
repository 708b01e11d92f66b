"""What the faces call things of the house: states, steps of the ladder, purposes, posts and devices, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

STATES: Mapping[str, tuple[LazyString, str, str]] = {
    "expected": (lazy_gettext("Expected"), "info", "calendar"),
    "waiting": (lazy_gettext("Waiting"), "due", "clock"),
    "met": (lazy_gettext("Met"), "ok", "users"),
    "in": (lazy_gettext("Inside"), "ok", "enter"),
    "out": (lazy_gettext("Left"), "calm", "exit"),
    "no_show": (lazy_gettext("Did not come"), "calm", "dot"),
    "declined": (lazy_gettext("Declined"), "bad", "refused"),
    "expired": (lazy_gettext("Expired"), "calm", "dot"),
    "assumed_left": (lazy_gettext("Assumed left"), "calm", "help"),
    "withdrawn": (lazy_gettext("Withdrawn"), "calm", "close"),
}
"""State of a visit → word, tone, icon."""

STEPS: Mapping[str, tuple[LazyString, str, str]] = {
    "expected": (lazy_gettext("Expected"), "info", "calendar"),
    "desk": (lazy_gettext("Desk is asked"), "bad", "alert"),
    "told": (lazy_gettext("Sent"), "calm", "send"),
    "reached": (lazy_gettext("Delivered"), "calm", "mail"),
    "seen": (lazy_gettext("Seen"), "due", "eye"),
    "coming": (lazy_gettext("Coming"), "ok", "check"),
    "wait": (lazy_gettext("Asked to wait"), "info", "wait"),
    "declined": (lazy_gettext("Declined"), "bad", "refused"),
    "met": (lazy_gettext("Met"), "ok", "users"),
    "in": (lazy_gettext("Inside"), "ok", "enter"),
    "over": (lazy_gettext("Over"), "calm", "dot"),
}
"""Step of the host's ladder → word, tone, icon."""

PURPOSES: Mapping[str, LazyString] = {
    "meeting": lazy_gettext("Meeting"),
    "interview": lazy_gettext("Job interview"),
    "viewing": lazy_gettext("Viewing"),
    "service": lazy_gettext("Service or repair"),
    "other": lazy_gettext("Other"),
}

REASONS: Mapping[str, LazyString] = {
    "busy": lazy_gettext("Not free just now"),
    "away": lazy_gettext("Not in the office today"),
    "unknown": lazy_gettext("Does not know the visitor"),
    "other_day": lazy_gettext("Please come another day"),
    "other": lazy_gettext("Not possible today"),
}
"""Why a host declines; any other text is the host's own sentence."""

STAFF_ROLES: Mapping[str, LazyString] = {
    "desk": lazy_gettext("Front desk"),
    "supervisor": lazy_gettext("Supervisor"),
    "keeper": lazy_gettext("Stockroom keeper"),
    "admin": lazy_gettext("Administrator"),
    "attendant": lazy_gettext("Attendant"),
}

POSTS: Mapping[str, tuple[LazyString, str, str]] = {
    "on_post": (lazy_gettext("On post"), "ok", "check"),
    "covering": (lazy_gettext("Covering"), "info", "turn"),
    "meal": (lazy_gettext("At a meal"), "due", "food"),
    "away": (lazy_gettext("Away"), "due", "exit"),
    "off": (lazy_gettext("Off duty"), "calm", "moon"),
}
"""State of a post → word, tone, icon."""

LEAVE_REASONS: Mapping[str, LazyString] = {
    "errand": lazy_gettext("An errand"),
    "called": lazy_gettext("Called elsewhere"),
    "unwell": lazy_gettext("Not feeling well"),
}
"""Why somebody wants to leave the post; any other text is their own sentence."""

DEVICE_ROLES: Mapping[str, LazyString] = {
    "kiosk": lazy_gettext("Lobby kiosk"),
    "tablet": lazy_gettext("Floor tablet"),
    "board": lazy_gettext("Board"),
    "door": lazy_gettext("Door sign"),
}


def reason(text: str) -> str:
    """Return why a host declined: a known reason in the reader's language, or the host's own sentence."""
    return str(REASONS[text]) if text in REASONS else text


def leave_reason(text: str) -> str:
    """Return why somebody leaves the post: a known reason in the reader's language, or their own sentence."""
    return str(LEAVE_REASONS[text]) if text in LEAVE_REASONS else text


def named(name: str, name_en: str, lang: str) -> str:
    """Return a name as the reader's language has it; whichever there is, if there is one only."""
    return (name_en or name) if lang == "en" else (name or name_en)


def floor(value: object) -> str:
    """Return a floor in words; nothing for an unknown one."""
    text = str(value or "").strip()
    return gettext("floor %(floor)s", floor=text) if text else ""
