"""The demo's meeting floor goes on: what attendants, the desk, the supervisor and the people in the rooms do next.

Each act is the verb that a person's tap would call. The same acts write the history of a day (:mod:`server.demo.meetings` plays them
with a turned clock) and go on while the park is served.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session, col, func, select

from server.days import whole_day
from server.db.operations import Operation
from server.db.transaction import Door
from server.demo import schedule, serving
from server.demo.hands import CALL_PATIENCE, HELPS_AFTER, MINUTE, PATIENCE, Act, Hands, fate_of
from server.demo.programme import Fate
from server.demo.serving import UNCONFIRMED
from server.domain.calls import service as calls
from server.domain.calls.rules import OPEN_CALLS, UNANSWERED, CallState
from server.domain.calls.tables import ServiceCall
from server.domain.meetings import rules, service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import finding
from server.domain.meetings.rules import Category, State
from server.domain.meetings.tables import ChangeSeen, Meeting, MeetingChange
from server.domain.posts import service as posts
from server.domain.posts.rules import PostState
from server.domain.posts.tables import Stint
from server.errors import BadInput, YingbinError

log = logging.getLogger(__name__)

REFUSED_FOR = timedelta(minutes=5)
"""An act that the house refused is not tried again for so long."""
WISHES = {"tea": "", "technician": "投影没有信号", "supplies": "再要六份纸笔", "cleaning": "", "person": ""}
"""What a room calls for, and what it says to it."""
CALLS = ((540, 1100), (2400, 3400))
"""Between how many seconds after its start a meeting calls, the first time and the second."""


class Floor:
    """The meeting floor of the demo park.

    ``live`` is while it is served: then meetings are moved now and then, and what takes long is seen to be under way. ``but`` are
    meetings whose course and tea somebody else plays.
    """

    def __init__(self, door: Door, seed: str, *, live: bool = True) -> None:
        """Act through ``door``, at the pace that ``seed`` gives."""
        self.hands = Hands(door, seed, live=live)
        self.but: set[int] = set()
        self._live = live
        self._refused: dict[tuple[str, int], datetime] = {}

    def step(self) -> None:
        """Let happen what is due now."""
        for act in self.acts(self.hands.door.clock.now()):
            self.run(act)

    def run(self, act: Act) -> None:
        """Do one thing, unless a person was faster."""
        try:
            act.do()
        except YingbinError as refusal:
            if isinstance(refusal, BadInput):
                log.warning("demo: %s was refused: %s %s", act.key, refusal.code, refusal.field)
            self._refused[act.key] = self.hands.door.clock.now() + REFUSED_FOR

    def acts(self, until: datetime) -> list[Act]:
        """Return what is to be done by ``until``, in order."""
        hands, now = self.hands, self.hands.door.clock.now()
        self._refused = {key: end for key, end in self._refused.items() if end > now}
        with hands.door.reading() as session:
            hands.look_around(session)
            found = [
                *serving.steps(hands, session, until, live=self._live),
                *serving.courses(hands, session, until, but=self.but),
                *serving.rounds(hands, session, until, but=self.but, live=self._live),
                *_changes_seen(hands, session),
                *_calls_answered(hands, session),
                *_calls_made(hands, session, now, but=self.but),
                *_confirmed(hands, session, now),
                *(_moved(hands, session, now) if self._live else ()),
                *(_back_from_meals(hands, session) if self._live else ()),
            ]
        due = (act for act in found if act.when <= until and act.key not in self._refused)
        return sorted(due, key=lambda act: (act.when, act.key))


def _changes_seen(hands: Hands, session: Session) -> Iterator[Act]:
    wanted = (
        select(ChangeSeen.change_id, ChangeSeen.staff_id, MeetingChange.made_at)
        .join(MeetingChange, col(MeetingChange.id) == col(ChangeSeen.change_id))
        .where(col(ChangeSeen.seen_at).is_(None))
    )
    for change_id, staff_id, made_at in session.exec(wanted.order_by(col(ChangeSeen.id))):
        wait = PATIENCE if staff_id in hands.played else hands.pace(330, 480, "seen", change_id)
        if staff_id in hands.on_post:
            wait = hands.pace(150, 290, "seen", change_id, staff_id)
        do = partial(service.acknowledge_change, hands.door, hands.by(staff_id), change_id=change_id, staff_id=staff_id)
        yield Act(when=made_at + wait, key=(f"seen {staff_id}", change_id), do=do)


def _back_from_meals(hands: Hands, session: Session) -> Iterator[Act]:
    wanted = select(Stint).where(col(Stint.until_at).is_(None), Stint.state == PostState.MEAL.value)
    for stint in session.exec(wanted):
        if stint.staff_id not in hands.played:
            do = partial(posts.come_back, hands.door, hands.by(stint.staff_id), staff_id=stint.staff_id)
            yield Act(when=stint.from_at + hands.pace(1700, 2400, "meal", stint.id), key=("meal", stint.id or 0), do=do)


# --- calls ---------------------------------------------------------------------------------------------------------------


def _calls_answered(hands: Hands, session: Session) -> Iterator[Act]:
    states = [state.value for state in OPEN_CALLS]
    for call in session.exec(select(ServiceCall).where(col(ServiceCall.state).in_(states)).order_by(col(ServiceCall.id))):
        number = call.id or 0
        who = hands.hand(call.acked_by, call.meeting_id, number)
        if call.state in UNANSWERED or call.acked_at is None:
            verb, since = calls.ack_call, call.called_at
            wait = CALL_PATIENCE if hands.played else hands.pace(20, 100, "ack", number)
        else:
            is_gone_there = call.state == CallState.ACKED
            verb, since = (calls.arrive, call.acked_at) if is_gone_there else (calls.finish_call, call.arrived_at or call.acked_at)
            wait = HELPS_AFTER if call.acked_by in hands.played else hands.pace(60, 210, call.state, number)
        yield Act(
            when=since + wait, key=(f"call {call.state}", number), do=partial(verb, hands.door, hands.by(who), call_id=number, staff_id=who)
        )


def _calls_made(hands: Hands, session: Session, now: datetime, *, but: Collection[int]) -> Iterator[Act]:
    """Give the two calls that each meeting makes, but for those who do not want to be disturbed."""
    called = (
        select(Meeting, func.count(col(ServiceCall.id)))
        .outerjoin(ServiceCall, col(ServiceCall.meeting_id) == col(Meeting.id))
        .where(Meeting.state == State.IN_SESSION.value, Meeting.category != Category.IMPORTANT.value)
        .group_by(col(Meeting.id))
        .order_by(col(Meeting.id))
    )
    for meeting, made in session.exec(called):
        if meeting.id in but or fate_of(meeting) is None or meeting.started_at is None or made >= len(CALLS):
            continue
        when = meeting.started_at + hands.pace(*CALLS[made], "call", meeting.id)
        # What would have been asked for while the park was not served is not asked for now.
        if when > now - 10 * MINUTE:
            yield Act(when=when, key=(f"call {made}", meeting.id or 0), do=calling(hands, meeting, (meeting.id or 0) + made))


def calling(hands: Hands, meeting: Meeting, number: int) -> Callable[[], object]:
    """Return how a meeting's room calls for one of the wishes."""
    wish = list(WISHES)[number % len(WISHES)]
    by = Operation.internal("demo:floor", "demo")
    return partial(calls.call_for, hands.door, by, room_id=meeting.room_id, meeting_id=meeting.id, wish=wish, note=WISHES[wish])


