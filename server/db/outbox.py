"""The outbox: every fact, stored in the commit it tells of, numbered without gaps and chained by hash.

On SQLite one process writes at a time, so facts are numbered in their own commit. On PostgreSQL they go in unnumbered and the
relay numbers them when it sees them committed; so nothing hangs on the order in which a database hands out or commits ids.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Index, Row, bindparam, func, insert, select, text, update
from sqlmodel import Field, Session, SQLModel

from server.db.types import Instant
from server.events import Event

GENESIS = "0" * 64
"""What the first fact of a house is chained to."""


class EventRow(SQLModel, table=True):
    """One stored fact. Append-only: a trigger refuses changes to a numbered row, and any deletion."""

    __tablename__ = "event"
    __table_args__ = (Index("event_waiting", "id", sqlite_where=text("number IS NULL"), postgresql_where=text("number IS NULL")),)

    id: int | None = Field(default=None, primary_key=True)
    number: int | None = Field(default=None, unique=True)
    kind: str = Field(max_length=40, index=True)
    facts: str
    visit_id: int | None = Field(default=None, index=True)
    observed_at: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    actor: str = Field(max_length=40)
    operation: str = Field(max_length=120)
    chain: str | None = Field(default=None, max_length=64)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A fact on its way into the outbox."""

    event: Event
    observed_at: datetime
    recorded_at: datetime
    actor: str
    operation: str


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A fact as it stands in the outbox."""

    number: int
    event: Event
    observed_at: datetime
    recorded_at: datetime
    actor: str


_table = EventRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation

# Built once: every command runs them.
_INSERT = insert(_table)
_LAST = select(_table.c.number, _table.c.chain).where(_table.c.number.is_not(None)).order_by(_table.c.number.desc()).limit(1)
_HEAD = select(func.coalesce(func.max(_table.c.number), 0))
_AFTER = select(_table).where(_table.c.number > bindparam("number")).order_by(_table.c.number).limit(bindparam("most"))


def head(session: Session) -> int:
    """Return the number of the newest fact in this snapshot; 0 in an empty house."""
    newest: int = session.execute(_HEAD).scalar_one()
    return newest


def has_waiting(session: Session) -> bool:
    """Tell whether this snapshot holds facts that have no number yet (never on SQLite)."""
    return session.execute(select(_table.c.id).where(_table.c.number.is_(None)).limit(1)).first() is not None


def history(session: Session, restored: type[Event]) -> str:
    """Return a name for this history of facts: the chain at the newest ``restored``, else at fact 1; ``new`` in an empty house."""
    began = select(_table.c.chain).where(_table.c.number == 1)
    again = select(_table.c.chain).where(_table.c.kind == restored.__name__, _table.c.number.is_not(None))
    chain = session.execute(again.order_by(_table.c.number.desc()).limit(1)).scalar() or session.execute(began).scalar()
    return chain[:16] if chain else "new"


def after(session: Session, number: int, *, limit: int = 1000) -> list[Numbered]:
    """Return the facts numbered above ``number``, oldest first, at most ``limit``."""
    return [_numbered(row) for row in session.execute(_AFTER, {"number": number, "most": limit})]


def of_visit(session: Session, visit_id: int) -> list[Numbered]:
    """Return every numbered fact about one visit, oldest first."""
    rows = session.execute(select(_table).where(_table.c.visit_id == visit_id, _table.c.number.is_not(None)).order_by(_table.c.number))
    return [_numbered(row) for row in rows]


def store_numbered(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Store facts with their numbers and chain: for the only writer of a database, inside its commit."""
    if recorded:
        connection.execute(_INSERT, list(_chained(connection, (_as_row(fact) for fact in recorded))))


def store_waiting(connection: Connection, recorded: Sequence[Recorded]) -> None:
    """Store facts without numbers; :func:`number_waiting` gives them theirs after the commit."""
    if recorded:
        connection.execute(_INSERT, [_as_row(fact) for fact in recorded])


def number_waiting(connection: Connection, *, limit: int = 1000) -> int:
    """Number and chain committed facts that have no number yet; returns how many. Only the one relay may call it."""
    waiting = select(_table).where(_table.c.number.is_(None)).order_by(_table.c.id).limit(limit)
    rows = [dict(row._mapping) for row in connection.execute(waiting)]
    for row in _chained(connection, rows):
        connection.execute(update(_table).where(_table.c.id == row["id"]).values(number=row["number"], chain=row["chain"]))
    return len(rows)


def chain_link(previous: str, row: Row[Any] | dict[str, Any]) -> str:
    """Return the hash that chains a stored fact to the one before it."""
    values = row if isinstance(row, dict) else dict(row._mapping)
    content = [
        values["number"],
        values["kind"],
        values["facts"],
        values["observed_at"].astimezone(UTC).isoformat(),
        values["recorded_at"].astimezone(UTC).isoformat(),
        values["actor"],
        values["operation"],
    ]
    return hashlib.sha256((previous + json.dumps(content)).encode()).hexdigest()


def _chained(connection: Connection, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    last = connection.execute(_LAST).first()
    number, chain = (last.number, last.chain) if last else (0, GENESIS)
    for row in rows:
        number += 1
        row["number"] = number
        chain = row["chain"] = chain_link(chain, row)
        yield row


def _as_row(fact: Recorded) -> dict[str, Any]:
    facts = fact.event.facts()
    return {
        "kind": fact.event.kind,
        "facts": json.dumps(facts, sort_keys=True, separators=(",", ":")),
        "visit_id": facts.get("visit_id"),
        "observed_at": fact.observed_at,
        "recorded_at": fact.recorded_at,
        "actor": fact.actor,
        "operation": fact.operation,
    }


def _numbered(row: Row[Any]) -> Numbered:
    return Numbered(
        number=row.number,
        event=Event.revive(row.kind, json.loads(row.facts)),
        observed_at=row.observed_at,
        recorded_at=row.recorded_at,
        actor=row.actor,
    )
