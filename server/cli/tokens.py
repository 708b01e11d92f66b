"""``yingbin token``: make, list and revoke the tokens of other programs without a screen."""

from __future__ import annotations

import click

from server.cli import main, telling
from server.cli.opening import opened
from server.db.operations import Operation
from server.domain.tokens import queries, service
from server.domain.tokens.rules import Scope


@main.group()
def token() -> None:
    """Make, list and revoke the tokens by which other programs ask and register."""


SCOPE = click.Choice([scope.value for scope in Scope])


@token.command()
@click.option("--name", required=True, help="whose it is")
@click.option("--scope", "scopes", multiple=True, required=True, type=SCOPE, help="what it is good for; may be given again")
@telling
def add(name: str, scopes: tuple[str, ...]) -> None:
    """Make a token; it is printed once and kept nowhere."""
    with opened() as door:
        operation = Operation.internal("cli token add")
        secret = queries.drawn_token(door.keys, operation)
        service.add_token(door, operation, name=name, scopes=scopes, digest=queries.digest_of(door.keys, secret))
        click.echo(secret)


@token.command(name="list")
def list_tokens() -> None:
    """List the tokens, never the secrets."""
    with opened() as door, door.reading() as session:
        for card in queries.tokens(session):
            used = card.used_at.isoformat(timespec="seconds") if card.used_at else "never"
            ended = "  (revoked)" if card.revoked_at else ""
            scopes = " ".join(scope.value for scope in Scope if scope in card.scopes)
            click.echo(f"{card.id:>4}  {card.name:<24}  {scopes}  last used {used}{ended}")


@token.command()
@click.argument("token_id", type=int)
@telling
def revoke(token_id: int) -> None:
    """Revoke a token; the next request with it is refused."""
    with opened() as door:
        service.revoke_token(door, Operation.internal("cli token revoke"), token_id=token_id)
        click.echo(f"Token {token_id} is revoked.")
