"""The kiosk's sentences for what was typed wrongly, and the words for purposes and reasons."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.visits.rules import Purpose
from server.web.sentences import add

add(
    {
        "six_digits_needed": lazy_gettext("The code has six digits."),
        "four_digits_needed": lazy_gettext("Please type the last four digits of your phone number."),
        "consent_missing": lazy_gettext("Please read this and tap it to agree. Without it the front desk signs you in."),
        "no_match": lazy_gettext("No visitor was found by this. Please check it, or call a person."),
    },
    face="kiosk",
)

PURPOSES: Mapping[Purpose, tuple[LazyString, str]] = {
    Purpose.MEETING: (lazy_gettext("Meeting"), "users"),
    Purpose.INTERVIEW: (lazy_gettext("Interview"), "user"),
    Purpose.VIEWING: (lazy_gettext("Viewing"), "building"),
    Purpose.SERVICE: (lazy_gettext("Service"), "wrench"),
    Purpose.OTHER: (lazy_gettext("Other"), "more"),
}
"""Purpose → its word and icon, in the order they are offered."""

REASONS: Mapping[str, LazyString] = {
    "busy": lazy_gettext("In a meeting just now."),
    "away": lazy_gettext("Not in the office today."),
    "unknown": lazy_gettext("The name was not recognised."),
    "other_day": lazy_gettext("Another day would be better."),
    "other": lazy_gettext("Not possible at the moment."),
}
"""Reason of a refusal → how the kiosk says it; a host's own sentence is shown as it is."""
