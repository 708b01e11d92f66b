"""The loop over deadlines: it finds what is due, calls the verb for each, and goes on when one fails.

A row whose verb fails is logged and set aside for a while; the others go on. What is set aside is this process's memory only:
correctness hangs on the rows, whose deadlines stay until a verb has met them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from server.clock import Clock
from server.db.operations import Operation
from server.db.transaction import Door
from server.deadlines.kinds import DEADLINES, Deadline
from server.deadlines.upkeep import UPKEEP, Upkeep
from server.domain.visits.queries.due import At
from server.errors import Conflict

log = logging.getLogger(__name__)

SET_ASIDE = timedelta(seconds=60)
"""How long a row that failed, or was not due after all, is left alone."""
NOT_DUE = "not_due"


class Scheduler:
    """Everything that time brings about."""

    def __init__(self, door: Door, clock: Clock, *, deadlines: Sequence[Deadline] = DEADLINES, upkeep: Sequence[Upkeep] = UPKEEP) -> None:
        """Look after ``deadlines`` and ``upkeep`` in the house behind ``door``."""
        self._door = door
        self._clock = clock
        self._deadlines = deadlines
        self._upkeep = upkeep
        self._set_aside: dict[tuple[str, int], datetime] = {}
        self._next: dict[str, datetime] = {}

    def step(self) -> bool:
        """Meet what is due now; True when something was done, since more may be due then."""
        now = self._clock.now()
        self._set_aside = {key: until for key, until in self._set_aside.items() if until > now}
        met = sum(self._meet_all(deadline, now) for deadline in self._deadlines)
        more = [self._keep_up(upkeep, now) for upkeep in self._upkeep]
        return met > 0 or any(more)

    def _meet_all(self, deadline: Deadline, now: datetime) -> int:
        but = [number for name, number in self._set_aside if name == deadline.name]
        try:
            with self._door.reading() as session:
                numbers = deadline.due(session, At(now=now, settings=self._door.settings), but)
        except Exception:  # one kind that cannot be read must not stop the others
            log.exception("deadline %s: what is due could not be read", deadline.name)
            return 0
        return sum(self._meet(deadline, number, now) for number in numbers)

    def _meet(self, deadline: Deadline, number: int, now: datetime) -> bool:
        try:
            outcome = deadline.meet(self._door, Operation.internal(f"deadline:{deadline.name}"), number)
        except Conflict:
            self._set_aside[deadline.name, number] = now + SET_ASIDE
            return False
        except Exception:  # a poisoned row must not stop the others; it is seen in the log and tried again
            log.exception("deadline %s: row %s failed", deadline.name, number)
            self._set_aside[deadline.name, number] = now + SET_ASIDE
            return False
        if outcome.code == NOT_DUE:
            self._set_aside[deadline.name, number] = now + SET_ASIDE
            return False
        return True

    def _keep_up(self, upkeep: Upkeep, now: datetime) -> bool:
        if now < self._next.get(upkeep.name, now):
            return False
        try:
            more = upkeep.act(self._door, Operation.internal(f"upkeep:{upkeep.name}"))
        except Exception:  # one chore that fails must not stop the others; it is done again at its next time
            log.exception("upkeep %s failed", upkeep.name)
            more = False
        if not more:
            self._next[upkeep.name] = now + upkeep.every
        return more
