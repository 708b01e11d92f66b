"""Counting of wrong guesses, inside the commands that judge them.

A miss must outlive the refusal it belongs to: a command that counted one *returns* ``Outcome("wrong")``, since raising would
roll the miss back. A guess that comes too early is refused unjudged (``TooMany``) and changes nothing.
"""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, func, select

from server.db.transaction import Unit
from server.domain.attempts import queries
from server.domain.attempts.rules import Counted
from server.domain.attempts.tables import Asker, Miss
from server.errors import TooMany

KEPT = timedelta(days=1)
"""Misses are deleted after this long; rules look back an hour."""


def refuse_if_waiting(tx: Unit, *counted: Counted) -> None:
    """Refuse a guess that comes too early with ``TooMany`` and ``retry_seconds``; call it before looking at the guess."""
    wait = must_wait(tx, *counted)
    if wait is not None:
        raise TooMany("too_many_misses", retry_seconds=math.ceil(wait.total_seconds()))


def must_wait(tx: Unit, *counted: Counted) -> timedelta | None:
    """Return how long the guesser must wait, None if not at all; other guesses on these keys wait until this command ends."""
    for key in _digests(tx, counted):
        _locked(tx, key)
    return queries.waiting(tx.session, tx.keys, tx.now, *counted)


def count_miss(tx: Unit, *counted: Counted) -> None:
    """Count one wrong guess against each key."""
    for key in _digests(tx, counted):
        _locked(tx, key)
        tx.session.add(Miss(key=key, missed_at=tx.now))


def forgive(tx: Unit, *counted: Counted) -> None:
    """End the streak of each key after a right guess; its misses still count towards the hour."""
    for key in _digests(tx, counted):
        newest = tx.session.exec(select(func.max(Miss.id)).where(col(Miss.key) == key)).one()
        if newest is not None:
            _locked(tx, key).forgiven_through = newest


def forget_old(tx: Unit) -> None:
    """Delete misses that no rule looks at any more, and askers without any."""
    tx.session.execute(delete(Miss).where(col(Miss.missed_at) < tx.now - KEPT))
    tx.session.execute(delete(Asker).where(col(Asker.key).not_in(select(Miss.key))))


def _digests(tx: Unit, counted: tuple[Counted, ...]) -> list[str]:
    # In one order for everybody: two commands that lock the same keys cannot wait for each other.
    return sorted(queries.key_digest(tx.keys, one) for one in counted)


def _locked(tx: Unit, key: str) -> Asker:
    asker = tx.session.get(Asker, key, with_for_update=True)
    if asker is None:
        asker = Asker(key=key)
        tx.session.add(asker)
        tx.session.flush()
    return asker
