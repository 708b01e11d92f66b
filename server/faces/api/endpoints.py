"""What every endpoint does alike: who may, how often, which fields, one operation a key; and what there is, for the description."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, make_response, request
from pydantic import ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from server.db.operations import Operation
from server.domain.tokens import service as tokens
from server.domain.tokens.rules import Scope
from server.errors import BadInput, Refused, YingbinError
from server.faces.api import problems
from server.faces.api.models import Answer, Query, Request
from server.web.auth import principal
from server.web.house import house
from server.web.limits import Rate

blueprint = Blueprint("api", __name__)

BASE = "/api/v1"
LARGEST_BODY = 64 * 1024
KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}", re.ASCII)
"""An Idempotency-Key."""
ETAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,8})"|\*', re.ASCII)
"""What If-Match may say: the version that was read, or any."""


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One way to call the API: what it takes and what it answers. ``versioned`` is whether it heeds, or needs, If-Match."""

    method: str
    path: str
    name: str
    about: str
    scope: Scope
    query: type[Query] | None = None
    body: type[Request] | None = None
    answer: type[Answer]
    statuses: tuple[int, ...] = (200,)
    versioned: bool = False
    version_needed: bool = False

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"


ENDPOINTS: list[Endpoint] = []
"""Every endpoint, in the order of the description."""

Asked = TypeVar("Asked", bound=Query)
Sent = TypeVar("Sent", bound=Request)
View = Callable[..., tuple[Answer, int]]


def endpoint(about: Endpoint) -> Callable[[View], View]:
    """Add an endpoint: its view is called with what was asked (``query``), sent (``body``) and which operation (``tap``) it is."""

    def add(view: View) -> View:
        def answered(**places: Any) -> Response:
            _admit(about)
            given: dict[str, Any] = dict(places)
            if about.query is not None:
                given["query"] = _query(about.query)
            else:
                _query(Query)
            if about.body is not None:
                given["body"] = _body(about.body)
            if about.changes:
                given["tap"] = _tap()
            if about.versioned:
                given["version"] = _version(is_needed=about.version_needed)
            return _written(*view(**given))

        ENDPOINTS.append(about)
        blueprint.add_url_rule(BASE + about.path, endpoint=about.name, view_func=answered, methods=[about.method])
        return view

    return add


@blueprint.errorhandler(YingbinError)
def refuse(error: YingbinError) -> Response:
    """Answer a refusal as JSON."""
    return problems.answer(error)


def _admit(about: Endpoint) -> None:
    """Refuse what the token is not good for, and who asks too often; note that it is used."""
    asker, per_minute = principal(), house().settings.api_per_minute
    house().limits.take("api", asker.actor, Rate(burst=max(20, per_minute // 4), per_minute=per_minute))
    if about.scope not in asker.scopes:
        raise Refused("scope_missing", scope=about.scope.value)
    if asker.touch_due and asker.token_id is not None:
        tokens.note_token_used(house().door, Operation.internal("touch", actor=asker.actor), token_id=asker.token_id)


def _query(model: type[Asked]) -> Asked:
    given = {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise problems.bad_form(error) from None


def _body(model: type[Sent]) -> Sent:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    request.max_content_length = LARGEST_BODY
    raw = request.get_data()
    if not raw.strip():
        raise BadInput("json_broken", field="body")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise problems.bad_form(error) from None


def _tap() -> Operation:
    sent = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(sent):
        raise BadInput("key_missing", field="Idempotency-Key")
    return Operation(actor=principal().actor, route=f"{request.method} {request.path}", id=sent, body_digest=_digest())


def _digest() -> str:
    """Return the digest of everything that is asked: the same fields in another order are the same request."""
    raw = request.get_data()
    sent = json.dumps(json.loads(raw), sort_keys=True) if raw and request.mimetype == "application/json" else ""
    asked = json.dumps(sorted(request.args.items(multi=True)))
    whole = "\x1f".join((sent, asked, request.headers.get("If-Match", "")))
    return house().keys.digest("operation body", hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest())


def _version(*, is_needed: bool) -> int | None:
    sent = request.headers.get("If-Match")
    if sent is None and is_needed:
        raise BadInput("version_missing", field="If-Match")
    if sent is None:
        return None
    match = ETAG.fullmatch(sent.strip())
    if match is None:
        raise BadInput("version_unclear", field="If-Match")
    return int(match[1]) if match[1] else None


def _written(answer: Answer, status: int) -> Response:
    response = make_response(answer.model_dump_json(by_alias=True), status)
    response.mimetype = "application/json"
    version = getattr(answer, "version", None)
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    return response
