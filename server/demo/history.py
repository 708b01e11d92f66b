"""The history of the demo's meeting floor: the same acts that go on while the park is served, played before with a turned clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from functools import partial

from sqlmodel import Session, col, select

from server.clock import StillClock
from server.days import at_local, local_day
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.deadlines.kinds import DEADLINES
from server.demo import floor, schedule
from server.demo.floor import Floor
from server.demo.hands import MINUTE, Act, Hands, fate_of
from server.demo.past import at_another_time
from server.demo.programme import Fate, Slot
from server.domain.calendar import queries as calendar
from server.domain.calls import queries as calls
from server.domain.meetings import rules, service
from server.domain.meetings.rules import Category, State
from server.domain.meetings.tables import Meeting, TeaRound

KINDS = {"room_call", "change_unseen", "step", "tea_round", "start_to_ask", "reconfirm_opens", "unconfirmed"}
FLOOR_DEADLINES = tuple(each for each in DEADLINES if each.name in KINDS)
"""What time brings about on the floor; the lobby's history is written elsewhere."""

WINDOW = timedelta(hours=1)
"""How far ahead it is looked for what happens next."""
TOGETHER = timedelta(seconds=100)
"""What happens within this of the first thing is done with it, each at its own instant."""
LOOKS_EVERY = timedelta(minutes=3)
"""How often deadlines are looked for: what is told in the past need not be told to the second."""
HELD_BACK = timedelta(minutes=27)
"""From so long before the end on, the tea of one meeting is served as the end needs it."""
SERVED = timedelta(minutes=21, seconds=30)
"""A round that was served so long before the end makes the next one due at the end."""
JUST_NOW = timedelta(seconds=40)


class History:
    """A stretch of the past in which meetings are registered, served and closed, in the order of their times."""

    def __init__(self, door: Door, seed: str, begins: datetime, ends: datetime) -> None:
        """Write between ``begins`` and ``ends`` into the database behind ``door``."""
        self._clock = StillClock(begins)
        self._begins, self._ends = begins, ends
        past = at_another_time(door, self._clock)
        self._floor = Floor(past, seed, live=False)
        self._hands = self._floor.hands
        self._scheduler = Scheduler(past, self._clock, deadlines=FLOOR_DEADLINES, upkeep=())
        self._looked_at = begins
        self._scene: list[Act] = []

    def play(self, slots: Iterable[Slot], tell: Callable[[int, int], None]) -> None:
        """Register meetings, and let everything happen up to the end: then tea is due, somebody calls, and one has just been moved."""
        for number, slot in enumerate(slots, start=1):
            self._at(self._registered_at(slot) + number * timedelta(seconds=20), partial(schedule.register, self._hands, slot))
        self._at(self._ends - HELD_BACK, self._hold_tea_back)
        self._at(self._ends - JUST_NOW, partial(_move_one, self._hands))
        self._at(self._ends - JUST_NOW / 2, partial(_call_from_one, self._hands))
        begun = min(act.when for act in self._scene)
        self._clock.put(max(begun, self._begins))
        while self._clock.now() < self._ends:
            self._play_next()
            tell(int((self._clock.now() - begun).total_seconds()), int((self._ends - begun).total_seconds()) + 1)

    def _at(self, when: datetime, do: Callable[[], object]) -> None:
        self._scene.append(Act(when=when, key=("scene", len(self._scene)), do=do))

    def _registered_at(self, slot: Slot) -> datetime:
        """Return the morning before the day on which a meeting is reconfirmed; where the park has a past, as soon as it goes on."""
        door = self._hands.door
        with door.reading() as session:
            before = calendar.worked_before(session, local_day(slot.starts_at, door.settings.zone))
        morning = at_local(before - timedelta(days=1), time(9), door.settings.zone)
        return max(self._begins, min(morning, self._ends - timedelta(hours=20)))

    def _play_next(self) -> None:
        """Do what happens next, and what follows it at once; where nothing does for a while, let the time pass."""
        until = min(self._ends, self._clock.now() + WINDOW)
        due = [*self._floor.acts(until), *(act for act in self._scene if act.when <= until)]
        first = min((act.when for act in due), default=until)
        self._let_time_pass(first)
        for act in sorted((act for act in due if act.when <= first + TOGETHER), key=lambda act: (act.when, act.key)):
            self._clock.put(max(act.when, self._clock.now()))
            self._floor.run(act)
        self._scene = [act for act in self._scene if act.when > first + TOGETHER]

    def _let_time_pass(self, until: datetime) -> None:
        self._clock.put(max(until, self._clock.now()))
        if self._clock.now() - self._looked_at >= LOOKS_EVERY or until == self._ends:
            self._looked_at = self._clock.now()
            self._scheduler.step()

    def _hold_tea_back(self) -> None:
        """Choose a meeting that goes on beyond the end, and serve its tea so that a round is due then."""
        with self._hands.door.reading() as session:
            chosen = [meeting.id or 0 for meeting in _in_session(session) if schedule.has_tea_beyond(meeting, self._ends)]
        for meeting_id in chosen[:1]:
            self._floor.but.add(meeting_id)
            self._at(self._ends - SERVED, partial(_serve, self._hands, meeting_id))


def _in_session(session: Session) -> list[Meeting]:
    wanted = select(Meeting).where(Meeting.state == State.IN_SESSION.value).order_by(col(Meeting.starts_at), col(Meeting.id))
    return [meeting for meeting in session.exec(wanted) if fate_of(meeting) is not None]


def _serve(hands: Hands, meeting_id: int) -> None:
    open_states = [state.value for state in rules.OPEN_ROUNDS]
    with hands.door.reading() as session:
        due = session.exec(select(col(TeaRound.id)).where(TeaRound.meeting_id == meeting_id, col(TeaRound.state).in_(open_states))).first()
    who = hands.hand(None, meeting_id, meeting_id)
    if due is not None:
        service.finish_round(hands.door, hands.by(who), round_id=due, staff_id=who, cups=8)


def _move_one(hands: Hands) -> None:
    """The desk moves the meeting that begins next but one. Whoever opens the first tablet is among those who are to see it."""
    now = hands.door.clock.now()
    soon = select(Meeting).where(col(Meeting.starts_at) > now + 30 * MINUTE, col(Meeting.starts_at) < now + timedelta(hours=2))
    before = [state.value for state in rules.BEFORE_START]
    with hands.door.reading() as session:
        found = session.exec(soon.where(col(Meeting.state).in_(before)).order_by(col(Meeting.starts_at), col(Meeting.id)))
        chosen = [meeting.id or 0 for meeting in found if fate_of(meeting) is Fate.HELD and hands.looking_after(meeting)]
    for meeting_id in chosen[:1]:
        first = hands.people.attendants[0]
        service.assign_attendant(hands.door, hands.by(hands.people.supervisor), meeting_id=meeting_id, staff_id=first)
        floor.move(hands, meeting_id, later=False)


def _call_from_one(hands: Hands) -> None:
    """Somebody in a meeting calls for tea, unless a call is open already."""
    with hands.door.reading() as session:
        if calls.open_calls(session):
            return
        running = [meeting for meeting in _in_session(session) if meeting.category != Category.IMPORTANT]
        calling = floor.calling(hands, running[-1], 0) if running else None
    if calling is not None:
        calling()
