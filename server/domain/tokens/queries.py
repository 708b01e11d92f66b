"""Reads of tokens."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from server.db.operations import Operation
from server.domain.staff.tables import Staff
from server.domain.tokens import rules
from server.domain.tokens.rules import Scope
from server.domain.tokens.tables import ApiToken
from server.keys import Keys

PURPOSE = "api token"


@dataclass(frozen=True, kw_only=True)
class TokenCard:
    """A token as the administrator sees it, never the secret; ``made_by`` is empty where it was made at the command line."""

    id: int
    name: str
    scopes: frozenset[Scope]
    made_by: str
    made_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def drawn_token(keys: Keys, operation: Operation) -> str:
    """Return the secret of a new token, the same for the same operation, so that a retry shows it once more."""
    return rules.SIGN + base64.b32encode(keys.mac(PURPOSE, operation.key)).decode("ascii").rstrip("=").lower()


def digest_of(keys: Keys, secret: str) -> str:
    """Return the digest under which a token is stored and found."""
    return keys.digest(PURPOSE, secret)


def token_of(session: Session, keys: Keys, secret: str) -> TokenCard | None:
    """Return the token that a program proves itself with; None if it is unknown or revoked."""
    if not rules.FORM.fullmatch(secret):
        return None
    row = session.exec(select(ApiToken).where(ApiToken.digest == digest_of(keys, secret), col(ApiToken.revoked_at).is_(None))).first()
    return _card(row, "") if row is not None else None


def tokens(session: Session) -> tuple[TokenCard, ...]:
    """Return every token there ever was, those that are good first, the newest before the others."""
    rows = session.exec(select(ApiToken).order_by(col(ApiToken.revoked_at).is_not(None), col(ApiToken.id).desc())).all()
    names = {f"staff:{number}": name for number, name in session.exec(select(Staff.id, Staff.name))}
    return tuple(_card(row, names.get(row.made_by, "")) for row in rows)


def _card(row: ApiToken, made_by: str) -> TokenCard:
    return TokenCard(
        id=row.id or 0,
        name=row.name,
        scopes=rules.scopes_of(row.scopes),
        made_by=made_by,
        made_at=row.made_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
