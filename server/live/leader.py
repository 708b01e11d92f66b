"""Which worker numbers the facts: the one that holds a session advisory lock on PostgreSQL; on SQLite there is nothing to number.

The lock goes with its connection, so a worker that dies or loses its connection is followed by another at its next look. Two who
both believe to lead do no harm: a number is unique, and the slower one's transaction fails.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from server.db.transaction import Door

log = logging.getLogger(__name__)

LOCK = 0x79696E6762696E
"""The advisory lock's number: the letters "yingbin"."""


class Leader:
    """Takes and keeps the lock."""

    def __init__(self, door: Door) -> None:
        """Lead nobody yet; connects at the first question."""
        self._door = door
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    @property
    def is_leading(self) -> bool:
        """Whether this worker led at its last look."""
        return self._connection is not None

    def leads(self) -> bool:
        """Tell whether this worker leads, and try to if nobody does."""
        if self._door.engines.is_sqlite:
            return True
        with self._lock:
            return self._still_holds() or self._take()

    def stop(self) -> None:
        """Let go of the lock, so that another worker can take it at once."""
        with self._lock:
            self._drop()

    def _still_holds(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            log.warning("the connection that held the numbering lock is gone")
            self._drop()
            return False
        return True

    def _take(self) -> bool:
        connection = self._door.engines.write.connect().execution_options(isolation_level="AUTOCOMMIT")
        if connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": LOCK}).scalar_one():
            self._connection = connection
            log.info("this worker numbers the facts")
            return True
        connection.close()
        return False

    def _drop(self) -> None:
        # Invalidated, not handed back to the pool: only the end of the session lets the lock go.
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
