"""The operation behind a POST: who, which route, which tap."""

from __future__ import annotations

import hashlib
import re

from flask import request

from server.db.operations import Operation
from server.errors import BadInput
from server.web.auth import principal
from server.web.house import house

IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{16,64}")
NOT_THE_BODY = frozenset({"operation", "csrf", "lang"})


def operation() -> Operation:
    """Return this request's operation; raises :class:`BadInput` when the page sent no proper id with it."""
    sent = request.headers.get("X-Operation") or request.form.get("operation", "")
    if not IDENTIFIER.fullmatch(sent):
        raise BadInput("operation_missing", field="operation")
    return Operation(actor=principal().actor, route=f"{request.method} {request.path}", id=sent, body_digest=_body_digest())


def _body_digest() -> str:
    digest = hashlib.sha256()
    for field, values in sorted(request.form.lists()):
        if field not in NOT_THE_BODY:
            for value in values:
                digest.update(f"{field}\x1f{value}\x1e".encode("utf-8", "surrogatepass"))
    for field, file in sorted(request.files.items(multi=True)):
        digest.update(f"{field}\x1f".encode() + hashlib.sha256(file.stream.read()).digest())
        file.stream.seek(0)
    # Keyed, since a body may be a login: a stolen database must not help to guess the password in it.
    return house().keys.digest("operation body", digest.hexdigest())
