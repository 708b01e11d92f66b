"""Another program: a client with a token and no cookies, that sends what the description of the API asks for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import Client

from server.db.transaction import Door
from server.domain.tokens import queries, service
from server.domain.tokens.rules import Scope
from tests.factories import asks

BASE = "/api/v1"


def make_token(door: Door, *scopes: Scope, name: str = "业主系统") -> tuple[int, str]:
    """Make a token, good for everything unless told otherwise; return its id and secret."""
    tap = asks("staff:1")
    secret = queries.drawn_token(door.keys, tap)
    outcome = service.add_token(door, tap, name=name, scopes=[*(scopes or Scope)], digest=queries.digest_of(door.keys, secret))
    return int(outcome.ids["token"] or 0), secret


@dataclass(frozen=True)
class Reply:
    """What the API answered."""

    status_code: int
    headers: Headers
    json: Any


@dataclass
class Program:
    """Somebody else's program."""

    client: Client
    secret: str
    token_id: int = 0

    def call(self, method: str, path: str, body: object = None, *, key: str = "", lang: str = "en", **headers: str) -> Reply:
        """Send a request; a new Idempotency-Key each time unless given. ``headers`` are named with underscores."""
        sent = {"Accept-Language": lang, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        if method != "GET":
            sent.setdefault("Idempotency-Key", key or secrets.token_hex(16))
        more: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.client.open(BASE + path, method=method, headers=sent, **more)
        return Reply(status_code=answer.status_code, headers=answer.headers, json=answer.get_json(silent=True))


def open_program(app: Flask, *scopes: Scope) -> Program:
    """Return a program with a token of these scopes, or of all."""
    token_id, secret = make_token(app.extensions["yingbin"].door, *scopes)
    return Program(client=app.test_client(use_cookies=False), secret=secret, token_id=token_id)
