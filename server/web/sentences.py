"""A human sentence for every stable error code, in the reader's language.

Faces and areas add their own with :func:`add`; a test walks the source and fails on a code without a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import has_request_context, request
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.errors import Fact, YingbinError
from server.web.forms import BadForm
from server.web.house import house
from server.web.i18n import day_words, language

SENTENCES: dict[str, LazyString] = {
    "missing": lazy_gettext("Please fill this in."),
    "too_long": lazy_gettext("At most %(most)s characters, please."),
    "too_short": lazy_gettext("At least %(least)s characters, please."),
    "broken_text": lazy_gettext("This holds characters that cannot be stored. Please type it again."),
    "not_a_number": lazy_gettext("Please give a number."),
    "too_small": lazy_gettext("This number is too small."),
    "too_large": lazy_gettext("This number is too large."),
    "not_a_choice": lazy_gettext("Please choose one of the answers."),
    "not_text": lazy_gettext("Please type some text."),
    "not_understood": lazy_gettext("This was not understood. Please check it."),
    "phone_unclear": lazy_gettext("This is not a phone number. Digits only, please, with a plus in front for other countries."),
    "time_unclear": lazy_gettext("This is not a time. Please write it as 14:30."),
    "day_unclear": lazy_gettext("This is not a day. Please write it as 2026-11-23."),
    "operation_missing": lazy_gettext("This page is out of date. Please load it again."),
    "operation_reused": lazy_gettext("This page is out of date. Please load it again."),
    "from_elsewhere": lazy_gettext("This request came from another site and was not carried out."),
    "page_too_old": lazy_gettext("This page is out of date. Please load it again."),
    "not_for_this_role": lazy_gettext("You are not allowed to do this. Please ask the supervisor."),
    "login_needed": lazy_gettext("Please log in."),
    "token_needed": lazy_gettext("A token is needed that is known here: Authorization: Bearer …"),
    "type_wrong": lazy_gettext("The body must be JSON: Content-Type: application/json."),
    "device_needed": lazy_gettext("This screen is not enrolled. Please ask the front desk for a link or a pairing code."),
    "tablet_locked": lazy_gettext("This tablet is locked. Please type your PIN."),
    "link_unknown": lazy_gettext("This link is not known, or no longer valid. Please ask the front desk."),
    "not_here": lazy_gettext("There is nothing at this address."),
    "method_wrong": lazy_gettext("This address cannot be used in this way."),
    "too_much": lazy_gettext("This file is too large."),
    "too_often": lazy_gettext("Too many tries. Please wait %(retry_seconds)s seconds."),
    "database_busy": lazy_gettext("The system cannot store anything just now. Nothing was changed; please try again in a moment."),
    "commit_failed": lazy_gettext("The system cannot store anything just now. Nothing was changed; please try again in a moment."),
    "too_many_writers": lazy_gettext("The system is very busy. Nothing was changed; please try again in a moment."),
    "went_wrong": lazy_gettext("Something went wrong on our side. Nothing was changed; please try again or ask the front desk."),
    "no_such_region": lazy_gettext("There is nothing at this address."),
    "draft_unknown": lazy_gettext("This entry was cleared. Please begin again."),
    "draft_too_large": lazy_gettext("This is more than can be kept. Please shorten it."),
    "search_too_short": lazy_gettext("Type at least two letters or one Chinese character."),
    "pass_unknown": lazy_gettext("This code is not known here. Please ask the front desk."),
    "pass_expired": lazy_gettext("This pass was good until %(until)s. Please ask your host for a new one."),
    "pass_withdrawn": lazy_gettext("This invitation was withdrawn. Please ask your host."),
    "too_early": lazy_gettext("This invitation begins at %(opens)s. You are welcome then."),
    "wrong_gate": lazy_gettext("This invitation is for gate %(gate)s."),
    "visit_declined": lazy_gettext("Your host cannot see you today. Please ask the front desk."),
    "not_due": lazy_gettext("There is nothing to do now."),
    "notice_unknown": lazy_gettext("This message is not known."),
    "notice_elsewhere": lazy_gettext("This message is being sent by somebody else."),
    "bad_request": lazy_gettext("This request was not understood."),
}
"""Code → sentence with the error's facts as places."""


OWN_WORDS: dict[tuple[str, str], LazyString] = {}
"""(face, code) → the sentence in that face's own words."""


def add(more: Mapping[str, LazyString], *, face: str) -> None:
    """Add a face's sentences. The first face to name a code gives every other its words, until it says its own."""
    for code, words in more.items():
        OWN_WORDS[face, code] = words
        SENTENCES.setdefault(code, words)


def sentence(code: str, facts: Mapping[str, Fact]) -> str:
    """Return the sentence of ``code``; facts that are instants are written as times of the site."""
    lazy = OWN_WORDS.get((_face(), code)) or SENTENCES.get(code)
    if lazy is None:
        return str(gettext("This was not understood. Please check it."))
    words = {name: _in_words(name, value) for name, value in facts.items()}
    return str(gettext(lazy._args[0], **words))


def error_sentence(error: YingbinError) -> str:
    """Return the sentence of an error."""
    return sentence(error.code, error.facts)


def field_sentences(error: BadForm) -> dict[str, str]:
    """Return a sentence for every wrong field."""
    return {field: sentence(code, facts) for field, (code, facts) in error.errors.items()}


INSTANTS = frozenset({"since", "until", "opens"})
"""Facts that are ISO instants, beside those named ``*_at``."""


def _face() -> str:
    return (request.blueprint or "") if has_request_context() else ""


def _in_words(name: str, value: Fact) -> str:
    if isinstance(value, str) and (name in INSTANTS or name.endswith("_at")):
        local = datetime.fromisoformat(value).astimezone(house().settings.zone)
        if local.date() == house().clock.now().astimezone(house().settings.zone).date():
            return f"{local:%H:%M}"
        return f"{day_words(local.date(), language())} {local:%H:%M}"
    return "" if value is None else str(value)
