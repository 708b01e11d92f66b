"""Visits of the demo park: a day's history in every state, people waiting now, and invitations to try."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count

from sqlmodel import col, func, select

from server.clock import StillClock
from server.db.operations import Operation
from server.db.outbox import EventRow
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.deadlines.kinds import DEADLINES
from server.demo import staff
from server.demo.acting import Cast, Person, person, seconds
from server.demo.past import at_another_time
from server.domain.notices import queries as notices_read
from server.domain.notices import service as notices
from server.domain.people import queries as people_read
from server.domain.visits import queries, service
from server.domain.visits.rules import MINUTES_A_DAY, Recurrence, State, last_strike, local_day, whole_day
from server.domain.visits.tables import Invitation, Visit
from server.errors import Conflict

VISITS = 40
"""Visitors who have come today."""
EXPECTED = 6
"""Visitors who are expected, with invitations that open the gate now."""
EVERY_DAY = Recurrence(weekdays=tuple(range(7)), daily_from=0, daily_until=MINUTES_A_DAY)
RECURRING = 2
"""So many of them come every day."""
LONGEST = timedelta(hours=8)
SHORTEST = timedelta(minutes=10)
"""No history is written into less time than this."""
TIGHT = timedelta(minutes=45)
"""Just after midnight or the sweep, the day's history reaches back this far."""

FATES = (
    *("out",) * 19,
    *("declined",) * 2,
    "withdrawn",
    *("in",) * 10,
    *("met",) * 3,
    *("desk", "wait", "coming", "seen", "told"),
)
"""What became of the day's visitors, the longest ago first; the last five wait now."""

STILL_HERE = FATES.index("met")
"""From here on their stories are not over: they are told again at every start that writes history."""

AGO = {
    "met": timedelta(minutes=9),
    "desk": timedelta(minutes=7),
    "wait": timedelta(minutes=5),
    "coming": timedelta(minutes=2),
    "seen": timedelta(seconds=50),
    "told": timedelta(seconds=15),
}
"""How long before now those came whose story is not over."""

Act = Callable[[], None]


KINDS = {"day_opens", "unseen", "unanswered", "window_over", "farewell", "sweep", "pass_over", "invitation_over"}
LOBBY_DEADLINES = tuple(each for each in DEADLINES if each.name in KINDS)
"""What time brings about in the lobby; the meeting floor's history is written elsewhere."""


class Stage:
    """A stretch of the past on which acts are played in the order of their times, and the deadlines between them."""

    def __init__(self, door: Door, begins: datetime, ends: datetime) -> None:
        """Write history between ``begins`` and ``ends`` into the database behind ``door``."""
        self.clock = StillClock(begins)
        self.ends = ends
        past = at_another_time(door, self.clock)
        self.cast = Cast(door=past, desk_id=staff.desk_id(door))
        self._deadlines = Scheduler(past, self.clock, deadlines=LOBBY_DEADLINES, upkeep=())
        self._acts: list[tuple[datetime, int, Act]] = []
        self._order = count()

    def at(self, instant: datetime, act: Act) -> None:
        """Play ``act`` at ``instant``, if that is on the stage."""
        if instant <= self.ends:
            heapq.heappush(self._acts, (instant, next(self._order), act))

    def play(self) -> Iterator[datetime]:
        """Play everything; gives the time of each act once it is done."""
        while self._acts:
            instant, _, act = heapq.heappop(self._acts)
            self.clock.put(max(instant, self.clock.now()))
            self.tick()
            # Whoever the sweep found meanwhile is no longer there to be met.
            with suppress(Conflict):
                act()
            yield instant
        self.clock.put(self.ends)
        self.tick()

    def tick(self) -> None:
        """Let the deadlines and the messages of this instant happen."""
        while self._deadlines.step():
            pass
        door = self.cast.door
        with door.reading() as session:
            due = notices_read.due(session, self.clock.now(), limit=500)
        for notice_id in due:
            notices.claim(door, Operation.internal("demo:notice"), notice_id=notice_id)
            service.note_sent(door, Operation.internal("demo:notice"), notice_id=notice_id, via="")


