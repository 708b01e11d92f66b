"""One transaction a command, for a database that serves many writers at once (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server.db.outbox import Recorded
from server.errors import Unavailable


class OwnCommit:
    """Give each body a transaction of its own; events go in unnumbered and the relay numbers them."""

    def __init__(self, engine: Engine, store_events: Callable[[Connection, list[Recorded]], None]) -> None:
        """``store_events`` writes what the body recorded, in the same commit."""
        self._engine = engine
        self._store_events = store_events

    @contextmanager
    def body(self, recorded: list[Recorded]) -> Iterator[Session]:
        """Give a session; commit when the body ends well, roll back when it fails."""
        try:
            with Session(self._engine) as session:
                yield session
                session.flush()
                self._store_events(session.connection(), recorded)
                session.commit()
        except OperationalError as error:
            raise Unavailable("database_busy") from error
