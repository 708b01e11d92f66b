"""Doors: what a sign shows comes from what people did, and the page of a room's QR is open while the room is its meeting's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import StillClock
from server.days import local_day
from server.db.transaction import Door
from server.domain.meetings import service
from server.domain.meetings.queries import doors
from server.domain.meetings.queries.doors import DoorView
from server.domain.meetings.rules import State
from server.domain.rooms import queries as rooms
from server.errors import Conflict
from tests.factories import asks, make_meeting, make_room, meeting_of, steps_of

MINUTE = timedelta(minutes=1)


def seen(door: Door, room_id: int) -> DoorView:
    with door.reading() as session:
        return doors.door(session, room_id, local_day(door.clock.now(), door.settings.zone))


def token_of(door: Door, meeting_id: int) -> str:
    with door.reading() as session:
        return doors.room_token(session, door.keys, meeting_id)


def opens(door: Door, token: str) -> int | None:
    """Return the meeting whose page a token opens now."""
    with door.reading() as session:
        found = doors.meeting_of_token(session, door.keys, token, door.clock.now())
    return found.meeting_id if found else None


def close(door: Door, meeting_id: int) -> None:
    """Do all that is to be done after a meeting."""
    said: dict[str, dict[str, object]] = {"cleaning": {"answered_name": "周师傅"}, "consumables": {"quantities": {"纸杯": 3}}}
    for kind in ("tidy", "cleaning", "lost_property", "disinfect", "consumables", "lights_off"):
        step = steps_of(door, meeting_id)[kind].id or 0
        service.finish_step(door, asks(), step_id=step, staff_id=None, **said.get(kind, {}))  # type: ignore[arg-type]  # as a form has it


def test_the_sign_follows_what_people_did_and_never_the_clock(door: Door, clock: StillClock) -> None:
    """S140."""
    meeting = make_meeting(door)
    row = meeting_of(door, meeting)
    assert (seen(door, row.room_id).current, [each.meeting_id for each in seen(door, row.room_id).coming]) == (None, [meeting])
    clock.put(row.starts_at + 5 * MINUTE)
    assert seen(door, row.room_id).current is None
    service.start_meeting(door, asks(), meeting_id=meeting)
    current = seen(door, row.room_id).current
    assert current is not None
    assert (current.state, seen(door, row.room_id).coming) == (State.IN_SESSION, ())
    clock.put(row.ends_at + 5 * MINUTE)
    still = seen(door, row.room_id).current
    assert still is not None
    assert still.state is State.IN_SESSION
    service.end_meeting(door, asks(), meeting_id=meeting)
    close(door, meeting)
    assert seen(door, row.room_id).current is None


def test_a_door_shows_its_own_room_and_of_what_comes_only_today(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    make_meeting(door, room_id=room, begins=timedelta(days=1))
    make_meeting(door)
    assert (seen(door, room).current, seen(door, room).coming) == (None, ())
    clock.turn(timedelta(days=1))
    assert len(seen(door, room).coming) == 1
    clock.turn(timedelta(days=1))
    # Nobody came and nobody said so: it is yesterday's, and comes no more.
    assert seen(door, room).coming == ()


def test_the_page_opens_an_hour_before_or_with_the_first_preparation(door: Door, clock: StillClock) -> None:
    plain, prepared = make_meeting(door), make_meeting(door)
    start = meeting_of(door, plain).starts_at
    clock.put(start - 2 * doors.OPENS_BEFORE)
    assert (opens(door, token_of(door, plain)), opens(door, token_of(door, prepared))) == (None, None)
    service.begin_step(door, asks(), step_id=steps_of(door, prepared)["draw_supplies"].id or 0, staff_id=None)
    assert (opens(door, token_of(door, plain)), opens(door, token_of(door, prepared))) == (None, prepared)
    clock.put(start - doors.OPENS_BEFORE)
    assert opens(door, token_of(door, plain)) == plain
    clock.put(meeting_of(door, plain).ends_at)
    assert opens(door, token_of(door, plain)) is None


def test_the_page_stays_open_until_the_room_is_turned_over(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    token, ends = token_of(door, meeting), meeting_of(door, meeting).ends_at
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks(), meeting_id=meeting)
    clock.put(ends + timedelta(hours=3))
    assert opens(door, token) == meeting
    service.end_meeting(door, asks(), meeting_id=meeting)
    clock.turn(timedelta(hours=3))
    assert opens(door, token) == meeting
    close(door, meeting)
    assert opens(door, token) is None


def test_yesterdays_page_opens_nothing_even_if_nobody_said_that_it_ended(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks(), meeting_id=meeting)
    clock.put(meeting_of(door, meeting).ends_at + doors.LINGERS)
    assert opens(door, token_of(door, meeting)) is None


def test_each_meeting_has_its_own_token_and_a_cancelled_one_none_that_opens(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    first, second = make_meeting(door, room_id=room), make_meeting(door, room_id=room, begins=timedelta(hours=6))
    assert token_of(door, first) != token_of(door, second)
    clock.put(meeting_of(door, first).starts_at)
    assert opens(door, token_of(door, first)) == first
    assert opens(door, f" {token_of(door, first).lower()} ") == first
    service.cancel(door, asks(), meeting_id=first, reason="改期")
    assert opens(door, token_of(door, first)) is None
    assert (opens(door, "A" * 27), opens(door, "301")) == (None, None)


def test_the_people_in_the_room_say_that_they_have_begun_from_a_quarter_of_an_hour_before(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    start = meeting_of(door, meeting).starts_at
    clock.put(start - 16 * MINUTE)
    with pytest.raises(Conflict, match="not_begun_yet") as refusal:
        service.start_from_room(door, asks(), meeting_id=meeting)
    assert refusal.value.facts["opens"] == start.isoformat()
    clock.turn(MINUTE)
    assert service.start_from_room(door, asks(), meeting_id=meeting).code == "started"
    assert (meeting_of(door, meeting).state, steps_of(door, meeting)["sign"].state) == (State.IN_SESSION, "done")
    with pytest.raises(Conflict, match="meeting_moved_on"):
        service.start_from_room(door, asks(), meeting_id=meeting)


def test_a_meeting_that_wants_more_time_hears_until_when_it_may_have_it(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    meeting, after = make_meeting(door, room_id=room), make_meeting(door, room_id=room, begins=timedelta(hours=5))
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks(), meeting_id=meeting)
    with pytest.raises(Conflict, match="room_taken") as refusal:
        service.extend(door, asks(), meeting_id=meeting, minutes=60)
    latest = meeting_of(door, after).reserved_from - (meeting_of(door, meeting).reserved_until - meeting_of(door, meeting).ends_at)
    facts = refusal.value.facts
    assert (facts["meeting"], facts["starts_at"], facts["latest_at"]) == (
        after,
        meeting_of(door, after).starts_at.isoformat(),
        latest.isoformat(),
    )
    allowed = (latest - meeting_of(door, meeting).ends_at) // MINUTE
    service.extend(door, asks(), meeting_id=meeting, minutes=allowed)
    assert meeting_of(door, meeting).ends_at == latest


def test_a_device_stands_at_the_room_that_its_place_or_its_name_says(door: Door) -> None:
    small, vip = make_room(door, name="301"), make_room(door, name="贵宾室一")

    def stands_at(place: str, name: str) -> int | None:
        with door.reading() as session:
            card = rooms.room_at(session, place, name)
        return card.id if card else None

    assert (stands_at("301", "门牌 5"), stands_at("301会议室", ""), stands_at("三层东", "301")) == (small, small, small)
    assert stands_at("贵宾室一", "301") == vip
    assert (stands_at("", ""), stands_at("三层东", "门牌 5"), stands_at("3", "")) == (None, None, None)
