"""The one door: every change of the database goes through :meth:`Door.perform`, every read through :meth:`Door.reading`.

A service verb is written ``@command def sign_in(tx: Unit, *, ...) -> Outcome`` and called ``sign_in(door, operation, ...)``. The
door opens the transaction, answers a repeated operation from its store, runs the verb, and commits row changes, operation and
facts together. A verb may be run again when another writer was faster, so it reads what it needs inside and touches nothing
outside the session.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from server.clock import Clock
from server.config import Settings
from server.db import operations, outbox
from server.db.engine import Engines
from server.db.operations import Operation, Outcome
from server.db.outbox import Recorded
from server.db.own_commit import OwnCommit
from server.db.shared_commit import SharedCommit
from server.errors import Conflict, Unavailable
from server.events import Event
from server.keys import Keys

P = ParamSpec("P")

SNAPSHOT = "yingbin_snapshot"
"""Where a session on one snapshot keeps what was read of it; a session that writes has no such place."""
MOST_RUNS = 8
"""How often a verb is run again because another writer changed the same rows first."""

_inside: ContextVar[bool] = ContextVar("yingbin_inside_transaction", default=False)


@dataclass
class Unit:
    """What a verb works with: one session, one instant, and the facts it records."""

    session: Session
    now: datetime
    settings: Settings
    keys: Keys
    operation: Operation
    recorded: list[Recorded] = field(default_factory=list)
    lasting: list[Recorded] = field(default_factory=list)

    @property
    def actor(self) -> str:
        """Who asks, as it stands in the audit (``device:3``, ``staff:2``, ``visit:7``, ``house``)."""
        return self.operation.actor

    def record(self, event: Event, *, observed_at: datetime | None = None, even_if_refused: bool = False) -> None:
        """Record a fact; ``observed_at`` if it was seen earlier than now (a device that was offline).

        ``even_if_refused`` keeps a fact about the asking itself, when the command then ends in a :class:`Conflict`.
        """
        fact = Recorded(
            event=event,
            observed_at=observed_at or self.now,
            recorded_at=self.now,
            actor=self.actor,
            operation=self.operation.key,
        )
        self.recorded.append(fact)
        if even_if_refused:
            self.lasting.append(fact)


class _Writer(Protocol):
    def body(self, recorded: list[Recorded]) -> AbstractContextManager[Session]: ...


class Door:
    """The only way to read from and write to the database."""

    def __init__(self, engines: Engines, *, clock: Clock, settings: Settings, keys: Keys) -> None:
        """Open the door on ``engines``; nothing connects until the first use."""
        self.engines = engines
        self.clock = clock
        self.settings = settings
        self.keys = keys
        self.after_commit: list[Callable[[], None]] = []
        self._writer = self._make_writer()
        self._numbering = threading.Lock()

    def _make_writer(self) -> _Writer:
        if self.engines.is_sqlite:
            return SharedCommit(self.engines.write, outbox.store_numbered)
        return OwnCommit(self.engines.write, outbox.store_waiting)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session on one snapshot of the database; changing anything through it fails.

        Since nothing changes in it, a query may keep what it has put together in ``session.info`` for whoever asks the same again.
        """
        with Session(self.engines.read, autoflush=False, info={SNAPSHOT: {}}) as session:
            yield session

    def perform(self, operation: Operation, verb: Callable[[Unit], Outcome]) -> Outcome:
        """Run ``verb`` in a transaction of its own, once for this operation however often it is sent."""
        if _inside.get():
            raise RuntimeError("a command may not call another: share a function that takes the transaction")
        inside = _inside.set(True)
        try:
            outcome = self._run_until_undisturbed(operation, verb)
        finally:
            _inside.reset(inside)
        for tell in self.after_commit:
            tell()
        if isinstance(outcome, Conflict):
            raise outcome
        return outcome

    def _run_until_undisturbed(self, operation: Operation, verb: Callable[[Unit], Outcome]) -> Outcome | Conflict:
        for _ in range(MOST_RUNS):
            try:
                return self._run_once(operation, verb)
            except (StaleDataError, IntegrityError):
                continue
        raise Unavailable("too_many_writers")

    def _run_once(self, operation: Operation, verb: Callable[[Unit], Outcome]) -> Outcome | Conflict:
        recorded: list[Recorded] = []
        with self._writer.body(recorded) as session:
            earlier = operations.find(session, operation)
            if earlier is not None:
                return earlier
            now = self.clock.now()
            unit = Unit(session, now, self.settings, self.keys, operation, recorded)
            outcome = self._outcome_of(verb, unit)
            operations.keep(session, operation, outcome, now)
        return outcome

    @staticmethod
    def _outcome_of(verb: Callable[[Unit], Outcome], unit: Unit) -> Outcome | Conflict:
        try:
            outcome = verb(unit)
            unit.session.flush()
        except Conflict as conflict:
            unit.session.rollback()
            unit.recorded[:] = unit.lasting
            return conflict
        return outcome

    def number_waiting(self) -> int:
        """Number committed facts that have none (PostgreSQL); returns how many. Only the relay calls it."""
        if self.engines.is_sqlite:
            return 0
        with self._numbering, self.engines.write.begin() as connection:
            return outbox.number_waiting(connection)


def command(verb: Callable[Concatenate[Unit, P], Outcome]) -> Callable[Concatenate[Door, Operation, P], Outcome]:
    """Turn a verb that takes a :class:`Unit` into one that is called with the door and an operation."""

    @wraps(verb)
    def through_the_door(door: Door, operation: Operation, /, *args: P.args, **kwargs: P.kwargs) -> Outcome:
        return door.perform(operation, lambda unit: verb(unit, *args, **kwargs))

    through_the_door.is_command = True  # type: ignore[attr-defined]  # tests list every command there is by this mark
    return through_the_door
