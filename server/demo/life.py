"""The demo park goes on while it is served: visitors come and leave, meetings are served; each hour what was used up is replaced.

It acts for visitors that the demo itself signed in, and leaves those alone whom a person signed in: a newcomer who registers at the
kiosk, or uses one of the invitations, answers as the host himself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import col, func, select

from server.clock import Clock
from server.db.transaction import Door
from server.demo import SEED, handout, staff, top_up
from server.demo.acting import Cast, is_demo_made, person, seconds
from server.demo.floor import Floor
from server.demo.visits import hosts_in_order
from server.domain.visits import queries
from server.domain.visits.rules import State, Step
from server.domain.visits.tables import Visit
from server.errors import YingbinError
from server.loops import Loop

EVERY_SECONDS = 5.0
MOST_WAITING = 5
"""No demo visitor comes while so many wait."""
TOP_UP = timedelta(hours=1)
TELL = timedelta(minutes=5)
"""So often ``demo.json`` is written anew: the pages of rooms open and close with their meetings."""
PATIENCE = timedelta(minutes=11)
"""After this the desk lets in whom nobody has met."""


def create_life(door: Door, clock: Clock) -> Loop:
    """Return the loop of the demo's life; it does not run until it is started."""
    return Loop("demo", Life(door, SEED).step, every_seconds=EVERY_SECONDS, clock=clock)


class Life:
    """What happens by itself in the demo park."""

    def __init__(self, door: Door, seed: str) -> None:
        """Act through ``door``, at the pace that ``seed`` gives."""
        self._door = door
        self._seed = seed
        self._topped_up_at: datetime | None = None
        self._told_at: datetime | None = None
        self._made: dict[int, bool] = {}
        self._cast: Cast | None = None
        self._floor = Floor(door, seed)

    def step(self) -> bool:
        """Let happen what is due now; never more to do at once."""
        now = self._door.clock.now()
        self._replace(now)
        for visit_id, act in (*self._of_the_waiting(now), *self._of_those_inside(now)):
            if self._is_demo_made(visit_id):
                # A person at the desk or a phone may have been faster.
                with contextlib.suppress(YingbinError):
                    act()
        self._arrive(now)
        self._floor.step()
        return False

    @property
    def cast(self) -> Cast:
        """Who acts."""
        if self._cast is None:
            self._cast = Cast(door=self._door, desk_id=staff.desk_id(self._door))
        return self._cast

    def _replace(self, now: datetime) -> None:
        if self._topped_up_at is None or now - self._topped_up_at >= TOP_UP:
            top_up(self._door, self._seed, now)
            self._topped_up_at, self._told_at = now, None
        if self._told_at is None or now - self._told_at >= TELL:
            handout.write(self._door, self._seed, now)
            self._told_at = now

    def _of_the_waiting(self, now: datetime) -> list[tuple[int, Callable[[], None]]]:
        with self._door.reading() as session:
            rows = queries.waiting(session)
        due = []
        for row in rows:
            act = self._next_act(row, now)
            if act is not None:
                due.append((row.visit_id, act))
        return due

    def _next_act(self, row: queries.WaitingRow, now: datetime) -> Callable[[], None] | None:
        visit, kind, waited = row.visit_id, row.visit_id % 8, now - row.since
        if waited > PATIENCE and row.step != Step.WAIT:
            return partial(self.cast.admit, visit)
        if kind == 7:
            return None
        if row.step in (Step.TOLD, Step.REACHED):
            return partial(self.cast.seen, visit) if waited > self._pace(15, 45, visit, "seen") else None
        if row.step == Step.SEEN:
            return partial(self._answer, visit, kind) if waited > self._pace(50, 110, visit, "answer") else None
        if row.step in (Step.COMING, Step.WAIT) and row.come_at is not None:
            late = self._pace(20, 100, visit, "met") if row.step == Step.COMING else timedelta()
            return partial(self.cast.met, visit) if now > row.come_at + late else None
        return None

    def _answer(self, visit: int, kind: int) -> None:
        if kind == 5:
            self.cast.wait(visit, 10)
        elif kind == 6 and visit % 3 == 0:
            self.cast.decline(visit)
        else:
            self.cast.coming(visit, (0, 3, 5)[visit % 3])

    def _of_those_inside(self, now: datetime) -> list[tuple[int, Callable[[], None]]]:
        with self._door.reading() as session:
            rows = [row for floor in queries.in_building(session) for tenant in floor.tenants for row in tenant.visits]
        due: list[tuple[int, Callable[[], None]]] = []
        for row in rows:
            inside = now - row.since
            if row.state == State.MET and inside > self._pace(480, 600, row.visit_id, "admit"):
                due.append((row.visit_id, partial(self.cast.admit, row.visit_id)))
            elif row.state == State.IN and inside > self._pace(1200, 6600, row.visit_id, "leave"):
                due.append((row.visit_id, partial(self.cast.leave, row.visit_id)))
        return due

    def _arrive(self, now: datetime) -> None:
        with self._door.reading() as session:
            waiting = len(queries.waiting(session))
            number = session.exec(select(func.count(col(Visit.id)))).one()
            newest: datetime | None = session.exec(select(func.max(Visit.signed_in_at))).one()
        if waiting >= MOST_WAITING or (newest is not None and now - newest < self._pace(150, 420, number, "arrive")):
            return
        hosts = hosts_in_order(self._door)
        self.cast.walk_in(person(self._seed, 100 + number), hosts[(13 * number) % len(hosts)])

    def _pace(self, low: float, high: float, *key: object) -> timedelta:
        return seconds(low, high, self._seed, *key)

    def _is_demo_made(self, visit_id: int) -> bool:
        # Only what is so stays so: somebody whom the demo signed in may be signed in again by a person.
        if visit_id not in self._made:
            self._made[visit_id] = is_demo_made(self._door, visit_id)
        return self._made[visit_id]
