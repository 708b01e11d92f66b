"""The audit: the outbox read as a chain in which each fact vouches for all before it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from server.db.outbox import GENESIS, EventRow, chain_link

_table = EventRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation


@dataclass(frozen=True, kw_only=True)
class Broken:
    """The first place where the chain does not hold."""

    number: int
    why: str


def first_break(session: Session) -> Broken | None:
    """Walk the whole chain; return the first fact that was changed, lost, inserted or put out of order, or None."""
    previous, expected = GENESIS, 1
    for row in session.execute(select(_table).where(_table.c.number.is_not(None)).order_by(_table.c.number)).yield_per(1000):
        if row.number != expected:
            return Broken(number=expected, why="missing")
        if row.chain != chain_link(previous, row):
            return Broken(number=row.number, why="changed")
        previous, expected = row.chain, expected + 1
    return None
