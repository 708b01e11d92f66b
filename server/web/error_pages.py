"""Every refusal as a page, a fragment or JSON: a stable code, a sentence, and what to do next. Nothing answers 500 unawares."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from server.errors import BadInput, TooMany, YingbinError
from server.web.htmx import wants_fragment
from server.web.i18n import is_for_programs
from server.web.sentences import error_sentence

log = logging.getLogger(__name__)

HTTP_CODES = {404: "not_here", 405: "method_wrong", 413: "too_much", 415: "type_wrong"}


class _Plain(YingbinError):
    """A refusal of the web framework's own, in our words."""


def install(app: Flask) -> None:
    """Answer every error in the house's words."""
    app.register_error_handler(YingbinError, refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(OverflowError, _too_large)
    app.register_error_handler(DataError, _too_large)
    app.register_error_handler(Exception, _own_fault)


def refuse(error: YingbinError) -> ResponseReturnValue:
    """Answer a refusal as every face does that has no way of its own."""
    return _answer(error, error.status)


def _refuse_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.response is not None or 300 <= error.code < 400:
        return error
    answered = make_response(_answer(_Plain(HTTP_CODES.get(error.code, "bad_request")), error.code))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answered.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answered


def _too_large(_error: Exception) -> ResponseReturnValue:
    # A number no column can hold is the sender's, whichever page it came by; the forms name the field where there is one.
    return _answer(_Plain("too_large"), 422)


def _own_fault(error: Exception) -> ResponseReturnValue:
    log.error("%s %s failed", request.method, request.url_rule, exc_info=error)
    return _answer(_Plain("went_wrong"), 500)


def _answer(error: YingbinError, status: int) -> ResponseReturnValue:
    said = error_sentence(error)
    headers = {"X-Error-Code": error.code}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.facts.get("retry_seconds", 60))
    if request_ctx.url_adapter is None:  # a foreign host name: not even our own addresses can be made
        return Response(said, status, headers, mimetype="text/plain")
    if is_for_programs() or request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        field = error.field if isinstance(error, BadInput) else None
        return jsonify({"code": error.code, "message": said, "field": field}), status, headers
    template = "web/_refusal.html" if wants_fragment() else "web/refusal.html"
    g.refusal = error.code
    return render_template(template, code=error.code, said=said, status=status), status, headers
