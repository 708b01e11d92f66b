"""The demo's meeting floor goes on by itself for days, and leaves alone what a person does."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import date, timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.demo import SEED, meetings
from server.demo.floor import Floor
from server.demo.history import FLOOR_DEADLINES
from server.domain.calls import queries as calls
from server.domain.calls import service as calls_service
from server.domain.calls.rules import CallState
from server.domain.meetings import service
from server.domain.meetings.queries import finding, rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Kind, Phase, Source, State, StepState
from server.domain.posts import service as posts
from server.domain.staff.queries import kept_pin
from server.domain.visits.rules import local_day
from tests.demo.conftest import NOON, Filled
from tests.factories import asks, internal, make_tablet, meeting_of, meeting_plan, steps_of

MINUTE = timedelta(minutes=1)
STEP = timedelta(minutes=6)


@pytest.fixture
def door(park: Filled) -> Door:
    return park()


def live(door: Door, length: timedelta, *, step: timedelta = STEP) -> list[tuple[MeetingRow, ...]]:
    """Let the floor live so long, topped up each hour; return how it stood at each quarter of an hour."""
    clock = door.clock
    assert isinstance(clock, StillClock)
    floor, time = Floor(door, SEED), Scheduler(door, clock, deadlines=FLOOR_DEADLINES, upkeep=())
    ends, topped_up_at, seen = clock.now() + length, None, [(clock.now(), standing(door))]
    while clock.now() < ends:
        clock.turn(step)
        if topped_up_at is None or clock.now() - topped_up_at >= timedelta(hours=1):
            meetings.top_up(door, SEED, clock.now())
            topped_up_at = clock.now()
        floor.step()
        time.step()
        if clock.now() - seen[-1][0] >= 15 * MINUTE:
            seen.append((clock.now(), standing(door)))
    return [found for _, found in seen]


def standing(door: Door) -> tuple[MeetingRow, ...]:
    with door.reading() as session:
        return rows.at_hand(session, local_day(door.clock.now(), door.settings.zone))


@pytest.mark.slow
def test_a_whole_day_passes_and_the_floor_stays_alive(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        seen = live(door, timedelta(hours=24))
    assert caplog.records == []
    held = [any(meeting.state is State.IN_SESSION for meeting in each) for each in seen]
    assert sum(held) > 0.9 * len(held)
    assert all(any(meeting.state is not State.IN_SESSION for meeting in each) for each in seen)
    # It is late now and then, on purpose, but never drowns.
    late = [[step for meeting in each for step in meeting.late if step.phase is not Phase.BEFORE] for each in seen]
    assert any(late)
    assert max(len(each) for each in late) <= 3
    judge_the_day(door, date(2026, 11, 25))
    with door.reading() as session:
        ahead = [len(rows.of_day(session, date(2026, 11, 25) + timedelta(days=days))) for days in range(4)]
        made = calls.calls_between(session, NOON, NOON + timedelta(hours=24))
    assert ahead[0] >= 14
    assert ahead[1:] == [14, 14, 14]
    assert Counter(call.state for call in made)[CallState.DONE] > 12


def judge_the_day(door: Door, day: date) -> None:
    """Hold the day's meetings that are over against what the plan wants of them."""
    now = door.clock.now()
    with door.reading() as session:
        over = [meeting for meeting in rows.of_day(session, day) if meeting.ends_at < now - 40 * MINUTE]
    assert len(over) >= 6
    assert {meeting.state for meeting in over} <= {State.CLOSED, State.CANCELLED, State.NO_SHOW}
    assert any(meeting.source is Source.ADHOC for meeting in over)
    for meeting in over:
        if meeting.state is State.CLOSED:
            assert meeting.actual
            assert all(step.state is not StepState.PLANNED for step in meeting.steps)
            done = [step for step in meeting.steps if step.state is StepState.DONE and step.kind is not Kind.RECONFIRM]
            # Seven minutes late on purpose, and the clock of this test goes in steps of six.
            latest = max(step.settled_at - step.due_at for step in done if step.settled_at)
            assert latest <= 7 * MINUTE + STEP
            assert not [step for step in meeting.steps if step.state is StepState.MISSED]


