"""The verbs of tokens: make one, revoke it, take that back, note that it was used."""

from __future__ import annotations

from collections.abc import Iterable

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.tokens import rules
from server.domain.tokens.rules import Scope
from server.domain.tokens.tables import ApiToken
from server.errors import BadInput, Conflict, NotFound
from server.events import TokenMade, TokenRestored, TokenRevoked
from server.text import clean_line


@command
def add_token(tx: Unit, *, name: str, scopes: Iterable[str], digest: str) -> Outcome:
    """Keep a new token by its digest: ``token_made``. Refused by field: no name, no scope or one that there is not."""
    line = clean_line(name, field="name", most=rules.LONGEST_NAME, least=1)
    wanted = set(scopes)
    if not wanted:
        raise BadInput("scope_needed", field="scopes")
    if wanted - {scope.value for scope in Scope}:
        raise BadInput("not_a_choice", field="scopes")
    token = ApiToken(name=line, digest=digest, scopes=rules.kept(Scope(scope) for scope in wanted), made_by=tx.actor, made_at=tx.now)
    tx.session.add(token)
    tx.session.flush()
    assert token.id is not None
    tx.record(TokenMade(token_id=token.id))
    return Outcome(code="token_made", ids={"token": token.id})


@command
def revoke_token(tx: Unit, *, token_id: int) -> Outcome:
    """Let a token open nothing any more: ``token_revoked``; Conflict ``token_revoked_already``."""
    token = _find(tx, token_id)
    if token.revoked_at is not None:
        raise Conflict("token_revoked_already", token=token_id, since=token.revoked_at.isoformat())
    token.revoked_at = tx.now
    tx.record(TokenRevoked(token_id=token_id))
    return Outcome(code="token_revoked", ids={"token": token_id})


@command
def restore_token(tx: Unit, *, token_id: int) -> Outcome:
    """Take a revocation back: ``token_restored``; Conflict ``token_good``."""
    token = _find(tx, token_id)
    if token.revoked_at is None:
        raise Conflict("token_good", token=token_id)
    token.revoked_at = None
    tx.record(TokenRestored(token_id=token_id))
    return Outcome(code="token_restored", ids={"token": token_id})


@command
def note_token_used(tx: Unit, *, token_id: int) -> Outcome:
    """Write down that a token is used; asked for where that is due, at most once a minute."""
    token = tx.session.get(ApiToken, token_id)
    if token is not None:
        token.used_at = tx.now
    return Outcome(code="token_used", ids={"token": token_id})


def _find(tx: Unit, token_id: int) -> ApiToken:
    token = tx.session.get(ApiToken, token_id)
    if token is None:
        raise NotFound("token_unknown")
    return token
