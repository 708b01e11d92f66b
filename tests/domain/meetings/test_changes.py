"""A change is carried through: every step at its new hour, everybody who works by it told, until each has seen it (S113, S114, S115)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from server.clock import StillClock
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.meetings import rules, service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import rows, tablet
from server.domain.meetings.rules import Anchor, Category, Hours, Kind, Level, Phase, State, StepState
from server.domain.meetings.tables import Step
from server.errors import BadInput, Conflict
from tests.factories import asks, make_attendant, make_meeting, make_room, meeting_of, steps_of

MINUTE = timedelta(minutes=1)
WEDNESDAY = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""Nine in the morning at the site; the days around it are worked."""
PREPARATION = ("draw_supplies", "check_room", "check_equipment", "standby", "security", "lights_on")
BEFORE_DAY = 24 * 60


def change(door: Door, meeting: int, **said: Any) -> int | None:
    """Change a meeting as the desk would, and return the change that is to be seen."""
    row = meeting_of(door, meeting)
    wanted = replace(plan_of(row), **said)
    outcome = service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=wanted)
    return int(outcome.ids["change"]) if outcome.ids["change"] else None


def move(door: Door, meeting: int, minutes: int) -> int | None:
    """Move a meeting by so many minutes, as long as it was."""
    row = meeting_of(door, meeting)
    return change(door, meeting, starts_at=row.starts_at + minutes * MINUTE, ends_at=row.ends_at + minutes * MINUTE)


def prepare(door: Door, meeting: int, kinds: tuple[str, ...]) -> None:
    """Do steps of the preparation, as far as the sheet has them, whatever the hour."""
    for kind in kinds:
        step = steps_of(door, meeting).get(kind)
        if step is not None and step.state == StepState.PLANNED:
            name = "值班员" if kind in ("standby", "security") else ""
            service.finish_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=None, reason="提前", answered_name=name)


# --- whatever is changed, whenever ---------------------------------------------------------------------------------------

Act = tuple[str, Any]
CHOICES: dict[str, tuple[Any, ...]] = {
    "category": tuple(each.value for each in Category),
    "move": (90, -45, 300, -150, 20),
    "room": ("another",),
    "layout": ("ushape", "theatre", "classroom"),
    "break": (30, None, 15),
    "lasts": (45, 100, 20),
    "wait": (25, 80, 7),
    "cancel": ("",),
}
ACTS = st.lists(st.one_of([st.tuples(st.just(act), st.sampled_from(choices)) for act, choices in CHOICES.items()]), min_size=2, max_size=5)


@settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(category=st.sampled_from(Category), phase=st.integers(0, 4), acts=ACTS)
def test_no_change_leaves_a_step_at_an_old_hour(door: Door, category: Category, phase: int, acts: list[Act]) -> None:
    """Moved, shortened, set up otherwise, of another category, cancelled: at every phase."""
    clock = door.clock
    assert isinstance(clock, StillClock)
    clock.put(WEDNESDAY)
    meeting = at_phase(door, clock, category, phase)
    for act, how in acts:
        done, before = done_steps(door, meeting), meeting_of(door, meeting)
        with suppress(BadInput, Conflict):
            play(door, clock, meeting, act, how)
        assert done <= done_steps(door, meeting)  # what was done stays in the record
        judge(door, clock, meeting)
        after = meeting_of(door, meeting)
        if (before.room_id, before.layout) != (after.room_id, after.layout) and after.state in rules.BEFORE_START:
            again = {line.kind.value for line in rules.PLAN[Category(after.category)]} & set(PREPARATION) - {"draw_supplies"}
            assert all(steps_of(door, meeting)[kind].state in rules.OPEN_STEPS for kind in again)  # the other room is prepared too


def at_phase(door: Door, clock: StillClock, category: Category, phase: int) -> int:
    """Return a meeting that is registered for tomorrow, for today, being prepared, ready, or in session."""
    meeting = make_meeting(door, category=category.value, begins=timedelta(days=1 if phase == 0 else 0, hours=5))
    if phase >= 2:
        clock.put(meeting_of(door, meeting).starts_at - 70 * MINUTE)
        prepare(door, meeting, PREPARATION if phase >= 3 else PREPARATION[:2])
    if phase == 4:
        clock.put(meeting_of(door, meeting).starts_at)
        service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    return meeting