def fill(door: Door, seed: str, now: datetime, tell: Callable[[int, int], None]) -> None:
    """Write the history of the day up to ``now``, as far as it is missing, and the invitations."""
    today = whole_day(local_day(now, door.settings.zone), door.settings.zone).begins
    with door.reading() as session:
        came = session.exec(select(func.count(col(Visit.id))).where(col(Visit.signed_in_at) >= today)).one()
        newest: datetime | None = session.exec(select(func.max(EventRow.recorded_at)).where(col(EventRow.visit_id).is_not(None))).one()
    begins = _begin(door, now, newest)
    if came < VISITS and now - begins >= SHORTEST:
        stage = Stage(door, begins, now)
        if newest is None:
            _yesterday(door, seed, now)
        _plan(stage, seed, hosts_in_order(door), fates=FATES[min(came, STILL_HERE) :])
        for done in stage.play():
            tell(int((done - begins).total_seconds()), int((now - begins).total_seconds()))
    top_up(door, seed, now)
    tell(1, 1)


def top_up(door: Door, seed: str, now: datetime) -> None:
    """Invite until enough are expected whose code opens the gate now."""
    zone = door.settings.zone
    with door.reading() as session:
        expected = queries.expected_today(session, local_day(now, zone), zone)
        open_now = [row for row in expected if row.expected_from <= now < row.valid_until]
        current = queries.invitations(session, now)
        number = session.exec(select(func.count(col(Invitation.id)))).one()
    recurring = sum(invitation.recurring for invitation in current)
    inviting = {invitation.host_id for invitation in current if invitation.state == State.EXPECTED}
    hosts = hosts_in_order(door)
    cast = Cast(door=door, desk_id=staff.desk_id(door))
    for place in range(EXPECTED - len(open_now)):
        who = person(seed, 1000 + number + place)
        host = hosts[0] if hosts[0] not in inviting else hosts[(7 * (number + place)) % len(hosts)]
        inviting.add(host)
        begins = now.replace(minute=now.minute - now.minute % 10, second=0, microsecond=0)
        if recurring < RECURRING and place >= EXPECTED - RECURRING:
            span = whole_day(local_day(now, zone), zone)
            cast.invite(who, host, span.begins, span.begins + timedelta(days=90), EVERY_DAY)
            recurring += 1
        else:
            cast.invite(who, host, begins, begins + timedelta(hours=12))


def hosts_in_order(door: Door) -> list[int]:
    """Return every host of the park by number: the demo's own first one first."""
    with door.reading() as session:
        tenants = [tenant.id for tenant in people_read.tenants(session)]
        cards = [card for tenant_id in tenants for card in people_read.hosts_of(session, tenant_id)]
    return [card.id for card in sorted(cards, key=lambda card: card.number or "")]


def _begin(door: Door, now: datetime, newest: datetime | None) -> datetime:
    zone = door.settings.zone
    day = whole_day(local_day(now, zone), zone)
    begins = max(day.begins, last_strike(now, door.settings.sweep_at, zone), now - LONGEST)
    if now - begins < TIGHT:
        begins = now - TIGHT
    # What has been recorded stands: history only goes on from there.
    return begins if newest is None else max(begins, newest + timedelta(seconds=1))


def _yesterday(door: Door, seed: str, now: datetime) -> None:
    """Write what cannot come out of one day: somebody whom the sweep found, and a leave of several days that ran out."""
    swept = last_strike(now, door.settings.sweep_at, door.settings.zone)
    stage = Stage(door, now - timedelta(days=4), swept + timedelta(seconds=5) if swept < now - TIGHT else now - TIGHT)
    hosts = hosts_in_order(door)
    begins, ends = now - timedelta(days=3), swept - timedelta(hours=9)
    stage.at(now - timedelta(days=4), lambda: _ignore(stage.cast.invite(person(seed, 900), hosts[5], begins, ends)))
    forgotten = swept - timedelta(hours=7)
    visits: list[int] = []
    stage.at(forgotten, lambda: visits.append(stage.cast.walk_in(person(seed, 901), hosts[11])))
    stage.at(forgotten + timedelta(minutes=3), lambda: stage.cast.met(visits[0]))
    stage.at(forgotten + timedelta(minutes=5), lambda: stage.cast.admit(visits[0]))
    for _ in stage.play():
        pass


