"""The owner's online registration (S112): one meeting a key, changed when it comes again, and what is free on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.days import Window, local_day, whole_day
from server.db.operations import Outcome
from server.db.transaction import Door
from server.domain.meetings import service
from server.domain.meetings.queries import registered
from server.domain.meetings.rules import TEA_MINUTES, Category
from server.errors import Conflict
from tests.factories import asks, make_meeting, make_room, meeting_of, meeting_plan

SAID = ("title", "room_id", "layout", "starts_at", "ends_at", "estimated")


def register(door: Door, room: int, *, key: str = "OA-1", begins: timedelta = timedelta(hours=3)) -> Outcome:
    plan = meeting_plan(door, room_id=room, begins=begins)
    return service.take_registration(door, asks("token:1"), plan=plan, said=SAID, key=key)


def test_a_key_is_one_meeting_changed_by_what_is_said_and_left_alone_otherwise(door: Door) -> None:
    room = make_room(door)
    first = register(door, room)
    number = int(first.ids["meeting"] or 0)
    assert (first.code, meeting_of(door, number).tea_minutes) == ("registered", TEA_MINUTES[Category.ORDINARY])
    service.set_tea(door, asks("staff:1"), meeting_id=number, minutes=35)
    assert register(door, room).code == "meeting_same"
    moved = register(door, room, begins=timedelta(hours=6))
    assert (moved.code, moved.ids["meeting"]) == ("meeting_changed", number)
    assert meeting_of(door, number).tea_minutes == 35
    assert register(door, make_room(door), key="OA-2").ids["meeting"] != number
    with pytest.raises(Conflict, match="room_taken"):
        register(door, room, key="OA-3", begins=timedelta(hours=6))
    service.cancel(door, asks("token:1"), meeting_id=number)
    with pytest.raises(Conflict, match="meeting_moved_on"):
        register(door, room)


def test_a_change_by_another_program_heeds_the_version_it_gives(door: Door) -> None:
    number = make_meeting(door)
    version = meeting_of(door, number).version
    service.change_registration(door, asks("token:1"), meeting_id=number, version=version, changes={"estimated": 8})
    with pytest.raises(Conflict, match="meeting_changed_meanwhile"):
        service.change_registration(door, asks("token:1"), meeting_id=number, version=version, changes={"estimated": 9})
    with pytest.raises(Conflict, match="meeting_changed_meanwhile"):
        service.cancel(door, asks("token:1"), meeting_id=number, version=version)
    service.change_registration(door, asks("token:1"), meeting_id=number, changes={"estimated": 9})
    assert meeting_of(door, number).estimated == 9


def test_days_are_read_by_hour_and_a_room_is_free_between_its_meetings(door: Door) -> None:
    room, zone = make_room(door), door.settings.zone
    late, early = (make_meeting(door, room_id=room, begins=timedelta(hours=hours)) for hours in (6, 3))
    today = local_day(door.clock.now(), zone)
    with door.reading() as session:
        found = registered.between(session, today, today, limit=10)
        free = registered.free_slots(session, today, zone)
    assert [each.meeting_id for each in found] == [early, late]
    first, second = found
    whole = whole_day(today, zone)
    assert free(room) == (
        Window(begins=whole.begins, ends=first.reserved_from),
        Window(begins=first.reserved_until, ends=second.reserved_from),
        Window(begins=second.reserved_until, ends=whole.ends),
    )
    assert free(room + 1) == (whole,)
