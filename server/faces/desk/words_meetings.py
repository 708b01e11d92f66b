"""What the desk says was done about a meeting, a step of its run sheet, or a call from a room."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.web import floor

DONE: Mapping[str, LazyString] = {
    "registered": lazy_gettext("The meeting is registered."),
    "meeting_changed": lazy_gettext("The meeting is changed."),
    "change_to_see": lazy_gettext("The meeting is changed. Whoever looks after it must acknowledge that."),
    "confirmed": lazy_gettext("The meeting is confirmed."),
    "meeting_cancelled": lazy_gettext("The meeting is cancelled."),
    "meeting_reinstated": lazy_gettext("The meeting takes place again."),
    "started": lazy_gettext("The meeting has begun."),
    "start_taken_back": lazy_gettext("The meeting has not begun after all."),
    "ended": lazy_gettext("The meeting is over. Tidying is due."),
    "resumed": lazy_gettext("The meeting goes on."),
    "nobody_came": lazy_gettext("Nobody came. The room is free."),
    "nobody_came_taken_back": lazy_gettext("The meeting is still waited for."),
    "extended": lazy_gettext("The meeting lasts longer."),
    "counted": lazy_gettext("The headcount is written down."),
    "undisturbed": lazy_gettext("Nobody disturbs the room now."),
    "disturb_again": lazy_gettext("Service goes on."),
    "tea_set": lazy_gettext("The time between rounds of tea is set."),
    "assigned": lazy_gettext("Assigned."),
    "released": lazy_gettext("Released."),
    **floor.STEPS_DONE,
    "step_undone": lazy_gettext("%(what)s: to be done again."),
    "step_handed": lazy_gettext("%(what)s: handed over."),
    "called": lazy_gettext("%(what)s: the attendants are called."),
    "already_called": lazy_gettext("%(what)s: called already."),
    "call_acked": lazy_gettext("%(what)s: somebody goes."),
    "call_released": lazy_gettext("%(what)s: waits for somebody again."),
    "call_arrived": lazy_gettext("%(what)s: somebody is there."),
    "call_done": lazy_gettext("%(what)s: done."),
    "call_undone": lazy_gettext("%(what)s: not done yet."),
    "call_withdrawn": lazy_gettext("%(what)s: withdrawn."),
}
"""Outcome → the sentence; ``what`` is the step, or the room and its wish."""


def sentence(code: str, what: str = "") -> str:
    """Return what was done; empty for an unknown code, and for one that must say about what where nobody says it."""
    lazy = DONE.get(code)
    if lazy is None or ("%(what)s" in lazy._args[0] and not what):
        return ""
    return str(gettext(lazy._args[0], what=what))
