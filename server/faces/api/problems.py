"""Refusals as JSON, with the status that HTTP has for them."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, jsonify, make_response
from flask_babel import lazy_gettext
from pydantic import ValidationError

from server.errors import BadInput, Fact, TooMany, Unknown, YingbinError
from server.faces.api.fields import PLAIN
from server.web import sentences
from server.web.forms import OWN_CODES, PYDANTIC_CODES, BadForm
from server.web.sentences import error_sentence

STATUSES: Mapping[str, int] = {"meeting_changed_meanwhile": 412, "version_missing": 428, "json_broken": 400}
"""Code → status, where the house's own is another."""

CODES: Mapping[str, str] = {
    **PYDANTIC_CODES,
    "extra_forbidden": "field_unknown",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_short": "missing",
    "datetime_parsing": "time_unclear",
    "datetime_from_date_parsing": "time_unclear",
    "datetime_type": "time_unclear",
    "timezone_aware": "zone_missing",
    "json_invalid": "json_broken",
    "model_type": "json_broken",
}
"""Pydantic's kind of error → our code."""

sentences.add(
    {
        "field_unknown": lazy_gettext("There is no such field."),
        "zone_missing": lazy_gettext("Please give the offset as well: 2026-11-24T09:00:00+08:00."),
        "json_broken": lazy_gettext("The body is not a JSON object."),
        "key_missing": lazy_gettext("The header Idempotency-Key is needed: 8 to 64 letters, digits, dots, colons, dashes."),
        "version_missing": lazy_gettext("The header If-Match is needed: the ETag that was given with the meeting, or *."),
        "version_unclear": lazy_gettext("If-Match must be the ETag that was given with the meeting, or *."),
        "scope_missing": lazy_gettext("The token is not good for this: it lacks %(scope)s."),
        "days_too_many": lazy_gettext("At most %(most_days)s days, please."),
        "host_ambiguous": lazy_gettext("Several hosts are called so. Please give the staff number."),
        "operation_reused": lazy_gettext("This Idempotency-Key was used for another request."),
        "too_often": lazy_gettext("Too many requests. Please wait %(retry_seconds)s seconds."),
    },
    face="api",
)


def answer(error: YingbinError) -> Response:
    """Return a refusal as JSON."""
    field = error.field if isinstance(error, BadInput) else None
    response = make_response(jsonify({"code": error.code, "message": error_sentence(error), "field": field}))
    response.status_code = STATUSES.get(error.code, error.status)
    response.headers["X-Error-Code"] = error.code
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.facts.get("retry_seconds", 60))
    if isinstance(error, Unknown):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def bad_form(error: ValidationError) -> BadForm:
    """Return what is wrong with a request, by the names of its fields."""
    found: dict[str, tuple[str, Mapping[str, Fact]]] = {}
    for item in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in item["loc"]) or "body"
        context = item.get("ctx") or {}
        facts: dict[str, Fact] = {name: value for name, value in context.items() if isinstance(value, str | int | float)}
        for given, ours in (("max_length", "most"), ("min_length", "least")):
            if given in facts:
                facts[ours] = facts[given]
        kind = CODES.get(item["type"], item["type"])
        if item["type"] == "string_pattern_mismatch":
            kind = "broken_text" if context.get("pattern") == PLAIN else "phone_unclear"
        found.setdefault(field, (kind if kind in OWN_CODES or item["type"] in CODES else "not_understood", facts))
    return BadForm(found)
