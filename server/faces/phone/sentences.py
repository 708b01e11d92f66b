"""What the phone says when something could not be done: in the words of who holds it, a visitor or a host."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.errors import YingbinError
from server.web.sentences import error_sentence

SAID: Mapping[str, LazyString] = {
    "no_longer_waiting": lazy_gettext("The visitor no longer waits. This is how things stand."),
    "not_possible": lazy_gettext("That is no longer possible. This is how things stand."),
    "undo_too_late": lazy_gettext("It is too late to undo this here. The front desk can still help."),
    "already_out": lazy_gettext("Already signed out."),
    "not_in": lazy_gettext("Not signed in, so there is nothing to sign out."),
    "still_in": lazy_gettext("You are still signed in. Sign out first, then your data can be deleted."),
    "already_used": lazy_gettext("This invitation has been used or withdrawn, so it can no longer be changed."),
    "changed_meanwhile": lazy_gettext("It was changed meanwhile. Please look at it again."),
    "anonymised": lazy_gettext("The data has already been deleted."),
    "host_elsewhere": lazy_gettext("Please choose a colleague of your own company."),
    "host_unknown": lazy_gettext("Please choose somebody else."),
    "minutes_wrong": lazy_gettext("Please choose one of the times."),
}
"""Refusal → the sentence above the page that shows how things stand."""

IN_FORM: Mapping[str, LazyString] = {
    "window_wrong": lazy_gettext("This must be later than the beginning, and not in the past."),
    "window_too_long": lazy_gettext("An invitation is good for a little over a year at most."),
    "weekdays_missing": lazy_gettext("Please choose at least one day."),
    "recurrence_fixed": lazy_gettext("An invitation for once cannot become one for several times. Please make a new one."),
    "phone_wrong": lazy_gettext("This is not a phone number."),
}
"""Refusal → the sentence beside the field."""


def said(error: YingbinError) -> str:
    """Return the sentence for a refusal."""
    sentence = SAID.get(error.code) or IN_FORM.get(error.code)
    return str(sentence) if sentence is not None else error_sentence(error)
