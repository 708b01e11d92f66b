"""What hangs on a meeting's day before follows the calendar: a day made free or worked later moves it (S114)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from server.clock import StillClock
from server.days import at_local
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.calendar import service as calendar
from server.domain.calendar.rules import DayKind
from server.domain.meetings import service
from server.domain.meetings.queries.due import calendar_changed
from server.domain.meetings.rules import ESCALATE_AT, Anchor, State
from tests.factories import asks, make_attendant, make_meeting, meeting_of, steps_of

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)
IN_A_WEEK = timedelta(days=7)
"""The Monday after: its day before is the Friday."""


def say(door: Door, clock: StillClock, day: date, kind: DayKind) -> None:
    """Say what a day is, as the supervisor does, a moment later."""
    clock.turn(timedelta(seconds=1))
    calendar.set_day(door, asks("staff:1"), day=day, kind=kind.value)


def pass_time(door: Door) -> None:
    """Let what is due be met."""
    while Scheduler(door, door.clock, upkeep=()).step():
        pass


def due(door: Door, meeting: int) -> datetime | None:
    """Return until when a meeting is to be reconfirmed."""
    return meeting_of(door, meeting).confirm_due_at


def hours_before(door: Door, meeting: int) -> set[date]:
    """Return the days on which the steps of the day before are due."""
    found = (step.due_at for step in steps_of(door, meeting).values() if step.anchor == Anchor.DAY_BEFORE)
    return {instant.astimezone(door.settings.zone).date() for instant in found}


@pytest.fixture
def meeting(door: Door) -> int:
    """An important meeting next Monday, for which something is done on the day before."""
    make_attendant(door)
    return make_meeting(door, begins=IN_A_WEEK, category="important")


def test_a_day_made_free_brings_forward_what_is_done_on_the_day_before_and_taken_back_it_stands_again(
    door: Door, clock: StillClock, meeting: int
) -> None:
    zone = door.settings.zone
    assert (due(door, meeting), hours_before(door, meeting)) == (at_local(FRIDAY, ESCALATE_AT, zone), {FRIDAY})
    say(door, clock, FRIDAY, DayKind.REST)
    pass_time(door)
    assert (due(door, meeting), hours_before(door, meeting)) == (at_local(THURSDAY, ESCALATE_AT, zone), {THURSDAY})
    say(door, clock, FRIDAY, DayKind.PLAIN)
    pass_time(door)
    assert (due(door, meeting), hours_before(door, meeting)) == (at_local(FRIDAY, ESCALATE_AT, zone), {FRIDAY})


def test_a_weekend_day_that_is_worked_is_the_day_before(door: Door, clock: StillClock, meeting: int) -> None:
    sunday = FRIDAY + timedelta(days=2)
    say(door, clock, sunday, DayKind.WORK)
    pass_time(door)
    assert due(door, meeting) == at_local(sunday, ESCALATE_AT, door.settings.zone)


def test_where_the_day_before_is_over_by_that_the_supervisor_is_told_at_once(door: Door, clock: StillClock, meeting: int) -> None:
    clock.put(at_local(FRIDAY, time(9), door.settings.zone))
    pass_time(door)
    assert (meeting_of(door, meeting).state, meeting_of(door, meeting).unconfirmed_at) == (State.TO_RECONFIRM, None)
    say(door, clock, FRIDAY, DayKind.REST)
    pass_time(door)
    row = meeting_of(door, meeting)
    assert (row.state, row.confirm_due_at, row.unconfirmed_at) == (State.TO_RECONFIRM, None, clock.now())


def test_what_is_confirmed_stays_confirmed_and_a_meeting_far_from_the_day_stays_as_it_is(
    door: Door, clock: StillClock, meeting: int
) -> None:
    far = make_meeting(door, begins=IN_A_WEEK + timedelta(days=60))
    before, row = meeting_of(door, far).version, meeting_of(door, meeting)
    service.reconfirm(
        door,
        asks("staff:1"),
        meeting_id=meeting,
        version=row.version,
        layout=row.layout,
        guaranteed=10,
        contact_name="曾",
        contact_phone="",
    )
    say(door, clock, FRIDAY, DayKind.REST)
    pass_time(door)
    assert (meeting_of(door, meeting).state, due(door, meeting)) == (State.CONFIRMED, None)
    assert steps_of(door, meeting)["pick_list"].due_at.astimezone(door.settings.zone).date() == THURSDAY
    assert meeting_of(door, far).version == before


def test_a_meeting_follows_once(door: Door, clock: StillClock, meeting: int) -> None:
    say(door, clock, FRIDAY, DayKind.REST)
    pass_time(door)
    version = meeting_of(door, meeting).version
    pass_time(door)
    assert meeting_of(door, meeting).version == version


def test_a_meeting_that_has_begun_or_is_over_does_not_follow(door: Door, clock: StillClock, meeting: int) -> None:
    clock.put(meeting_of(door, meeting).starts_at)
    say(door, clock, FRIDAY, DayKind.REST)
    with door.reading() as session:
        assert calendar_changed(session, clock.now(), ()) == []
    assert service.follow_calendar(door, asks("house"), meeting_id=meeting).code == "not_due"
