"""What the faces call things of the lobby: states, steps of the ladder, purposes and devices, in the reader's language."""

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

DEVICE_ROLES: Mapping[str, LazyString] = {
    "kiosk": lazy_gettext("Lobby kiosk"),
    "tablet": lazy_gettext("Floor tablet"),
    "board": lazy_gettext("Board"),
    "door": lazy_gettext("Door sign"),
}


def reason(text: str) -> str:
    """Return why a host declined: a known reason in the reader's language, or the host's own sentence."""
    return str(REASONS[text]) if text in REASONS else text


def named(name: str, name_en: str, lang: str) -> str:
    """Return a name as the reader's language has it; whichever there is, if there is one only."""
    return (name_en or name) if lang == "en" else (name or name_en)


def floor(value: object) -> str:
    """Return a floor in words; nothing for an unknown one."""
    text = str(value or "").strip()
    return gettext("floor %(floor)s", floor=text) if text else ""
