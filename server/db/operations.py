"""Stored operations: the same tap sent twice is carried out once and answered alike.

Key: (actor, route, id made in the browser), with a digest of the body. An accepted command keeps the code and the row ids of
its outcome, a refused one (a conflict) its code and facts; both for 30 days, in the same commit as what they did. The answer is
drawn anew from them in the reader's language.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import Field, Session, SQLModel

from server.db.types import Instant
from server.errors import Conflict, Fact, OtherBody

KEPT = timedelta(days=30)
"""How long a retry of the same operation still gets the first answer."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Who asks for what, and by which tap."""

    actor: str
    route: str
    id: str
    body_digest: str = ""
    repeatable: bool = True

    @classmethod
    def internal(cls, route: str, actor: str = "house") -> Operation:
        """Return an operation of the house's own (a deadline, the command line): never repeated by a retry, so its answer is not kept."""
        return cls(actor=actor, route=route, id=secrets.token_hex(16), repeatable=False)

    @property
    def key(self) -> str:
        """The digest under which the operation is stored."""
        return hashlib.sha256(f"{self.actor}\x1f{self.route}\x1f{self.id}".encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a command did: a stable code and the ids of the rows it touched. ``repeated`` tells that it had been done before."""

    code: str
    ids: Mapping[str, Fact] = field(default_factory=dict)
    repeated: bool = False


class OperationRow(SQLModel, table=True):
    """One operation that was answered."""

    __tablename__ = "operation"

    key: str = Field(primary_key=True, max_length=64)
    body_digest: str = Field(max_length=64)
    accepted: bool
    code: str = Field(max_length=60)
    ids: str
    answered_at: datetime = Field(sa_type=Instant, index=True)


_table = OperationRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
# Core statements, built once: every command runs both.
_FIND = select(_table).where(_table.c.key == bindparam("asked"))
_KEEP = insert(_table)


def find(session: Session, operation: Operation) -> Outcome | None:
    """Return the earlier outcome of this operation, None if it is new; raises the earlier Conflict, or OtherBody."""
    row = session.execute(_FIND, {"asked": operation.key}).one_or_none() if operation.repeatable else None
    if row is None:
        return None
    if row.body_digest != operation.body_digest:
        raise OtherBody("operation_reused")
    ids = json.loads(row.ids)
    if not row.accepted:
        raise Conflict(row.code, **ids)
    return Outcome(code=row.code, ids=ids, repeated=True)


def keep(session: Session, operation: Operation, outcome: Outcome | Conflict, now: datetime) -> None:
    """Store how the operation was answered, if it may be repeated."""
    if not operation.repeatable:
        return
    accepted = isinstance(outcome, Outcome)
    ids = outcome.ids if isinstance(outcome, Outcome) else outcome.facts
    session.execute(
        _KEEP,
        {
            "key": operation.key,
            "body_digest": operation.body_digest,
            "accepted": accepted,
            "code": outcome.code,
            "ids": json.dumps(dict(ids), sort_keys=True),
            "answered_at": now,
        },
    )


def forget_old(session: Session, now: datetime) -> None:
    """Delete the answers of operations that nobody retries any more."""
    session.execute(delete(OperationRow).where(OperationRow.answered_at < now - KEPT))  # type: ignore[arg-type]  # a column at class level
