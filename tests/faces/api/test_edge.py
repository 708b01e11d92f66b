"""Who may call the API and how: a token and nothing else, refusals as JSON in the caller's language, one description."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from openapi_spec_validator import validate

from server.app import create_app
from server.clock import StillClock
from server.config import Settings
from server.domain.tokens import queries, service
from server.domain.tokens.rules import Scope
from server.faces.api.openapi import FILE, as_text
from server.keys import Keys
from server.web.access import Role
from server.web.house import House
from tests.faces.api.stage import BASE, Program, open_program
from tests.factories import asks
from tests.web.browsers import make_park

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_without_a_token_nothing_is_told_or_done(app: Flask, program: Program) -> None:
    for secret in ("", "yb_" + "a" * 52, "曾", program.secret.upper()):
        stranger = Program(client=app.test_client(), secret=secret)
        for method, path in (("GET", "/meetings"), ("POST", "/meetings"), ("DELETE", "/invitations/1"), ("GET", "/meetings/1/status")):
            answer = stranger.call(method, path)
            assert (answer.status_code, answer.json["code"], answer.headers["WWW-Authenticate"]) == (401, "token_needed", "Bearer")


def test_a_cookie_never_proves_anything_here(app: Flask) -> None:
    admin = make_park(app).browsers[Role.ADMIN]
    assert admin.get("/desk").status_code == 200
    assert admin.get(f"{BASE}/meetings").status_code == 401
    assert admin.post(f"{BASE}/meetings", {}).status_code == 401
    elsewhere = admin.client.post(f"{BASE}/meetings", json={}, headers={"Origin": "https://evil.example"})
    assert elsewhere.status_code == 401


def test_a_token_is_good_from_anywhere_here_and_nowhere_else(app: Flask, program: Program) -> None:
    assert program.call("POST", "/meetings", {}, Origin="https://owner.example").status_code == 422
    answer = app.test_client().post(
        "/desk/people/import", headers={"Authorization": f"Bearer {program.secret}", "Accept": "application/json"}
    )
    assert answer.status_code in (401, 303)


def test_a_token_is_good_for_its_scopes_until_it_is_revoked(app: Flask, house: House) -> None:
    reader = open_program(app, Scope.MEETINGS_READ)
    assert reader.call("GET", "/rooms").status_code == 200
    for method, path in (("POST", "/meetings"), ("PATCH", "/meetings/1"), ("DELETE", "/meetings/1"), ("POST", "/invitations")):
        refused = reader.call(method, path, {})
        assert (refused.status_code, refused.json["code"]) == (403, "scope_missing")
    service.revoke_token(house.door, asks("staff:1"), token_id=reader.token_id)
    assert reader.call("GET", "/rooms").status_code == 401


def test_refusals_are_json_in_the_language_that_is_wished(program: Program) -> None:
    chinese = program.call("GET", "/meetings/7", lang="zh-CN,zh;q=0.9")
    assert chinese.json == {"code": "meeting_unknown", "message": chinese.json["message"], "field": None}
    assert chinese.json["message"] != program.call("GET", "/meetings/7", lang="en").json["message"]
    for answer, status in (
        (program.call("GET", "/nothing"), 404),
        (program.call("GET", "/meetings/abc"), 404),
        (program.call("GET", f"/meetings/{2**70}"), 422),
        (program.call("PUT", "/meetings/1"), 405),
    ):
        assert (answer.status_code, set(answer.json)) == (status, {"code", "message", "field"})
        assert "Set-Cookie" not in answer.headers
    assert program.call("PUT", "/meetings/1").headers["Allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


NO_BODIES = (
    (b"{", "application/json", 400, "json_broken"),
    (b"[]", "application/json", 400, "json_broken"),
    (b'"\\ud800"', "application/json", 400, "json_broken"),
    (b"", "application/json", 400, "json_broken"),
    (b"{}", "text/plain", 415, "type_wrong"),
    (b"a=b", "application/x-www-form-urlencoded", 415, "type_wrong"),
    (b" " * 70_000, "application/json", 413, "too_much"),
)


def test_a_body_that_is_none_is_refused(program: Program) -> None:
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "0123456789"}
    for body, kind, status, code in NO_BODIES:
        answer = program.client.post(f"{BASE}/meetings", data=body, content_type=kind, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_who_asks_too_often_is_told_when_to_come_again(settings: Settings, clock: StillClock, keys: Keys) -> None:
    app = create_app(settings.model_copy(update={"api_per_minute": 20}), clock=clock, keys=keys)
    program = open_program(app)
    statuses = [program.call("GET", "/rooms").status_code for _ in range(22)]
    assert (statuses[0], statuses[-1]) == (200, 429)
    refused = program.call("GET", "/rooms")
    assert refused.json["code"] == "too_often"
    assert int(refused.headers["Retry-After"]) >= 1
    app.extensions["yingbin"].door.engines.dispose()


def test_that_a_token_is_used_is_written_down_once_a_minute(program: Program, house: House, clock: StillClock) -> None:
    def used() -> object:
        with house.door.reading() as session:
            return queries.tokens(session)[0].used_at

    begun = clock.now()
    program.call("GET", "/rooms")
    clock.turn(timedelta(seconds=30))
    program.call("GET", "/rooms")
    assert used() == begun


def test_the_description_is_kept_beside_the_code_and_is_openapi(app: Flask) -> None:
    assert Path(FILE).read_text(encoding="utf-8") == as_text(), "run: python -m server.faces.api.openapi"
    validate(json.loads(as_text()))
    told = app.test_client().get("/api/openapi.json")
    assert (told.status_code, told.text) == (200, as_text())


def test_every_endpoint_is_described(app: Flask) -> None:
    described = {(path, method) for path, each in json.loads(as_text())["paths"].items() for method in each}
    routed = {
        (rule.rule.replace("<int:", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(BASE)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routed
