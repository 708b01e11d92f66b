"""What the desk calls things: states, purposes, roles, and what was just done, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.faces.desk import words_meetings, words_papers, words_tokens
from server.web.words import (
    DEVICE_ROLES,
    LEAVE_REASONS,
    POSTS,
    PURPOSES,
    REASONS,
    STAFF_ROLES,
    STATES,
    STEPS,
    floor,
    leave_reason,
    named,
    reason,
)

__all__ = [
    "COLUMNS",
    "DEVICE_ROLES",
    "DONE",
    "LEAVE_REASONS",
    "LEFT_BY",
    "POSTS",
    "POST_DONE",
    "PURPOSES",
    "REASONS",
    "STAFF_ROLES",
    "STATES",
    "STEPS",
    "THEMES",
    "VISIT_DONE",
    "WEEKDAYS",
    "column",
    "done_sentence",
    "floor",
    "leave_reason",
    "named",
    "post_sentence",
    "reason",
    "visit_sentence",
]

THEMES: Mapping[str, LazyString] = {
    "auto": lazy_gettext("By the hour"),
    "day": lazy_gettext("Always light"),
    "night": lazy_gettext("Always dark"),
}

LEFT_BY: Mapping[str, LazyString] = {
    "pass": lazy_gettext("with the pass"),
    "code": lazy_gettext("with the code"),
    "phone_tail": lazy_gettext("with phone and surname"),
    "host": lazy_gettext("host said so"),
    "desk": lazy_gettext("at the desk"),
    "sweep": lazy_gettext("assumed at closing"),
}
"""How it is known that somebody left."""

WEEKDAYS = (
    lazy_gettext("Mon"),
    lazy_gettext("Tue"),
    lazy_gettext("Wed"),
    lazy_gettext("Thu"),
    lazy_gettext("Fri"),
    lazy_gettext("Sat"),
    lazy_gettext("Sun"),
)

DONE: Mapping[str, LazyString] = {
    "password_changed": lazy_gettext("Your password is changed."),
    "staff_added": lazy_gettext("Added to the staff."),
    "staff_changed": lazy_gettext("Saved."),
    "staff_deactivated": lazy_gettext("No longer on the staff. Logins are ended."),
    "staff_reactivated": lazy_gettext("Back on the staff."),
    "device_enrolled": lazy_gettext("The device is enrolled."),
    "device_changed": lazy_gettext("Saved."),
    "device_revoked": lazy_gettext("The device is revoked. Its connection is cut."),
    "pairing_refused": lazy_gettext("The device was sent away."),
    "tenant_added": lazy_gettext("The tenant is added."),
    "tenant_changed": lazy_gettext("Saved."),
    "tenant_retired": lazy_gettext("The tenant is retired."),
    "tenant_restored": lazy_gettext("The tenant is back."),
    "host_added": lazy_gettext("The host is added."),
    "host_changed": lazy_gettext("Saved."),
    "host_retired": lazy_gettext("The host is retired and can no longer be found."),
    "host_restored": lazy_gettext("The host is back."),
    "delegate_set": lazy_gettext("The delegate is set."),
    "host_page_issued": lazy_gettext("A new personal page is issued. Earlier links are no longer good."),
    "host_page_withdrawn": lazy_gettext("The personal page is withdrawn."),
    "imported": lazy_gettext("The list is imported."),
    "import_withdrawn": lazy_gettext("Nothing was imported."),
    "schedule_done": lazy_gettext("The schedule is carried out."),
    "schedule_withdrawn": lazy_gettext("Nothing was registered."),
    "signed_in": lazy_gettext("Signed in. The host is told."),
    "invited": lazy_gettext("The invitation is made."),
    "invitation_changed": lazy_gettext("Saved."),
    "invitation_withdrawn": lazy_gettext("The invitation is withdrawn."),
    "code_renewed": lazy_gettext("There is a new QR and code. The earlier ones are no longer good."),
    "corrected": lazy_gettext("Corrected."),
    "reassigned": lazy_gettext("The other host is told."),
    "recorded": lazy_gettext("Recorded as observed."),
    "recorded_contradicting": lazy_gettext("Recorded. It does not fit what was known, so it is marked in the history."),
    "forgotten": lazy_gettext("The visitor's data is removed."),
    "leave_asked": lazy_gettext("The supervisor is asked."),
    "leave_approved": lazy_gettext("Approved."),
    "clocked_in": lazy_gettext("You are on post now."),
    "noted_away": lazy_gettext("Recorded as observed."),
}
"""Outcome → the sentence shown on the next screen."""


def done_sentence(code: str) -> str:
    """Return what was just done; empty for an unknown code."""
    done = DONE.get(code) or words_papers.DONE.get(code) or words_tokens.DONE.get(code)
    return str(done) if done else words_meetings.sentence(code)


VISIT_DONE: Mapping[str, LazyString] = {
    "coming": lazy_gettext("%(who)s is told that the host is coming."),
    "wait": lazy_gettext("%(who)s is asked to wait."),
    "declined": lazy_gettext("%(who)s is told that it is not possible."),
    "reopened": lazy_gettext("%(who)s waits again."),
    "met": lazy_gettext("%(who)s is met."),
    "admitted": lazy_gettext("%(who)s is let in."),
    "called_again": lazy_gettext("The host of %(who)s is called again."),
    "desk_has_it": lazy_gettext("You look after %(who)s."),
    "signed_in": lazy_gettext("%(who)s is signed in. The host is told."),
    "signed_out": lazy_gettext("%(who)s is signed out."),
    "sign_out_undone": lazy_gettext("%(who)s is in the building again."),
    "withdrawn": lazy_gettext("The visit of %(who)s is withdrawn."),
}
"""Outcome → what was done, with the visitor's name."""


