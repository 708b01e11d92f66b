"""Commits shared by the writers that wait: one fsync serves many commands.

On SQLite writers take turns. Whoever is waiting when a body ends joins the running transaction with a savepoint of its own;
the last in the queue commits for all. Each leaves only after that commit: a failing body rolls back its savepoint only, a
failed commit fails every body that shared it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server.db.outbox import Recorded
from server.errors import Unavailable

MOST_BODIES = 64
"""A commit is not put off for more bodies than this, so that the first of them is not kept waiting."""
ORPHAN_SECONDS = 0.5
"""A transaction whose expected next writer never came is committed by one of those who wait, after this long."""


@dataclass
class _Batch:
    connection: Connection
    bodies: int = 0
    recorded: list[Recorded] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class SharedCommit:
    """Serialise writers on one engine and commit for several of them at once."""

    def __init__(self, engine: Engine, store_events: Callable[[Connection, list[Recorded]], None]) -> None:
        """``store_events`` writes what the bodies recorded, numbered, just before the commit."""
        self._engine = engine
        self._store_events = store_events
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None

    @contextmanager
    def body(self, recorded: list[Recorded]) -> Iterator[Session]:
        """Give a session inside the running transaction; return after the commit that holds it."""
        with self._my_turn():
            batch = self._batch or self._open()
            batch.bodies += 1
            try:
                with Session(bind=batch.connection, join_transaction_mode="create_savepoint") as session:
                    yield session
                    session.commit()
                batch.recorded.extend(recorded)
            finally:
                self._close_unless_awaited(batch)
        self._wait_for(batch)

    @contextmanager
    def _my_turn(self) -> Iterator[None]:
        with self._count:
            self._waiting += 1
        self._turn.acquire()
        with self._count:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turn.release()

    def _open(self) -> _Batch:
        try:
            connection = self._engine.connect()
            connection.begin()
        except OperationalError as error:
            raise Unavailable("database_busy") from error
        self._batch = _Batch(connection)
        return self._batch

    def _close_unless_awaited(self, batch: _Batch) -> None:
        time.sleep(0)  # lets whoever is ready to write come and queue
        if self._waiting == 0 or batch.bodies >= MOST_BODIES:
            self._close(batch)

    def _close(self, batch: _Batch) -> None:
        if batch.done.is_set():
            return
        self._batch = None
        try:
            self._store_events(batch.connection, batch.recorded)
            batch.connection.commit()
        except BaseException as error:
            batch.error = error
            batch.connection.rollback()
        finally:
            batch.connection.close()
            batch.done.set()

    def _wait_for(self, batch: _Batch) -> None:
        while not batch.done.wait(ORPHAN_SECONDS):
            with self._my_turn():
                self._close(batch)
        if batch.error is not None:
            raise Unavailable("commit_failed") from batch.error
