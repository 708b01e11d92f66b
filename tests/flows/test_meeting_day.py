"""A whole day on the meeting floor: the demo's fourteen meetings of all four categories, played by the clock and the verbs alone.

Nobody is late but with the tea; so every step must fall due exactly when the work plan says, and the day must close with every
register filled (S112 to S127, S130 to S142).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from server import demo
from server.clock import StillClock
from server.days import Window, whole_day
from server.db import outbox
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.demo import programme, rooms, schedule
from server.demo.history import FLOOR_DEADLINES
from server.demo.programme import Fate, Slot
from server.domain.meetings import rules, service
from server.domain.meetings.plans import Plan, plan_of
from server.domain.meetings.queries import registers, rows, tablet
from server.domain.meetings.queries.rows import MeetingRow, StepRow
from server.domain.meetings.rules import Anchor, Category, Hours, Kind, Level, Phase, State, StepState
from server.domain.rooms.rules import USUAL
from server.events import StartAsked, StepAlarm
from tests.factories import asks, make_attendant, make_desk_person, make_staff, make_tenant, meeting_of

MINUTE = timedelta(minutes=1)
TUESDAY = date(2026, 11, 24)
LATE = (0, 4, 7)
"""Minutes by which tea is late, by turns."""


class Day:
    """The fourteen meetings of a Tuesday, and those who look after them."""

    def __init__(self, door: Door, clock: StillClock) -> None:
        """Take on the staff, open the rooms, register the meetings on Monday at nine."""
        self.door, self.clock = door, clock
        self.attendants = [make_attendant(door, name=name) for name in ("孙悦", "马骏", "罗琳")]
        self.desk, self.supervisor = make_desk_person(door), make_staff(door, "supervisor", name="梁敏")
        self.tenant = make_tenant(door, name="澄江科技")
        rooms.fill(door, demo.SEED, clock.now(), lambda _done, _of: None)
        self.time = Scheduler(door, clock, deadlines=FLOOR_DEADLINES, upkeep=())
        self.fates = {self.register(slot): slot.entry.fate for slot in programme.day(demo.SEED, TUESDAY, door.settings.zone, ())}
        self.served: dict[int, list[tuple[datetime, datetime]]] = {}
        self.asked: int | None = None

    def register(self, slot: Slot) -> int:
        entry, usual = slot.entry, USUAL[slot.entry.layout]
        window = Window(begins=slot.starts_at - usual.setup_minutes * MINUTE, ends=slot.ends_at + usual.turnover_minutes * MINUTE)
        with self.door.reading() as session:
            room = schedule.free_room(session, entry.layout, entry.people, window, number=0, vip=entry.category is Category.VIP)
        assert room is not None
        plan = Plan(
            title=entry.title,
            room_id=room.id,
            layout=entry.layout.value,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            category=entry.category.value,
            estimated=entry.people,
            tenant_id=self.tenant,
            contact_name="曾静怡",
            tea_minutes=rules.TEA_MINUTES[entry.category],
            break_at=slot.break_at,
            plan=entry.plan,
        )
        return int(service.register(self.door, asks(f"staff:{self.supervisor}"), plan=plan).ids["meeting"] or 0)

    def meetings(self) -> tuple[MeetingRow, ...]:
        with self.door.reading() as session:
            return rows.of_day(session, TUESDAY)

    def play(self, until: datetime) -> None:
        """Go from one hour at which something falls due to the next, let time act, and do it."""
        while True:
            open_now = [meeting for meeting in self.meetings() if meeting.open]
            hour = min((hour for meeting in open_now for hour in self.hours_of(meeting)), default=until)
            if hour >= until:
                return
            self.clock.put(max(hour, self.clock.now()))
            self.time.step()
            for meeting in open_now:
                self.look_after(meeting)

    def hours_of(self, meeting: MeetingRow) -> list[datetime]:
        """Return when something is to be done next for a meeting."""
        hours = [step.due_at for step in self.doable(meeting)]
        if meeting.state is State.IN_SESSION:
            hours.append(self.ends(meeting))
            if meeting.round is not None and meeting.round.due_at is not None:
                hours.append(meeting.round.due_at + LATE[meeting.round.number % 3] * MINUTE)
            if self.wants_tea(meeting):
                hours.append(meeting.starts_at + 40 * MINUTE)
        elif meeting.state in rules.BEFORE_START and self.fates[meeting.meeting_id] is Fate.CANCELLED:
            hours.append(meeting.starts_at - 100 * MINUTE)
        elif meeting.state in rules.BEFORE_START and self.fates[meeting.meeting_id] is Fate.NO_SHOW:
            hours += [
                meeting.starts_at + minutes * MINUTE for minutes in (5, 15) if meeting.starts_at + minutes * MINUTE > self.clock.now()
            ]
        return hours

    def doable(self, meeting: MeetingRow) -> list[StepRow]:
        over = meeting.state in (State.ENDED, State.TURNING_OVER)
        nobody = self.fates[meeting.meeting_id] is Fate.NO_SHOW
        return [step for step in meeting.open_steps if (step.anchor is not Anchor.END or over) and not (nobody and step.kind is Kind.SIGN)]

    def ends(self, meeting: MeetingRow) -> datetime:
        """Return when a meeting ends: every other one five minutes before its time."""
        return meeting.ends_at - (5 * MINUTE if meeting.meeting_id % 2 else timedelta())

    def wants_tea(self, meeting: MeetingRow) -> bool:
        """Tell whether the people of an important meeting are about to ask for tea: those of one of them do."""
        return meeting.category is Category.IMPORTANT and self.asked in (None, meeting.meeting_id) and meeting.tea_minutes is None

    def look_after(self, meeting: MeetingRow) -> None:
        now, by = self.clock.now(), asks(f"staff:{self.attendants[0]}")
        fate, number = self.fates[meeting.meeting_id], meeting.meeting_id
        if fate is Fate.CANCELLED and now >= meeting.starts_at - 100 * MINUTE:
            service.cancel(self.door, by, meeting_id=number, reason="改期")
            return
        if fate is Fate.NO_SHOW and now >= meeting.starts_at + 15 * MINUTE:
            service.nobody_came(self.door, by, meeting_id=number)
            return
        for step in self.doable(meeting):
            if step.due_at <= now:
                self.do(meeting, step)
        if meeting.state is State.IN_SESSION:
            self.look_in(meeting)

    def look_in(self, meeting: MeetingRow) -> None:
        """Pour the tea that is due, or let those go who are done."""
        now, number, by = self.clock.now(), meeting.meeting_id, asks(f"staff:{self.attendants[1]}")
        pour = meeting.round
        if self.wants_tea(meeting) and now >= meeting.starts_at + 40 * MINUTE:
            assert pour is None  # important: nobody enters unless asked (S125)
            self.asked = number
            service.set_tea(self.door, by, meeting_id=number, minutes=15)
        elif pour is not None and pour.due_at is not None and now >= pour.due_at + LATE[pour.number % 3] * MINUTE:
            service.finish_round(self.door, by, round_id=pour.round_id, staff_id=self.attendants[1], cups=meeting.people)
            self.served.setdefault(number, []).append((pour.due_at, now))
        if now >= self.ends(meeting):
            service.count_people(self.door, by, meeting_id=number, people=meeting.people - 1)
            service.end_meeting(self.door, asks(f"staff:{self.attendants[1]}"), meeting_id=number)

    def do(self, meeting: MeetingRow, step: StepRow) -> None:
        by = asks(f"staff:{self.desk}")
        if step.kind is Kind.RECONFIRM:
            version = meeting_of(self.door, meeting.meeting_id).version
            said = {"layout": meeting.layout, "guaranteed": meeting.people, "contact_name": "曾静怡", "contact_phone": "13800001111"}
            service.reconfirm(self.door, by, meeting_id=meeting.meeting_id, version=version, **said)  # type: ignore[arg-type]  # as a form has it
            return
        service.finish_step(
            self.door,
            by,
            step_id=step.step_id,
            staff_id=step.staff.staff_id if step.staff else None,
            answered_name="周师傅" if step.asks_name else "",
            quantities=dict(meeting.supplies(step)) if step.asks_quantities else None,
        )


@pytest.mark.slow
def test_a_whole_day_falls_due_as_planned_and_closes_with_every_register_filled(door: Door, clock: StillClock) -> None:
    day = Day(door, clock)
    assert Counter(meeting.category for meeting in day.meetings()) == {
        Category.ORDINARY: 6,
        Category.SMALL: 4,
        Category.IMPORTANT: 2,
        Category.VIP: 2,
    }
    span = whole_day(TUESDAY, door.settings.zone)
    day.play(until=span.begins - 3 * timedelta(hours=1))
    assert {meeting.state for meeting in day.meetings()} == {State.CONFIRMED}  # S114: all on the day before
    moved = move_one(day)
    day.play(until=span.ends + 2 * timedelta(hours=1))
    judge_steps(day)
    judge_tea(day)
    judge_ends(day, moved)
    judge_registers(day)


def move_one(day: Day) -> int:
    """The evening before, the desk moves a meeting by ten minutes; who looks after it sees that."""
    meeting = next(each for each in day.meetings() if each.category is Category.ORDINARY and day.fates[each.meeting_id] is Fate.HELD)
    stored = meeting_of(day.door, meeting.meeting_id)
    later = replace(plan_of(stored), starts_at=stored.starts_at + 10 * MINUTE, ends_at=stored.ends_at + 10 * MINUTE, break_at=None)
    outcome = service.change(day.door, asks("staff:1"), meeting_id=meeting.meeting_id, version=stored.version, plan=later)
    for person in meeting.attendants:
        service.acknowledge_change(day.door, asks("staff:1"), change_id=int(outcome.ids["change"] or 0), staff_id=person.staff_id)
    return meeting.meeting_id


def judge_steps(day: Day) -> None:
    """Every step of every sheet fell due, and was told, exactly at the hour of the plan (S114 to S122, S125, S127, S131 to S142)."""
    day.door.number_waiting()
    with day.door.reading() as session:
        facts = outbox.after(session, 0, limit=100_000)
    alarms = [fact.event for fact in facts if isinstance(fact.event, StepAlarm)]
    told = {fact.event.step_id: fact.recorded_at for fact in facts if isinstance(fact.event, StepAlarm) and fact.event.level == Level.DUE}
    late = {(day.fates[alarm.meeting_id], alarm.step) for alarm in alarms if alarm.level in ("late", "board", "supervisor")}
    assert late == {(Fate.NO_SHOW, "sign")}  # where nobody came, nobody put it out
    for meeting in day.meetings():
        midnight = whole_day(TUESDAY - timedelta(days=1), day.door.settings.zone).begins
        ended = meeting.ended_at or meeting.ends_at
        hours = Hours(day_before=midnight, start=meeting.starts_at, end=ended, pause=meeting.break_at)
        plan = {line.kind: rules.due_at(line, hours) for line in rules.PLAN[meeting.category]}
        for step in meeting.steps:
            assert step.due_at == plan[step.kind], (meeting.title, step.kind)
            if step.state is StepState.DONE and not (step.phase is Phase.CLOSE and step.due_at == ended):
                assert told[step.step_id] == step.due_at == step.settled_at, (meeting.title, step.kind)
        if meeting.state is State.CLOSED:
            demanded = {kind for kind, due in plan.items() if due is not None}
            assert {step.kind for step in meeting.steps if step.state is StepState.DONE} == demanded


def judge_tea(day: Day) -> None:
    """The first round comes at T+15, each next one counts from the last one done; important ones had none but the one that asked."""
    poured = {meeting.meeting_id: meeting for meeting in day.meetings() if meeting.meeting_id in day.served}
    assert len(poured) >= 7
    for number, served in day.served.items():
        meeting = poured[number]
        assert meeting.tea_minutes is not None
        interval = meeting.tea_minutes * MINUTE
        if number != day.asked:
            assert served[0][0] - meeting.starts_at == 15 * MINUTE
        for (_, done), (due, _) in pairwise(served):
            after_break = meeting.break_at is not None and due == meeting.break_at + interval
            assert due - done == interval or after_break
            assert due <= meeting.ends_at - 10 * MINUTE
    quiet = [meeting for meeting in day.meetings() if meeting.category in (Category.SMALL, Category.IMPORTANT) and meeting.rounds]
    assert [meeting.meeting_id for meeting in quiet] == [day.asked]


def judge_ends(day: Day, moved: int) -> None:
    """All but the one cancelled and the one to which nobody came are closed; whether that began was asked twice."""
    found = {meeting.meeting_id: meeting for meeting in day.meetings()}
    wanted = {Fate.HELD: State.CLOSED, Fate.CANCELLED: State.CANCELLED, Fate.NO_SHOW: State.NO_SHOW}
    assert {number: meeting.state for number, meeting in found.items()} == {number: wanted[fate] for number, fate in day.fates.items()}
    assert (found[moved].starts_at.minute % 10, found[moved].unseen) == (0, ())
    with day.door.reading() as session:
        asked = [fact.event for fact in outbox.after(session, 0, limit=100_000) if isinstance(fact.event, StartAsked)]
        for person in day.attendants:
            left = tablet.to_do(session, person, TUESDAY)
            assert (left.now, left.next) == ((), ())
    nobody = next(number for number, fate in day.fates.items() if fate is Fate.NO_SHOW)
    assert [(event.meeting_id, event.again) for event in asked] == [(nobody, False), (nobody, True)]


def judge_registers(day: Day) -> None:
    """Log, usage register and the month are filled, and each figure is the sum of its rows (S113, S114, S130)."""
    with day.door.reading() as session:
        log = registers.service_log(session, TUESDAY)
        month = registers.month(session, TUESDAY.replace(day=1))
        usage = registers.usage(session, TUESDAY, TUESDAY)
    closed = [meeting for meeting in usage if meeting.state is State.CLOSED]
    assert (len(usage), len(closed), month.total.cancelled, month.total.no_show) == (14, 12, 1, 1)
    for meeting in closed:
        assert meeting.actual == meeting.people - 1
        counted = [step for step in meeting.steps if step.asks_quantities]
        assert len(counted) == 2
        assert all(step.quantities for step in counted)
        assert all(step.answered_name for step in meeting.steps if step.asks_name)
        lines = [line for line in log if line.meeting.meeting_id == meeting.meeting_id]
        assert len(lines) == len(meeting.steps) + len(meeting.rounds) + 3  # it began, it ended, it was closed
    assert month.total.meetings == 12
    assert month.total.people == sum(meeting.actual or 0 for meeting in closed)
    used = Counter[str]()
    for meeting in closed:
        used.update(dict(next(step.quantities for step in meeting.steps if step.kind is Kind.CONSUMABLES)))
    assert dict(month.consumed) == used
