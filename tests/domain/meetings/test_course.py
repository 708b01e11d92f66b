"""A meeting's course: the run sheet done step by step, the sign, tea, the end, and closing when all is done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.clock import StillClock
from server.days import whole_day
from server.db.operations import Outcome
from server.db.transaction import Door, Unit
from server.domain.meetings import rules, service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import desk, finding
from server.domain.meetings.rules import STEP_TRANSITIONS, Kind, State, StepAction, StepState, diagram
from server.domain.meetings.service import moving
from server.errors import BadInput, Conflict
from tests.factories import asks, make_meeting, make_staff, meeting_of, steps_of

MINUTE = timedelta(minutes=1)
DRAWN = {"瓷杯": 14, "茶叶（克）": 60}


def test_every_pair_of_a_steps_state_and_action_is_decided() -> None:
    assert not any((StepState.DROPPED, action) in STEP_TRANSITIONS for action in StepAction)
    assert [action for action in StepAction if (StepState.MISSED, action) in STEP_TRANSITIONS] == [StepAction.REOPEN]
    assert {state for state, action in STEP_TRANSITIONS if action is StepAction.UNDO} == {
        StepState.DOING,
        StepState.DONE,
        StepState.SKIPPED,
    }
    for action in (StepAction.FINISH, StepAction.SKIP, StepAction.MISS, StepAction.DROP):
        assert {state for state, each in STEP_TRANSITIONS if each is action} == {StepState.PLANNED, StepState.DOING}


def finish(door: Door, meeting: int, kind: str, **said: object) -> None:
    """Finish the open step of a kind."""
    step = steps_of(door, meeting)[kind]
    service.finish_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=None, **said)  # type: ignore[arg-type]  # as a form has it


def prepare(door: Door, clock: StillClock, meeting: int) -> None:
    """Do all that is to be done before an ordinary meeting, each in its window."""
    start = meeting_of(door, meeting).starts_at
    for kind, before, said in (
        ("draw_supplies", 120, {"quantities": DRAWN}),
        ("check_room", 60, {}),
        ("check_equipment", 60, {}),
        ("lights_on", 15, {}),
    ):
        clock.put(start - before * MINUTE)
        finish(door, meeting, kind, **said)


def test_the_first_preparation_makes_it_preparing_and_the_last_ready(door: Door, clock: StillClock) -> None:
    """S116, S118, S119, S120."""
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at - 120 * MINUTE)
    finish(door, meeting, "draw_supplies", quantities=DRAWN)
    assert meeting_of(door, meeting).state == State.PREPARING
    prepare_rest = ("check_room", "check_equipment", "lights_on")
    clock.put(meeting_of(door, meeting).starts_at - 30 * MINUTE)
    for kind in prepare_rest:
        finish(door, meeting, kind)
    assert meeting_of(door, meeting).state == State.READY
    last = steps_of(door, meeting)["lights_on"]
    service.undo_step(door, asks("staff:1"), step_id=last.id or 0)
    assert meeting_of(door, meeting).state == State.PREPARING


def test_supplies_are_drawn_by_saying_how_much_or_why_not(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at - 120 * MINUTE)
    with pytest.raises(BadInput) as refusal:
        finish(door, meeting, "draw_supplies")
    assert refusal.value.field == "quantities"
    with pytest.raises(BadInput):
        finish(door, meeting, "draw_supplies", quantities={"瓷杯": -1})
    finish(door, meeting, "draw_supplies", reason="上一场未用")
    assert steps_of(door, meeting)["draw_supplies"].reason == "上一场未用"


def test_a_step_is_not_done_long_before_its_hour_without_a_reason(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    due = steps_of(door, meeting)["check_room"].due_at
    clock.put(due - 16 * MINUTE)
    with pytest.raises(Conflict, match="step_too_early") as refusal:
        finish(door, meeting, "check_room")
    assert refusal.value.facts["opens"] == (due - 15 * MINUTE).isoformat()
    clock.turn(MINUTE)
    finish(door, meeting, "check_room")
    assert steps_of(door, meeting)["check_room"].state == StepState.DONE


def test_two_tablets_finishing_one_step_make_one_completion_and_the_second_is_told_who_was_first(door: Door, clock: StillClock) -> None:
    people = [make_staff(door, "attendant", name=f"员工{number}") for number in range(8)]
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at - 60 * MINUTE)
    step = steps_of(door, meeting)["check_room"].id or 0

    def tap(person: int) -> str:
        try:
            return service.finish_step(door, asks(f"staff:{person}"), step_id=step, staff_id=person).code
        except Conflict as refusal:
            return f"{refusal.code} {refusal.facts['staff']}"

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(tap, people))
    winner = steps_of(door, meeting)["check_room"].settled_staff_id
    assert sorted(codes) == sorted(["step_done"] + [f"step_settled {winner}"] * 7)


def test_the_sign_begins_the_meeting_and_undoing_it_takes_that_back(door: Door, clock: StillClock) -> None:
    """S140."""
    meeting = make_meeting(door)
    prepare(door, clock, meeting)
    clock.put(meeting_of(door, meeting).starts_at)
    sign = steps_of(door, meeting)["sign"].id or 0
    service.finish_step(door, asks("staff:1"), step_id=sign, staff_id=None)
    assert meeting_of(door, meeting).state == State.IN_SESSION
    service.undo_step(door, asks("staff:1"), step_id=sign)
    assert (meeting_of(door, meeting).state, meeting_of(door, meeting).started_at) == (State.READY, None)


def test_a_meeting_that_began_unprepared_is_in_session_all_the_same(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert meeting_of(door, meeting).state == State.IN_SESSION
    assert steps_of(door, meeting)["greet_door"].state == StepState.MISSED
    assert steps_of(door, meeting)["sign"].state == StepState.DONE


def test_what_belongs_after_the_end_waits_for_the_end(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).ends_at)
    with pytest.raises(Conflict, match="not_ended"):
        finish(door, meeting, "tidy")


def test_a_meeting_is_closed_only_when_all_is_done(door: Door, clock: StillClock) -> None:
    """S127, S139: tidied at once with cleaning, disinfected, lost property, consumables, lights."""
    meeting = make_meeting(door)
    prepare(door, clock, meeting)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(40 * MINUTE)  # twenty minutes sooner than planned
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert steps_of(door, meeting)["tidy"].due_at == clock.now()
    assert meeting_of(door, meeting).reserved_until == clock.now() + 15 * MINUTE
    said: dict[str, dict[str, object]] = {"cleaning": {"answered_name": "周师傅"}, "consumables": {"quantities": {"纸杯": 3}}}
    for kind in ("tidy", "cleaning", "lost_property", "disinfect", "consumables", "lights_off"):
        assert meeting_of(door, meeting).state in (State.ENDED, State.TURNING_OVER)
        finish(door, meeting, kind, **said.get(kind, {}))
        clock.turn(MINUTE)
    assert (meeting_of(door, meeting).state, meeting_of(door, meeting).closed_at) == (State.CLOSED, clock.now() - MINUTE)


def test_a_department_answers_by_name(door: Door, clock: StillClock) -> None:
    """S137, S142."""
    meeting = make_meeting(door, category="important", tea_minutes=None)
    clock.put(meeting_of(door, meeting).starts_at - 30 * MINUTE)
    with pytest.raises(BadInput) as refusal:
        finish(door, meeting, "security")
    assert refusal.value.field == "answered_name"
    finish(door, meeting, "security", answered_name="保安队 王队长")
    assert steps_of(door, meeting)["security"].answered_name == "保安队 王队长"


def test_nobody_came_frees_the_room_and_is_not_said_before_the_hour(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    with pytest.raises(Conflict, match="not_begun_yet"):
        service.nobody_came(door, asks("staff:1"), meeting_id=meeting)
    clock.put(meeting_of(door, meeting).starts_at + 15 * MINUTE)
    service.nobody_came(door, asks("staff:1"), meeting_id=meeting)
    row = meeting_of(door, meeting)
    assert (row.state, row.reserved_until) == (State.NO_SHOW, clock.now())
    make_meeting(door, room_id=row.room_id, begins=20 * MINUTE)
    # They came after all: that people sit there is a fact.
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert meeting_of(door, meeting).state == State.IN_SESSION


@pytest.mark.parametrize(
    ("category", "there", "missing"),
    [
        ("small", {"first_pour", "lights_on"}, {"greet_door", "greet_lift", "security", "leave_room"}),
        ("ordinary", {"greet_door", "first_pour"}, {"greet_lift", "security", "standby", "leave_room"}),
        ("important", {"greet_door", "leave_room", "security", "standby"}, {"greet_lift"}),
        ("vip", {"greet_door", "greet_lift", "plan", "security", "standby"}, {"leave_room"}),
    ],
)
def test_each_category_has_its_sheet(category: str, there: set[str], missing: set[str]) -> None:
    """S122, S123, S125, S131, S134, S137, S142."""
    kinds = {step.kind.value for step in rules.PLAN[rules.Category(category)]}
    assert there <= kinds
    assert not missing & kinds


def test_the_hours_of_the_plan(door: Door) -> None:
    """S119: an hour before; S120 and S122: a quarter of an hour before; S125: out at the start at the latest; S127: at the end."""
    meeting = make_meeting(door, category="important", tea_minutes=None)
    row, sheet = meeting_of(door, meeting), steps_of(door, meeting)
    hours = {
        kind: (sheet[kind].due_at - row.starts_at) // MINUTE for kind in ("check_room", "lights_on", "greet_door", "leave_room", "sign")
    }
    assert hours == {"check_room": -60, "lights_on": -15, "greet_door": -15, "leave_room": 0, "sign": 0}
    assert sheet["tidy"].due_at == row.ends_at


def test_the_supervisor_changes_hours_but_leaves_out_nothing_the_plan_demands(door: Door) -> None:
    service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="draw_supplies", minutes=-90)
    service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="pick_list", minutes=900, enabled=False)
    with pytest.raises(BadInput) as refusal:
        service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="check_room", minutes=-60, enabled=False)
    assert refusal.value.facts["rule"] == "S119"
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    row, sheet = meeting_of(door, meeting), steps_of(door, meeting)
    assert row.starts_at - sheet["draw_supplies"].due_at == 90 * MINUTE
    assert "pick_list" not in sheet


def test_a_steps_time_runs_up_the_ladder_once_a_rung(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    step = steps_of(door, meeting)["check_room"]
    reached = []
    for minutes in range(-11, 17):
        clock.put(step.due_at + minutes * MINUTE)
        if service.raise_step(door, asks("house"), step_id=step.id or 0).code == "step_alarm":
            reached.append((minutes, steps_of(door, meeting)["check_room"].level))
    assert reached == [(-10, "soon"), (0, "due"), (5, "late"), (10, "board"), (15, "supervisor")]
    assert step.kind == Kind.CHECK_ROOM


def test_a_step_that_somebody_is_at_is_late_only_when_it_takes_longer_than_it_should(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    step = steps_of(door, meeting)["check_room"]
    clock.put(step.due_at + 6 * MINUTE)
    service.raise_step(door, asks("house"), step_id=step.id or 0)
    assert steps_of(door, meeting)["check_room"].level == "late"
    service.begin_step(door, asks("house"), step_id=step.id or 0, staff_id=None)
    assert steps_of(door, meeting)["check_room"].level == "none"
    reached = []
    for minutes in range(6, step.takes_minutes + 17):
        clock.put(step.due_at + minutes * MINUTE)
        if service.raise_step(door, asks("house"), step_id=step.id or 0).code == "step_alarm":
            reached.append((minutes - step.takes_minutes, steps_of(door, meeting)["check_room"].level))
    assert reached == [(5, "late"), (10, "board"), (15, "supervisor")]


def test_a_step_that_somebody_is_at_stays_quiet_until_it_takes_too_long_when_its_meeting_moves(door: Door) -> None:
    meeting = make_meeting(door)
    step = steps_of(door, meeting)["check_room"]
    service.begin_step(door, asks("house"), step_id=step.id or 0, staff_id=None)
    moved = timedelta(minutes=30)
    stands = meeting_of(door, meeting)
    plan = replace(plan_of(stands), starts_at=stands.starts_at + moved, ends_at=stands.ends_at + moved)
    service.change(door, asks("house"), meeting_id=meeting, version=stands.version, plan=plan)
    now = steps_of(door, meeting)["check_room"]
    assert now.due_at == step.due_at + moved
    assert now.alarm_at == now.due_at + (now.takes_minutes + 5) * MINUTE


def test_a_begun_step_that_is_put_back_is_as_late_as_its_hour_says(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    step = steps_of(door, meeting)["check_room"]
    service.begin_step(door, asks("house"), step_id=step.id or 0, staff_id=None)
    clock.put(step.due_at + 6 * MINUTE)
    service.undo_step(door, asks("house"), step_id=step.id or 0)
    assert steps_of(door, meeting)["check_room"].level == "late"


def test_the_diagrams_in_the_docs_are_the_tables() -> None:
    assert (Path(__file__).parents[3] / "docs/meetings.md").read_text(encoding="utf-8") == diagram.page()


SAID = {"layout": "boardroom", "guaranteed": 14, "contact_name": "曾静怡", "contact_phone": ""}


def unconfirmed_today(door: Door, clock: StillClock) -> int:
    """Return a meeting of today whose contact nobody has reached the day before, two hours before it begins."""
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    service.open_reconfirm(door, asks("house"), meeting_id=meeting)
    clock.put(meeting_of(door, meeting).starts_at - 120 * MINUTE)
    service.tell_unconfirmed(door, asks("house"), meeting_id=meeting)
    return meeting


def test_what_is_being_prepared_can_still_be_reconfirmed_once_and_stays_where_it_stood(door: Door, clock: StillClock) -> None:
    """S114."""
    meeting = unconfirmed_today(door, clock)
    finish(door, meeting, "draw_supplies", quantities=DRAWN)
    with door.reading() as session:
        assert [row.meeting_id for row in desk.to_reconfirm(session)] == [meeting]
    version = meeting_of(door, meeting).version
    service.reconfirm(door, asks("staff:1"), meeting_id=meeting, version=version, **SAID)  # type: ignore[arg-type]  # as a form has it
    row = meeting_of(door, meeting)
    assert (row.state, row.confirmed_at, row.guaranteed) == (State.PREPARING, clock.now(), 14)
    assert steps_of(door, meeting)["reconfirm"].state == StepState.DONE
    with door.reading() as session:
        assert desk.to_reconfirm(session) == ()
    with pytest.raises(Conflict, match="meeting_moved_on"):
        service.reconfirm(door, asks("staff:1"), meeting_id=meeting, version=row.version, **SAID)  # type: ignore[arg-type]  # as a form has it


def test_a_reconfirmation_left_out_is_not_asked_again_once_the_meeting_is_confirmed(door: Door, clock: StillClock) -> None:
    """S114: nothing could answer it any more."""
    meeting = unconfirmed_today(door, clock)
    finish(door, meeting, "draw_supplies", quantities=DRAWN)
    step = steps_of(door, meeting)["reconfirm"].id or 0
    service.skip_step(door, asks("staff:1"), step_id=step, staff_id=None, reason="打不通")
    service.undo_step(door, asks("staff:1"), step_id=step)
    assert steps_of(door, meeting)["reconfirm"].state == StepState.PLANNED
    service.skip_step(door, asks("staff:1"), step_id=step, staff_id=None, reason="打不通")
    version = meeting_of(door, meeting).version
    service.reconfirm(door, asks("staff:1"), meeting_id=meeting, version=version, **SAID)  # type: ignore[arg-type]  # as a form has it
    with pytest.raises(Conflict, match="meeting_moved_on"):
        service.undo_step(door, asks("staff:1"), step_id=step)


def test_what_is_registered_in_the_last_hours_of_the_day_before_is_to_be_reconfirmed_then(door: Door, clock: StillClock) -> None:
    """S114: until half past five; what is registered later is confirmed by it."""
    eve = whole_day(clock.now().astimezone(door.settings.zone).date(), door.settings.zone).begins
    clock.put(eve + timedelta(hours=16, minutes=30))
    late = make_meeting(door, begins=timedelta(hours=18))
    assert meeting_of(door, late).confirmed_at is None
    assert steps_of(door, late)["reconfirm"].due_at == clock.now()
    clock.put(eve + timedelta(hours=17, minutes=30))
    too_late = make_meeting(door, begins=timedelta(hours=20))
    assert meeting_of(door, too_late).state == State.CONFIRMED
    assert "reconfirm" not in steps_of(door, too_late)


def test_the_supervisor_hears_of_an_unconfirmed_meeting_though_its_supplies_are_drawn(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, begins=timedelta(days=1, hours=3))
    service.open_reconfirm(door, asks("house"), meeting_id=meeting)
    finish(door, meeting, "draw_supplies", quantities=DRAWN, reason="plan_says")
    clock.turn(timedelta(hours=8, minutes=31))
    assert service.tell_unconfirmed(door, asks("house"), meeting_id=meeting).code == "unconfirmed"
    with door.reading() as session:
        assert desk.reconfirm_count(session) == desk.Waiting(meetings=1, late=1)


def test_undoing_a_preparation_or_the_start_confirms_no_meeting_that_nobody_confirmed(door: Door, clock: StillClock) -> None:
    meeting = unconfirmed_today(door, clock)
    finish(door, meeting, "draw_supplies", quantities=DRAWN)
    service.undo_step(door, asks("staff:1"), step_id=steps_of(door, meeting)["draw_supplies"].id or 0)
    assert meeting_of(door, meeting).state == State.TO_RECONFIRM
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    service.take_back_start(door, asks("staff:1"), meeting_id=meeting)
    assert meeting_of(door, meeting).state == State.TO_RECONFIRM
    early = make_meeting(door, begins=timedelta(days=4))
    finish(door, early, "draw_supplies", quantities=DRAWN, reason="plan_says")
    service.undo_step(door, asks("staff:1"), step_id=steps_of(door, early)["draw_supplies"].id or 0)
    assert meeting_of(door, early).state == State.REGISTERED


def test_undoing_the_only_preparation_leaves_a_confirmed_meeting_confirmed(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at - 120 * MINUTE)
    finish(door, meeting, "draw_supplies", quantities=DRAWN)
    service.undo_step(door, asks("staff:1"), step_id=steps_of(door, meeting)["draw_supplies"].id or 0)
    assert meeting_of(door, meeting).state == State.CONFIRMED


def test_a_start_that_is_taken_back_before_the_hour_has_people_greeted_and_asks_after_the_hour(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    starts = meeting_of(door, meeting).starts_at
    clock.put(starts - 40 * MINUTE)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    greeting = steps_of(door, meeting)["greet_door"]
    assert greeting.state == StepState.MISSED
    clock.turn(MINUTE)
    service.take_back_start(door, asks("staff:1"), meeting_id=meeting)
    again = steps_of(door, meeting)["greet_door"]
    assert (again.id, again.state, again.due_at, again.alarm_at) == (
        greeting.id,
        StepState.PLANNED,
        starts - 15 * MINUTE,
        starts - 25 * MINUTE,
    )
    assert meeting_of(door, meeting).ask_due_at == starts + 5 * MINUTE


def test_a_start_that_is_taken_back_after_the_hour_is_asked_again_in_five_minutes_as_for_the_first_time(
    door: Door, clock: StillClock
) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at + 6 * MINUTE)
    service.ask_start(door, asks("house"), meeting_id=meeting)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(MINUTE)
    service.take_back_start(door, asks("staff:1"), meeting_id=meeting)
    row = meeting_of(door, meeting)
    assert (row.ask_due_at, row.asked_at) == (clock.now() + 5 * MINUTE, None)
    assert steps_of(door, meeting)["greet_door"].state == StepState.MISSED


def test_a_tea_break_that_is_still_ahead_is_served_when_the_meeting_goes_on(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, break_at=door.clock.now() + timedelta(hours=3, minutes=40))
    row = meeting_of(door, meeting)
    assert row.break_at is not None
    kinds = {kind for kind, step in steps_of(door, meeting).items() if step.anchor == "break"}
    assert kinds
    clock.put(row.starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    for turn, state in ((5, StepState.PLANNED), (40, StepState.MISSED)):
        clock.turn(turn * MINUTE)
        service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
        assert {steps_of(door, meeting)[kind].state for kind in kinds} == {StepState.MISSED}
        service.resume(door, asks("staff:1"), meeting_id=meeting)
        assert {steps_of(door, meeting)[kind].state for kind in kinds} == {state}


CLOSING = ("tidy", "cleaning", "lost_property", "disinfect", "consumables", "lights_off")


def test_closing_is_not_skipped_before_the_end(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    with pytest.raises(Conflict, match="not_ended"):
        service.skip_step(door, asks("staff:1"), step_id=steps_of(door, meeting)["tidy"].id or 0, staff_id=None, reason="contact_wishes")


def test_a_meeting_whose_closing_was_all_settled_before_its_end_closes_when_it_ends(door: Door, clock: StillClock) -> None:
    """As it was with those that were skipped while that was not refused."""
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)

    def skip_closing(tx: Unit) -> Outcome:
        row = moving.find(tx, meeting)
        for step in finding.steps(tx.session, meeting):
            if step.kind in CLOSING:
                moving.move_step(tx, step, row, StepAction.SKIP, reason="contact_wishes")
        return Outcome(code="skipped")

    door.perform(asks("staff:1"), skip_closing)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert meeting_of(door, meeting).state == State.CLOSED


def nobody_came_to(door: Door, clock: StillClock, meeting: int) -> None:
    """Say of a meeting, a quarter of an hour after its hour, that nobody came."""
    starts = meeting_of(door, meeting).starts_at
    for minutes in (5, 15):
        clock.put(starts + minutes * MINUTE)
        service.ask_start(door, asks("house"), meeting_id=meeting)
    service.nobody_came(door, asks("staff:1"), meeting_id=meeting)


def test_that_nobody_came_is_taken_back_to_where_the_meeting_stood_with_all_that_is_still_to_do(door: Door, clock: StillClock) -> None:
    ready, begun, untouched, unconfirmed = make_meeting(door), make_meeting(door), make_meeting(door), unconfirmed_today(door, clock)
    clock.put(meeting_of(door, ready).starts_at - 120 * MINUTE)
    for meeting, state in ((ready, State.READY), (begun, State.PREPARING), (untouched, State.CONFIRMED), (unconfirmed, State.TO_RECONFIRM)):
        if state is State.READY:
            prepare(door, clock, meeting)
        elif state is State.PREPARING:
            finish(door, meeting, "draw_supplies", quantities=DRAWN)
        before = meeting_of(door, meeting)
        assert before.state == state
        nobody_came_to(door, clock, meeting)
        clock.turn(timedelta(seconds=5))
        outcome = service.take_back_nobody_came(door, asks("staff:1"), meeting_id=meeting)
        after = meeting_of(door, meeting)
        assert (outcome.code, after.state, after.confirmed_at) == ("nobody_came_taken_back", state, before.confirmed_at)
        assert after.reserved_until == before.reserved_until
        assert after.asked_at is not None  # that nobody came can still be said
        assert after.ask_due_at == clock.now() + 5 * MINUTE
        open_now = {kind for kind, step in steps_of(door, meeting).items() if step.state == StepState.PLANNED}
        assert {"sign", "tidy", "lights_off"} <= open_now
        clock.put(meeting_of(door, ready).starts_at - 120 * MINUTE)


def test_that_nobody_came_is_not_taken_back_once_the_room_is_given_away_or_the_time_is_over(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    with pytest.raises(Conflict, match="meeting_moved_on"):
        service.take_back_nobody_came(door, asks("staff:1"), meeting_id=meeting)
    nobody_came_to(door, clock, meeting)
    other = make_meeting(door, room_id=meeting_of(door, meeting).room_id, begins=20 * MINUTE)
    with pytest.raises(Conflict, match="room_taken") as refusal:
        service.take_back_nobody_came(door, asks("staff:1"), meeting_id=meeting)
    assert refusal.value.facts["meeting"] == other
    service.cancel(door, asks("staff:1"), meeting_id=other)
    clock.put(meeting_of(door, meeting).ends_at)
    with pytest.raises(BadInput, match="in_the_past"):
        service.take_back_nobody_came(door, asks("staff:1"), meeting_id=meeting)
    assert meeting_of(door, meeting).state == State.NO_SHOW