def visit_sentence(code: str, who: str) -> str:
    """Return what was done to a visit, naming the visitor."""
    sentence = VISIT_DONE.get(code)
    return gettext(sentence._args[0], who=who) if sentence else ""


POST_DONE: Mapping[str, LazyString] = {
    "clocked_in": lazy_gettext("%(who)s is on post."),
    "at_meal": lazy_gettext("%(who)s is at a meal."),
    "away": lazy_gettext("%(who)s is away."),
    "back_on_post": lazy_gettext("%(who)s is back on post."),
    "clocked_out": lazy_gettext("%(who)s is off duty."),
    "cover_asked": lazy_gettext("The tablets ask who covers for %(who)s."),
    "cover_withdrawn": lazy_gettext("Nobody is asked to cover for %(who)s any more."),
    "cover_accepted": lazy_gettext("%(who)s covers now."),
    "leave_approved": lazy_gettext("%(who)s may leave."),
    "leave_refused": lazy_gettext("%(who)s is asked to stay."),
    "leave_withdrawn": lazy_gettext("%(who)s stays."),
    "post_undone": lazy_gettext("Taken back for %(who)s."),
}
"""Outcome → what was done to a post, with the person's name."""


def post_sentence(code: str, who: str) -> str:
    """Return what was done to a post, naming the person."""
    sentence = POST_DONE.get(code)
    return gettext(sentence._args[0], who=who) if sentence else ""


COLUMNS: Mapping[str, LazyString] = {
    "tenant_number": lazy_gettext("number of the tenant"),
    "tenant": lazy_gettext("tenant"),
    "tenant_en": lazy_gettext("tenant in English"),
    "floor": lazy_gettext("floor"),
    "rooms": lazy_gettext("rooms"),
    "number": lazy_gettext("staff number"),
    "name": lazy_gettext("name"),
    "name_en": lazy_gettext("name in English"),
    "title": lazy_gettext("title"),
    "phone": lazy_gettext("phone"),
    "message_address": lazy_gettext("where messages go"),
    "language": lazy_gettext("language"),
    "delegate": lazy_gettext("delegate"),
    "active": lazy_gettext("here"),
}
"""Column of a list of people → its word."""


def column(field: str) -> str:
    """Return the word of a list's column."""
    return str(COLUMNS.get(field, field))
