"""The words of the phone for reasons, weekdays, fields and invitations, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.visits.queries import HostVisit, InvitationView, PassView
from server.web.house import house
from server.web.i18n import WEEKDAYS_EN, WEEKDAYS_ZH, day_words, language
from server.web.words import PURPOSES

REASONS: dict[str, LazyString] = {
    "busy": lazy_gettext("I am busy just now"),
    "away": lazy_gettext("I am not in the office"),
    "unknown": lazy_gettext("I do not know this visitor"),
    "other_day": lazy_gettext("Another day, please"),
}
"""Reasons a host gives with one tap."""

FIELDS: dict[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "phone": lazy_gettext("Phone"),
    "company": lazy_gettext("Company"),
    "purpose": lazy_gettext("Purpose"),
    "companions": lazy_gettext("Companions"),
    "host": lazy_gettext("Host"),
    "gate": lazy_gettext("Gate"),
    "reason": lazy_gettext("Reason for declining"),
}
"""What is stored about a visitor, field by field."""

ROLES: dict[str, LazyString] = {
    "desk": lazy_gettext("front desk"),
    "supervisor": lazy_gettext("supervisor"),
    "keeper": lazy_gettext("stockroom keeper"),
    "admin": lazy_gettext("administrator"),
    "attendant": lazy_gettext("attendant"),
    "host": lazy_gettext("your host"),
}
"""Who may have looked at a record."""


def word(words: Mapping[str, LazyString], key: str) -> str:
    """Return the word for ``key``, or the key itself where a newer house has one that this page does not know."""
    found = words.get(key)
    return str(found) if found is not None else key


def weekday(number: int) -> str:
    """Return the short name of a weekday, 0 for Monday."""
    return WEEKDAYS_EN[number] if language() == "en" else f"周{WEEKDAYS_ZH[number]}"


def weekdays(numbers: tuple[int, ...]) -> str:
    """Return some weekdays in one line."""
    if numbers == (0, 1, 2, 3, 4):
        return str(gettext("every working day"))
    if len(numbers) == 7:
        return str(gettext("every day"))
    return str(gettext(", ")).join(weekday(number) for number in numbers)


def clock_of(minutes: int) -> str:
    """Return minutes after midnight as an hour of the day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def rhythm_words(invitation: InvitationView | PassView) -> str:
    """Return when a recurring invitation lets somebody in: weekdays, hours, and until which day."""
    hours = f"{clock_of(invitation.daily_from or 0)}–{clock_of(invitation.daily_until or 0)}"
    last = (invitation.valid_until - timedelta(seconds=1)).astimezone(house().settings.zone).date()
    days = weekdays(invitation.weekdays)
    return str(gettext("%(days)s %(hours)s, until %(day)s", days=days, hours=hours, day=day_words(last, language())))


def invitation_words(invitation: InvitationView) -> str:
    """Return when an invitation lets somebody in, in one line."""
    if invitation.recurring:
        return rhythm_words(invitation)
    begins, ends = (instant.astimezone(house().settings.zone) for instant in (invitation.valid_from, invitation.valid_until))
    return f"{day_words(begins.date(), language())} {begins:%H:%M}–{ends:%H:%M}"


def visit_words(visit: HostVisit) -> str:
    """Return what a host wants to know of a visitor beside the name: from where, what for, with how many."""
    parts = [visit.company, word(PURPOSES, visit.purpose) if visit.purpose else ""]
    if visit.companions:
        parts.append(gettext("with %(number)s more", number=visit.companions))
    return " · ".join(part for part in parts if part)
