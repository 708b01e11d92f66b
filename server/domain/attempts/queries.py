"""Reads of failed tries."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from server.domain.attempts import rules
from server.domain.attempts.rules import Counted, Missed
from server.domain.attempts.tables import Asker, Miss
from server.keys import Keys


def key_digest(keys: Keys, counted: Counted) -> str:
    """Return the digest under which ``counted`` is stored: neither addresses nor what was typed stand in the table."""
    return keys.digest("attempts", counted.key)


def waiting(session: Session, keys: Keys, now: datetime, *counted: Counted) -> timedelta | None:
    """Return the longest wait among ``counted``, None if a guess may come now; for drawing a page."""
    waits = (_wait(session, key_digest(keys, one), now, one) for one in counted)
    return max((wait for wait in waits if wait), default=None)


def tries_left(session: Session, keys: Keys, now: datetime, *counted: Counted) -> int:
    """Return how many wrong guesses may still follow on ``counted`` before the next must wait."""
    return min(rules.tries_left(_misses(session, key_digest(keys, one), now), now, one.policy) for one in counted)


def _wait(session: Session, key: str, now: datetime, counted: Counted) -> timedelta | None:
    return rules.wait(_misses(session, key, now), now, counted.policy)


def _misses(session: Session, key: str, now: datetime) -> list[Missed]:
    asker = session.get(Asker, key)
    through = asker.forgiven_through if asker else 0
    recent = select(Miss).where(col(Miss.key) == key, col(Miss.missed_at) > now - rules.HOUR).order_by(col(Miss.id))
    return [Missed(at=miss.missed_at, forgiven=(miss.id or 0) <= through) for miss in session.exec(recent)]
