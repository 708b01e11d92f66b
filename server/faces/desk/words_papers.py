"""What the desk calls things of rooms, run sheets, calendar and registers, what was just done to them, and what is said when refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.meetings.rules import Anchor
from server.web import sentences

DONE: Mapping[str, LazyString] = {
    "room_added": lazy_gettext("The room is added."),
    "room_changed": lazy_gettext("Saved."),
    "room_retired": lazy_gettext("The room is out of use. What is registered in it stays."),
    "room_restored": lazy_gettext("The room is back in use."),
    "layout_set": lazy_gettext("Saved."),
    "photo_kept": lazy_gettext("The photo is shown at the check an hour before."),
    "photo_dropped": lazy_gettext("The photo is no longer shown."),
    "sheet_changed": lazy_gettext("Saved. Meetings registered or changed from now on follow it."),
    "sheet_back": lazy_gettext("As the plan has it again."),
    "manual_set": lazy_gettext("Saved. Desk and tablets show it from now on."),
    "day_set": lazy_gettext("Saved."),
    "year_confirmed": lazy_gettext("The year is confirmed."),
    "year_reopened": lazy_gettext("The year is to be confirmed again."),
}
"""Outcome → the sentence shown on the next screen."""

UNDO: Mapping[str, str] = {
    "room_retired": "/desk/rooms/{}/restore",
    "photo_dropped": "/desk/rooms/{}/show",
    "sheet_back": "/desk/sheets/{}",
    "year_confirmed": "/desk/calendar/{}/reopen",
}
"""Outcome → the address that takes it back."""

DAY_KINDS: Mapping[str, tuple[LazyString, LazyString, str]] = {
    "rest": (lazy_gettext("Day off"), lazy_gettext("off"), "sun"),
    "work": (lazy_gettext("Worked"), lazy_gettext("on"), "check"),
    "plain": (lazy_gettext("As its weekday"), lazy_gettext("plain"), "calendar"),
}
"""Kind of a day → word, the mark in the calendar, icon."""

MONTHS = (
    lazy_gettext("January"),
    lazy_gettext("February"),
    lazy_gettext("March"),
    lazy_gettext("April"),
    lazy_gettext("May"),
    lazy_gettext("June"),
    lazy_gettext("July"),
    lazy_gettext("August"),
    lazy_gettext("September"),
    lazy_gettext("October"),
    lazy_gettext("November"),
    lazy_gettext("December"),
)


def hour(anchor: Anchor, minutes: int) -> str:
    """Return when a line of a run sheet is due, in words."""
    if anchor is Anchor.DAY_BEFORE:
        return str(gettext("the working day before, %(hour)s", hour=f"{minutes // 60:02d}:{minutes % 60:02d}"))
    if minutes == 0:
        return str(AT[anchor])
    words = BEFORE[anchor] if minutes < 0 else AFTER[anchor]
    return str(gettext(words._args[0], minutes=abs(minutes)))


AT: Mapping[Anchor, LazyString] = {
    Anchor.START: lazy_gettext("at the beginning"),
    Anchor.BREAK: lazy_gettext("at the tea break"),
    Anchor.END: lazy_gettext("at the end"),
}
BEFORE: Mapping[Anchor, LazyString] = {
    Anchor.START: lazy_gettext("%(minutes)s min before"),
    Anchor.BREAK: lazy_gettext("%(minutes)s min before the tea break"),
    Anchor.END: lazy_gettext("%(minutes)s min before the end"),
}
AFTER: Mapping[Anchor, LazyString] = {
    Anchor.START: lazy_gettext("%(minutes)s min after the beginning"),
    Anchor.BREAK: lazy_gettext("%(minutes)s min after the tea break"),
    Anchor.END: lazy_gettext("%(minutes)s min after the end"),
}

sentences.add(
    {
        "last_before_first": lazy_gettext("The last day must not lie before the first."),
        "too_many_days": lazy_gettext("At most %(most)s days, please."),
        "month_unclear": lazy_gettext("This is not a month. Please write it as 2026-11."),
    },
    face="desk",
)