def play(door: Door, clock: StillClock, meeting: int, act: str, how: Any) -> None:
    """Let one thing happen to a meeting."""
    row = meeting_of(door, meeting)
    acts: dict[str, Callable[[], object]] = {
        "category": lambda: change(door, meeting, category=how),
        "move": lambda: move(door, meeting, how),
        "room": lambda: change(door, meeting, room_id=make_room(door)),
        "layout": lambda: change(door, meeting, layout=how),
        "break": lambda: change(door, meeting, break_at=row.starts_at + how * MINUTE if how else None),
        "lasts": lambda: change(door, meeting, ends_at=row.starts_at + how * MINUTE),
        "wait": lambda: clock.turn(how * MINUTE),
        "cancel": lambda: service.cancel(door, asks("staff:1"), meeting_id=meeting),
    }
    acts[act]()


def done_steps(door: Door, meeting: int) -> set[int]:
    with door.reading() as session:
        done = session.exec(select(Step).where(Step.meeting_id == meeting, Step.state == StepState.DONE.value))
        return {step.id or 0 for step in done}


def judge(door: Door, clock: StillClock, meeting: int) -> None:
    """Hold every open step of a meeting against the plan of its category and the hours it has now."""
    row = meeting_of(door, meeting)
    with door.reading() as session:
        steps = list(session.exec(select(Step).where(Step.meeting_id == meeting)))
        session.expunge_all()
    open_steps = [step for step in steps if step.state in rules.OPEN_STEPS]
    assert len({step.kind for step in open_steps}) == len(open_steps)
    if row.state == State.CANCELLED:
        assert not open_steps
        return
    plan = {line.kind.value: line for line in rules.PLAN[Category(row.category)]}
    midnight = row.starts_at.astimezone(door.settings.zone).replace(hour=0, minute=0, second=0) - timedelta(days=1)
    hours = Hours(day_before=midnight, start=row.starts_at, end=row.ended_at or row.ends_at, pause=row.break_at)
    for step in open_steps:
        assert step.room_id == row.room_id
        if row.state == State.IN_SESSION and step.phase != Phase.CLOSE:
            continue
        due = rules.due_at(plan[step.kind], hours)
        assert due is not None
        is_due_at_once = step.compressed and due < step.due_at <= clock.now()
        assert step.due_at == due or is_due_at_once, step.kind
    if row.state != State.IN_SESSION:
        demanded = {kind for kind, line in plan.items() if line.phase is Phase.CLOSE and line.anchor is Anchor.END}
        assert demanded <= {step.kind for step in open_steps}
        assert (row.state == State.READY) == is_prepared(steps)


def is_prepared(steps: list[Step]) -> bool:
    prepared = [step for step in steps if step.phase == Phase.PREPARE and step.state != StepState.DROPPED]
    begun = any(step.state in rules.SETTLED for step in prepared)
    return begun and all(step.state in rules.SETTLED for step in prepared if step.mandatory)


# --- what a change does, one by one --------------------------------------------------------------------------------------


def test_another_room_is_prepared_again_and_the_supplies_come_along(door: Door, clock: StillClock) -> None:
    """S116, S119."""
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at - 50 * MINUTE)
    prepare(door, meeting, PREPARATION)
    assert meeting_of(door, meeting).state == State.READY
    first = steps_of(door, meeting)["check_room"]
    change(door, meeting, room_id=make_room(door))
    assert meeting_of(door, meeting).state == State.PREPARING
    sheet = steps_of(door, meeting)
    assert {kind: sheet[kind].state for kind in ("draw_supplies", "check_room", "lights_on")} == {
        "draw_supplies": "done",
        "check_room": "planned",
        "lights_on": "planned",
    }
    assert (sheet["check_room"].id != first.id, sheet["check_room"].compressed) == (True, True)
    with door.reading() as session:
        kept = session.get(Step, first.id)
        assert kept is not None
        assert kept.state == StepState.DONE


