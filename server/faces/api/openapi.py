"""The description of the API (OpenAPI 3.1), made from the endpoints and the models that check their requests.

``python -m server.faces.api.openapi`` writes it to ``docs/openapi.json``; a test fails where the two differ.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.faces.api import invitations, meetings, rooms
from server.faces.api.endpoints import BASE, ENDPOINTS, KEY, Endpoint
from server.faces.api.models import Problem

FILE = Path(__file__).parents[3] / "docs" / "openapi.json"
SPOKEN_OF = (rooms, meetings, invitations)
"""Imported, since they add the endpoints."""
ABOUT = (
    "The online registration of meetings and invitations. Every request carries a token (Authorization: Bearer …) that the administrator "
    "makes at the desk. Whatever changes something carries an Idempotency-Key: sent again with the same body it is done once and answered "
    "alike, for thirty days. Refusals are JSON with a stable code and a sentence in the language of Accept-Language (zh, en)."
)
REFUSALS = {
    400: "The body is not JSON.",
    401: "No token, or one that is not known or was revoked.",
    403: "The token is not good for this.",
    404: "There is no such thing.",
    409: "It is not possible as things stand: the room is taken, the meeting is over.",
    412: "It was changed meanwhile: read it again.",
    413: "The body is too large.",
    415: "The body must be JSON.",
    422: "A field, named, is missing, unknown or cannot be; or the Idempotency-Key was used for another request.",
    428: "If-Match is needed.",
    429: "Too many requests; Retry-After tells when to come again.",
    503: "Nothing can be stored just now; nothing was changed.",
}


@cache
def as_text() -> str:
    """Return the description as JSON."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


def document() -> dict[str, Any]:
    """Return the description."""
    models = [(model, mode) for each in ENDPOINTS for model, mode in _models(each)]
    schemas, definitions = models_json_schema([*models, (Problem, "serialization")], ref_template="#/components/schemas/{model}")
    paths: dict[str, dict[str, Any]] = {}
    for each in ENDPOINTS:
        paths.setdefault(BASE + re.sub(r"<int:(\w+)>", r"{\1}", each.path), {})[each.method.lower()] = _operation(each, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yingbin 迎宾", "version": "1", "description": ABOUT},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(each: Endpoint) -> list[tuple[type[BaseModel], Any]]:
    sent: list[tuple[type[BaseModel], Any]] = [(each.body, "validation")] if each.body else []
    return [*sent, (each.answer, "serialization")]


def _operation(each: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.about,
        "description": f"Needs the scope `{each.scope.value}`.",
        "parameters": [*_places(each), *_asked(each), *_headers(each)],
        "responses": _responses(each, schemas),
    }
    if each.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schemas[each.body, "validation"]}}}
    return told


def _places(each: Endpoint) -> list[dict[str, Any]]:
    number = {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
    return [{"name": name, "in": "path", "required": True, "schema": number} for name in re.findall(r"<int:(\w+)>", each.path)]


def _asked(each: Endpoint) -> list[dict[str, Any]]:
    if each.query is None:
        return []
    schema = each.query.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            **({"description": about} if (about := said.pop("description", "")) else {}),
            "schema": _not_null(said),
        }
        for name, said in schema["properties"].items()
    ]


def _not_null(said: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of what stands in an address, where nothing can be null."""
    some = [each for each in said.get("anyOf", ()) if each != {"type": "null"}]
    plain = {name: value for name, value in said.items() if name not in ("anyOf", "title") and not (name == "default" and value is None)}
    return {**plain, **some[0]} if some else plain


def _headers(each: Endpoint) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if each.changes:
        pattern = {"type": "string", "pattern": f"^{KEY.pattern}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": pattern})
    if each.versioned:
        pattern = {"type": "string", "pattern": r'^("[1-9][0-9]{0,8}"|\*)$'}
        found.append({"name": "If-Match", "in": "header", "required": each.version_needed, "schema": pattern})
    return found


def _responses(each: Endpoint, schemas: dict[Any, Any]) -> dict[str, Any]:
    told = {str(status): _response("Done.", schemas[each.answer, "serialization"]) for status in each.statuses}
    for status, about in REFUSALS.items():
        if _may_refuse(each, status):
            told[str(status)] = _response(about, schemas[Problem, "serialization"])
    return told


def _may_refuse(each: Endpoint, status: int) -> bool:
    if status in (400, 413, 415):
        return each.body is not None
    if status in (409, 503):
        return each.changes
    if status == 404:
        return "<int:" in each.path
    return each.versioned if status == 412 else each.version_needed if status == 428 else True


def _response(about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {"application/json": {"schema": schema}}}


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