def play(door: Door, staff_id: int) -> None:
    """Let a person open a tablet as an attendant."""
    tablet = make_tablet(door)
    with door.reading() as session:
        checked = posts.CheckedPin(pin_hash=kept_pin(session, staff_id).pin_hash, matched=True)
    assert posts.open_tablet(door, asks("device:1"), device_id=tablet, staff_id=staff_id, checked_pin=checked).code == "unlocked"


def test_what_is_on_the_list_of_a_person_with_a_tablet_is_left_to_him_until_it_is_twelve_minutes_late(door: Door) -> None:
    step = next(step for meeting in standing(door) for step in meeting.open_steps if step.kind is Kind.LIGHTS_ON)
    assert step.staff is not None
    play(door, step.staff.staff_id)

    def stands() -> tuple[StepState, str]:
        with door.reading() as session:
            row = rows.one(session, step.meeting_id)
        assert row is not None
        found = next(each for each in row.steps if each.step_id == step.step_id)
        return found.state, found.settled_by

    live(door, 10 * MINUTE, step=MINUTE)
    assert stands() == (StepState.PLANNED, "")
    live(door, 4 * MINUTE, step=MINUTE)
    state, by = stands()
    assert state is StepState.DONE
    assert by != step.staff.name  # a colleague helped out


def test_a_change_waits_for_the_person_who_is_to_see_it(door: Door) -> None:
    [moved] = [change for meeting in standing(door) for change in meeting.unseen]
    for person in moved.unseen:
        play(door, person.staff_id)
    live(door, 9 * MINUTE, step=MINUTE)
    assert moved.change_id in {change.change_id for meeting in standing(door) for change in meeting.unseen}
    live(door, 5 * MINUTE, step=MINUTE)
    assert moved.change_id not in {change.change_id for meeting in standing(door) for change in meeting.unseen}


def test_a_call_rings_for_three_minutes_while_somebody_holds_a_tablet(door: Door) -> None:
    with door.reading() as session:
        [call] = calls.open_calls(session)
        play(door, finding.attendants(session)[0])
    live(door, 2 * MINUTE, step=MINUTE)
    with door.reading() as session:
        assert calls.call_row(session, call.call_id).state is CallState.NEW  # type: ignore[union-attr]  # it is there
    live(door, 3 * MINUTE, step=MINUTE)
    with door.reading() as session:
        assert calls.call_row(session, call.call_id).state is not CallState.NEW  # type: ignore[union-attr]  # it is there


def test_a_meeting_that_a_person_registered_is_his_until_it_is_late(door: Door) -> None:
    plan = meeting_plan(door, begins=5 * MINUTE, title="我自己的会")
    meeting = int(service.register(door, asks("staff:1"), plan=plan).ids["meeting"] or 0)
    live(door, 11 * MINUTE, step=MINUTE)
    assert steps_of(door, meeting)["check_room"].state == StepState.PLANNED
    assert meeting_of(door, meeting).state == State.CONFIRMED
    live(door, 8 * MINUTE, step=MINUTE)
    assert steps_of(door, meeting)["check_room"].state == StepState.DONE
    assert meeting_of(door, meeting).state == State.IN_SESSION


def test_what_a_person_has_settled_stays_as_it_is(door: Door) -> None:
    step = next(step for meeting in standing(door) for step in meeting.open_steps if step.kind is Kind.LIGHTS_ON)
    service.skip_step(door, asks("staff:1"), step_id=step.step_id, staff_id=None, reason="no_time")
    [call] = _open_calls(door)
    calls_service.withdraw_call(door, internal(), call_id=call)
    live(door, 6 * MINUTE, step=MINUTE)
    assert steps_of(door, step.meeting_id)["lights_on"].reason == "no_time"
    assert call not in _open_calls(door)


def _open_calls(door: Door) -> list[int]:
    with door.reading() as session:
        return [row.call_id for row in calls.open_calls(session)]