def test_a_meeting_that_becomes_important_has_the_hours_of_a_guest_of_honour(door: Door) -> None:
    """S131 to S134, S142: sooner, with two attendants, security and standby."""
    people = {make_attendant(door, name=name) for name in ("孙悦", "马骏")}
    meeting = make_meeting(door, begins=timedelta(hours=6))
    change(door, meeting, category="vip")
    row, sheet = meeting_of(door, meeting), steps_of(door, meeting)
    hours = {kind: (row.starts_at - sheet[kind].due_at) // MINUTE for kind in ("draw_supplies", "check_room", "security", "greet_lift")}
    assert hours == {"draw_supplies": 180, "check_room": 90, "security": 30, "greet_lift": 15}
    assert {sheet[kind].staff_id for kind in ("greet_door", "greet_lift")} == people
    change(door, meeting, category="small")
    assert not {"greet_door", "greet_lift", "security"} & set(steps_of(door, meeting))
    assert (meeting_of(door, meeting).starts_at - steps_of(door, meeting)["check_room"].due_at) // MINUTE == 60


def test_a_late_step_stays_as_late_as_it_is(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    late = steps_of(door, meeting)["draw_supplies"]
    clock.put(late.due_at + 12 * MINUTE)
    service.raise_step(door, asks("house"), step_id=late.id or 0)
    change(door, meeting, equipment="投影、无线麦克风")
    now = steps_of(door, meeting)["draw_supplies"]
    assert (now.due_at, now.level, now.compressed) == (late.due_at, Level.BOARD, False)


def test_moved_to_where_the_day_before_is_over_it_is_to_be_reconfirmed_at_once(door: Door, clock: StillClock) -> None:
    """S114: nobody has confirmed it, and the supervisor is told so."""
    meeting = make_meeting(door, begins=timedelta(days=3, hours=3))
    move(door, meeting, -3 * BEFORE_DAY)
    while Scheduler(door, clock, upkeep=()).step():
        pass
    row = meeting_of(door, meeting)
    assert (row.state, row.unconfirmed_at) == (State.TO_RECONFIRM, clock.now())
    assert steps_of(door, meeting)["reconfirm"].due_at == clock.now()


def test_what_was_confirmed_when_it_was_registered_is_not_reconfirmed_wherever_it_moves(door: Door, clock: StillClock) -> None:
    """S114: a move leaves a meeting in its state, and nothing could answer another question."""
    clock.put(WEDNESDAY)
    meeting = make_meeting(door, starts_at=WEDNESDAY + 3 * 60 * MINUTE)
    assert meeting_of(door, meeting).state == State.CONFIRMED
    move(door, meeting, 7 * BEFORE_DAY)
    assert meeting_of(door, meeting).state == State.CONFIRMED
    assert Kind.RECONFIRM not in steps_of(door, meeting)


def test_those_who_came_after_all_are_served_and_the_room_is_tidied(door: Door, clock: StillClock) -> None:
    make_attendant(door)
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at + 16 * MINUTE)
    service.nobody_came(door, asks("staff:1"), meeting_id=meeting)
    assert not [step for step in steps_of(door, meeting).values() if step.state in rules.OPEN_STEPS]
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    row, sheet = meeting_of(door, meeting), steps_of(door, meeting)
    assert row.reserved_until == row.ends_at + 15 * MINUTE
    assert sheet["sign"].state == StepState.DONE
    assert {"first_pour", "tidy", "cleaning", "lights_off"} <= {kind for kind, step in sheet.items() if step.state == StepState.PLANNED}
    assert sheet["tidy"].staff_id is not None


def test_what_was_tidied_before_it_went_on_is_tidied_again(door: Door, clock: StillClock) -> None:
    """S127."""
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(40 * MINUTE)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    first = steps_of(door, meeting)["tidy"]
    service.finish_step(door, asks("staff:1"), step_id=first.id or 0, staff_id=None)
    service.resume(door, asks("staff:1"), meeting_id=meeting)
    again = steps_of(door, meeting)["tidy"]
    assert (again.id != first.id, again.state, again.due_at) == (True, "planned", meeting_of(door, meeting).ends_at)
    assert len([kind for kind in steps_of(door, meeting) if kind == "cleaning"]) == 1


# --- each who works by it sees it ----------------------------------------------------------------------------------------


def unseen(door: Door, meeting: int) -> dict[int, Level]:
    """Return who has not acknowledged the newest change of a meeting, and how far that has been told."""
    with door.reading() as session:
        found = rows.one(session, meeting)
    assert found is not None
    newest = found.changes[-1]
    return {person.staff_id: newest.level for person in newest.unseen}


def test_everybody_who_looks_after_it_must_see_a_change_and_a_contacts_phone_need_not_be_seen(door: Door) -> None:
    people = {make_attendant(door, name=name) for name in ("孙悦", "马骏")}
    meeting = make_meeting(door, category="vip", begins=timedelta(hours=6))
    assert change(door, meeting, contact_phone="13800001111", notes="靠窗") is None
    told = move(door, meeting, 30)
    assert told is not None
    assert set(unseen(door, meeting)) == people
    one, other = sorted(people)
    service.acknowledge_change(door, asks("staff:2"), change_id=told, staff_id=one)
    assert set(unseen(door, meeting)) == {other}
    service.cancel(door, asks("staff:1"), meeting_id=meeting)
    assert set(unseen(door, meeting)) == people  # that it is cancelled, too


def test_who_has_not_seen_it_stands_on_the_board_after_two_minutes_and_with_the_supervisor_after_five(
    door: Door, clock: StillClock
) -> None:
    staff = make_attendant(door)
    meeting = make_meeting(door)
    told = move(door, meeting, 30)
    scheduler, reached = Scheduler(door, clock, upkeep=()), []
    for _ in range(7):
        scheduler.step()
        reached.append(unseen(door, meeting)[staff])
        clock.turn(MINUTE)
    assert reached == [Level.NONE, Level.NONE, Level.BOARD, Level.BOARD, Level.BOARD, Level.SUPERVISOR, Level.SUPERVISOR]
    service.acknowledge_change(door, asks("staff:2"), change_id=told or 0, staff_id=staff)
    assert unseen(door, meeting) == {}


def test_acknowledging_the_newest_acknowledges_what_went_before_and_shows_one_difference(door: Door) -> None:
    staff = make_attendant(door)
    meeting = make_meeting(door)
    began = meeting_of(door, meeting).starts_at
    move(door, meeting, 30)
    newest = move(door, meeting, 15)
    with door.reading() as session:
        [(told, _)] = tablet.changes_to_see(session, staff)
    first = next(one for one in told.differences if one.field == "starts_at")
    assert (told.change_id, datetime.fromisoformat(str(first.before)), datetime.fromisoformat(str(first.after))) == (
        newest,
        began,
        began + 45 * MINUTE,
    )
    for _ in range(2):  # twice is once
        service.acknowledge_change(door, asks("staff:2"), change_id=newest or 0, staff_id=staff)
    with door.reading() as session:
        assert tablet.changes_to_see(session, staff) == ()


@pytest.mark.parametrize(("hours", "elsewhere"), [(1, True), (5, False)])
def test_who_may_be_on_the_way_to_the_wrong_door_is_sent_elsewhere(door: Door, hours: int, elsewhere: bool) -> None:
    staff = make_attendant(door)
    meeting = make_meeting(door, begins=timedelta(hours=hours))
    change(door, meeting, room_id=make_room(door, name="205"))
    with door.reading() as session:
        [(told, shown)] = tablet.changes_to_see(session, staff)
    assert (told.elsewhere, shown.room) == (elsewhere, "205")
    assert "205" in [name for name, _ in told.rooms.values()]
    move(door, meeting, 5)
    with door.reading() as session:
        assert tablet.changes_to_see(session, staff)[0][0].elsewhere == elsewhere  # still, until it is seen


def test_the_kinds_of_this_sheet_are_those_of_the_plan() -> None:
    assert set(PREPARATION) <= {kind.value for kind in Kind}