def _ignore(_number: int) -> None:
    """An act gives nothing back."""


def _plan(stage: Stage, seed: str, hosts: list[int], *, fates: tuple[str, ...]) -> None:
    begins, now = stage.clock.now(), stage.ends
    rng = random.Random(f"{seed}:{now.date().isoformat()}")  # noqa: S311 - the fates of a demo, not secrets
    span = now - begins
    swept = last_strike(now, stage.cast.door.settings.sweep_at, stage.cast.door.settings.zone)
    # Who is still in came after the sweep, and long enough ago to have been met and let in.
    late = now - timedelta(minutes=7)
    early = min(late, max(begins + span * 0.45, swept + timedelta(seconds=1)))
    _plan_no_show(stage, seed, hosts)
    for number, fate in enumerate(fates):
        who, host = person(seed, number), hosts[rng.randrange(len(hosts))]
        if fate in AGO:
            came = now - AGO[fate] - seconds(0, 8, seed, number)
        elif fate == "in":
            came = early + (late - early) * rng.random()
        else:
            came = begins + span * rng.uniform(0.02, 0.6)
        _Story(stage, number, fate, invited=number % 5 == 0 and fate in {"out", "in"}).begin(came, who, host)


def _plan_no_show(stage: Stage, seed: str, hosts: list[int]) -> None:
    """Somebody was expected in the first part of the day, and did not come."""
    begins = stage.clock.now()
    until = begins + (stage.ends - begins) / 2
    stage.at(begins, lambda: _ignore(stage.cast.invite(person(seed, 902), hosts[3], begins, until)))


class _Story:
    """One demo visitor's visit, from the door to what becomes of it."""

    def __init__(self, stage: Stage, number: int, fate: str, *, invited: bool) -> None:
        self._stage = stage
        self._number = number
        self._fate = fate
        self._invited = invited
        self._visit = 0

    def begin(self, came: datetime, who: Person, host: int) -> None:
        """Put the acts on the stage."""
        stage, cast = self._stage, self._stage.cast
        if self._invited:
            invited_at, kept = max(stage.clock.now(), came - timedelta(hours=2)), [0]
            stage.at(
                invited_at, lambda: kept.__setitem__(0, cast.invite(who, host, came - timedelta(minutes=10), came + timedelta(hours=6)))
            )
            stage.at(came, lambda: self._came(cast.come_invited(kept[0], who.gate)))
        else:
            stage.at(came, lambda: self._came(cast.walk_in(who, host)))
        # The deadlines of a message that nobody opens fall between the acts of others.
        for moment in (61, 181):
            stage.at(came + timedelta(seconds=moment), lambda: None)
        getattr(self, f"_{self._fate}")(came)

    def _came(self, visit_id: int) -> None:
        self._visit = visit_id

    def _at(self, came: datetime, minutes: float, act: Callable[[int], None]) -> None:
        self._stage.at(came + timedelta(minutes=minutes), lambda: act(self._visit))

    def _told(self, _came: datetime) -> None:
        """Nothing more yet."""

    _desk = _told

    def _seen(self, came: datetime) -> None:
        self._at(came, 0.4, self._stage.cast.seen)

    def _coming(self, came: datetime) -> None:
        self._seen(came)
        self._at(came, 0.9, lambda visit: self._stage.cast.coming(visit, 5))

    def _wait(self, came: datetime) -> None:
        self._seen(came)
        self._at(came, 1.2, lambda visit: self._stage.cast.wait(visit, 20))

    def _declined(self, came: datetime) -> None:
        self._seen(came)
        self._at(came, 2, self._stage.cast.decline)

    def _withdrawn(self, came: datetime) -> None:
        self._at(came, 8, self._stage.cast.give_up)

    def _met(self, came: datetime) -> None:
        self._coming(came)
        self._at(came, 4, self._stage.cast.met)

    def _in(self, came: datetime) -> None:
        self._met(came)
        self._at(came, 6, self._stage.cast.admit)

    def _out(self, came: datetime) -> None:
        self._in(came)
        left = self._stage.ends - came - timedelta(minutes=8)
        self._at(came, 7 + left.total_seconds() / 60 * (0.2 + 0.7 * (self._number % 7) / 7), self._stage.cast.leave)
