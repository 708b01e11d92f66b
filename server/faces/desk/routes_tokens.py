"""Tokens of other programs: made, shown once, revoked, and taken up again."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from server.domain.tokens import queries, service
from server.domain.tokens.rules import Scope
from server.errors import Conflict
from server.faces.desk import words_tokens
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done, faults_of
from server.web.house import house
from server.web.htmx import go_to
from server.web.operation import operation

Typed = dict[str, object]
NEW: Typed = {"name": "", "scopes": [Scope.MEETINGS_READ.value, Scope.MEETINGS_WRITE.value]}


@blueprint.get("/desk/admin/tokens")
def tokens() -> ResponseReturnValue:
    """Show the tokens, and ask about a new one."""
    return _page(NEW, NO_FAULTS)


@blueprint.post("/desk/admin/tokens")
def add_token() -> ResponseReturnValue:
    """Make a token, and show it once."""
    typed: Typed = {"name": request.form.get("name", ""), "scopes": request.form.getlist("scopes")}
    return answer(_add, lambda wrong: _page(typed, wrong))


def _add() -> Response:
    tap, keys = operation(), house().keys
    secret, name = queries.drawn_token(keys, tap), request.form.get("name", "")
    digest = queries.digest_of(keys, secret)
    service.add_token(house().door, tap, name=name, scopes=request.form.getlist("scopes"), digest=digest)
    base = house().settings.allowed_origins[0]
    return make_response(render_template("desk/token_secret.html", secret=secret, name=name, base=base))


@blueprint.post("/desk/admin/tokens/<int:token_id>/revoke")
def revoke_token(token_id: int) -> ResponseReturnValue:
    """Let a token open nothing any more."""
    try:
        return go_to(done("tokens", service.revoke_token(house().door, operation(), token_id=token_id), of=token_id))
    except Conflict as conflict:
        return _page(NEW, faults_of(conflict)), conflict.status, {"X-Error-Code": conflict.code}


@blueprint.post("/desk/admin/tokens/<int:token_id>/restore")
def restore_token(token_id: int) -> ResponseReturnValue:
    """Take a revocation back."""
    try:
        return go_to(done("tokens", service.restore_token(house().door, operation(), token_id=token_id)))
    except Conflict as conflict:
        return _page(NEW, faults_of(conflict)), conflict.status, {"X-Error-Code": conflict.code}


def _page(typed: Typed, wrong: Faults) -> str:
    with house().door.reading() as session:
        cards = queries.tokens(session)
    return render_template("desk/tokens.html", cards=cards, typed=typed, faults=wrong, scopes=words_tokens.SCOPES)
