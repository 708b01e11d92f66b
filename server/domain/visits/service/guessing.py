"""Guesses of codes and surnames: counted against who asks and against the site, answered with one fixed sentence."""

from __future__ import annotations

from server.db.operations import Outcome
from server.db.transaction import Unit
from server.domain.attempts import service as attempts
from server.domain.attempts.rules import CODE_AT_DEVICE, CODE_AT_SITE, Counted


def refuse_if_waiting(tx: Unit) -> None:
    """Refuse a guess that comes too early after misses: TooMany with ``retry_seconds``."""
    attempts.refuse_if_waiting(tx, *_counted(tx))


def missed(tx: Unit) -> Outcome:
    """Count a wrong guess and give the one answer there is for it. Returned, not raised: the count must stay."""
    attempts.count_miss(tx, *_counted(tx))
    return Outcome(code="no_match")


def right(tx: Unit) -> None:
    """End the asker's row of misses."""
    attempts.forgive(tx, *_counted(tx))


def _counted(tx: Unit) -> tuple[Counted, ...]:
    return (Counted(key=f"code:{tx.actor}", policy=CODE_AT_DEVICE), Counted(key="code:site", policy=CODE_AT_SITE))