# --- the desk ------------------------------------------------------------------------------------------------------------


def _confirmed(hands: Hands, session: Session, now: datetime) -> Iterator[Act]:
    """Give when the desk reaches each contact: some ring up early, most the day before, a few only when it is late (S114)."""
    wanted = select(Meeting).where(col(Meeting.state).in_([state.value for state in UNCONFIRMED]), col(Meeting.ends_at) > now)
    for meeting in session.exec(wanted.order_by(col(Meeting.id))):
        number = meeting.id or 0
        fate = fate_of(meeting)
        if fate is None:
            continue
        share = hands.pace(0, 100, "confirm", number) / timedelta(seconds=100)
        if fate is Fate.NO_SHOW:
            # Nobody picks up the telephone the day before.
            when = whole_day(meeting.day, hands.door.settings.zone).begins + hands.pace(300, 2400, "confirm late", number)
        elif share < 0.25:
            when = meeting.made_at + timedelta(hours=2)
        elif meeting.confirm_due_at is not None:
            when = meeting.confirm_due_at - timedelta(hours=17) + (share - 0.25) / 0.75 * timedelta(hours=17, minutes=20)
        else:
            when = (meeting.unconfirmed_at or now) + hands.pace(300, 1500, "confirm late", number)
        yield Act(when=when, key=("confirm", number), do=partial(_confirm, hands, number))


def _confirm(hands: Hands, meeting_id: int) -> None:
    with hands.door.reading() as session:
        meeting = session.get(Meeting, meeting_id)
        assert meeting is not None
        plan, version, people = plan_of(meeting), meeting.version, finding.people_of(meeting)
    service.reconfirm(
        hands.door,
        hands.by(hands.people.desk),
        meeting_id=meeting_id,
        version=version,
        layout=plan.layout,
        guaranteed=people - 1 if meeting_id % 5 == 0 and people > 4 else people,
        contact_name=plan.contact_name,
        contact_phone=plan.contact_phone,
    )


def _moved(hands: Hands, session: Session, now: datetime) -> Iterator[Act]:
    """Give the next change somebody wishes for: of a meeting that begins soon, so that it matters on the floor."""
    newest: datetime | None = session.exec(select(func.max(MeetingChange.made_at))).one()
    number = session.exec(select(func.count(col(MeetingChange.id)))).one()
    when = newest + hands.pace(1500, 2400, "move", number) if newest is not None else now
    if when > now:
        return
    soon = select(Meeting).where(col(Meeting.starts_at) > now + 20 * MINUTE, col(Meeting.starts_at) < now + 110 * MINUTE)
    before = [state.value for state in rules.BEFORE_START]
    for meeting in session.exec(soon.where(col(Meeting.state).in_(before)).order_by(col(Meeting.id))):
        if fate_of(meeting) is Fate.HELD:
            meeting_id = meeting.id or 0
            yield Act(when=when, key=("move", meeting_id), do=partial(move, hands, meeting_id, later=number % 3 == 2))
            return


def move(hands: Hands, meeting_id: int, *, later: bool) -> None:
    """The desk moves a meeting: to another room that is free, or ten minutes later."""
    with hands.door.reading() as session:
        meeting = session.get(Meeting, meeting_id)
        assert meeting is not None
        version, plan, window = meeting.version, plan_of(meeting), finding.reserved(meeting)
        room = None if later else schedule.free_room(session, plan.layout, finding.people_of(meeting), window, number=meeting_id)
    if room is not None:
        plan = replace(plan, room_id=room.id)
    else:
        plan = replace(plan, starts_at=plan.starts_at + 10 * MINUTE, ends_at=plan.ends_at + 10 * MINUTE)
    service.change(hands.door, hands.by(hands.people.desk), meeting_id=meeting_id, version=version, plan=plan)
