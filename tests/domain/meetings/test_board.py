"""The board's column of meetings: those first that need somebody, each with what matters now, and the word of its room."""

from __future__ import annotations

from datetime import timedelta

from server.clock import StillClock
from server.days import local_day
from server.db.transaction import Door
from server.domain.meetings import service
from server.domain.meetings.queries.board import BoardDay, BoardRow, Matter, meetings_of_board
from server.domain.meetings.queries.tablet import RoomStatus
from tests.factories import asks, make_attendant, make_meeting, make_room, meeting_of, meeting_plan, steps_of

MINUTE = timedelta(minutes=1)


def board(door: Door, called: tuple[int, ...] = ()) -> BoardDay:
    with door.reading() as session:
        return meetings_of_board(session, local_day(door.clock.now(), door.settings.zone), called)


def row_of(door: Door, meeting_id: int, called: tuple[int, ...] = ()) -> BoardRow:
    return next(row for row in board(door, called).rows if row.meeting.meeting_id == meeting_id)


def told(door: Door, meeting_id: int, called: tuple[int, ...] = ()) -> tuple[str, str]:
    row = row_of(door, meeting_id, called)
    return (row.status.value if row.status else "over", row.matter.value)


def raise_step(door: Door, meeting_id: int, kind: str) -> None:
    service.raise_step(door, asks("house"), step_id=steps_of(door, meeting_id)[kind].id or 0)


def test_a_meetings_word_follows_its_course(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    assert told(door, meeting) == ("free", "none")
    clock.put(meeting_of(door, meeting).starts_at - 60 * MINUTE)
    service.begin_step(door, asks(), step_id=steps_of(door, meeting)["check_room"].id or 0, staff_id=None)
    assert told(door, meeting) == ("setting", "none")
    clock.put(meeting_of(door, meeting).starts_at - 15 * MINUTE)
    for kind, quantities in (("draw_supplies", {"瓷杯": 12}), ("check_room", None), ("check_equipment", None), ("lights_on", None)):
        service.finish_step(door, asks(), step_id=steps_of(door, meeting)[kind].id or 0, staff_id=None, quantities=quantities)
    assert told(door, meeting) == ("ready", "none")
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks(), meeting_id=meeting)
    assert told(door, meeting) == ("in_use", "none")
    service.do_not_disturb(door, asks(), meeting_id=meeting)
    assert told(door, meeting) == ("in_use", "undisturbed")
    assert told(door, meeting, called=(meeting_of(door, meeting).room_id,)) == ("service", "call")
    service.end_meeting(door, asks(), meeting_id=meeting)
    assert told(door, meeting) == ("to_tidy", "none")
    service.begin_step(door, asks(), step_id=steps_of(door, meeting)["tidy"].id or 0, staff_id=None)
    assert told(door, meeting) == ("tidying", "none")


def test_what_is_late_or_asked_or_unconfirmed_is_pressing(door: Door, clock: StillClock) -> None:
    late, asked = make_meeting(door), make_meeting(door)
    start = meeting_of(door, late).starts_at
    clock.put(start - 56 * MINUTE)
    raise_step(door, late, "check_room")
    assert told(door, late) == ("free", "none")
    clock.put(start - 55 * MINUTE)
    raise_step(door, late, "check_room")
    assert told(door, late) == ("late", "late")
    clock.put(start + 5 * MINUTE)
    service.ask_start(door, asks("house"), meeting_id=asked)
    assert told(door, asked) == ("free", "asked")


def test_a_change_nobody_has_acknowledged_is_news_for_two_minutes_and_then_red(door: Door, clock: StillClock) -> None:
    who = make_attendant(door)
    meeting = make_meeting(door)
    service.assign_attendant(door, asks(), meeting_id=meeting, staff_id=who)
    row = meeting_of(door, meeting)
    service.change(
        door,
        asks(),
        meeting_id=meeting,
        version=row.version,
        plan=meeting_plan(door, room_id=row.room_id, estimated=15),
    )
    assert told(door, meeting) == ("free", "told")
    assert not row_of(door, meeting).pressing
    clock.turn(2 * MINUTE)
    change = row_of(door, meeting).meeting.unseen[0]
    service.raise_unseen(door, asks("house"), seen_id=1)
    assert (told(door, meeting), row_of(door, meeting).pressing) == (("free", "unseen"), True)
    service.cancel(door, asks(), meeting_id=meeting, reason="改期")
    # It is cancelled, and who looked after it has not heard the first change yet.
    assert told(door, meeting) == ("over", "unseen")
    newest = row_of(door, meeting).meeting.changes[-1]
    assert newest.change_id != change.change_id
    service.acknowledge_change(door, asks(), change_id=newest.change_id, staff_id=who)
    assert told(door, meeting) == ("over", "none")


def test_those_that_need_somebody_stand_first_then_by_hour_and_what_is_over_last(door: Door, clock: StillClock) -> None:
    first, second, third, over = (make_meeting(door, begins=timedelta(hours=hours)) for hours in (3, 4, 5, 2))
    clock.put(meeting_of(door, over).starts_at)
    service.cancel(door, asks(), meeting_id=over, reason="改期")
    clock.put(meeting_of(door, third).starts_at - 110 * MINUTE)
    raise_step(door, third, "draw_supplies")
    shown = [row.meeting.meeting_id for row in board(door).rows]
    assert shown == [third, first, second, over]
    assert (board(door).meetings, board(door).rooms) == (3, 3)
    clock.turn(timedelta(days=1))
    # What is still open of yesterday stays until somebody settles it.
    assert {row.meeting.meeting_id for row in board(door).rows} == {first, second, third}


def test_a_call_belongs_to_the_meeting_that_holds_the_room_now(door: Door, clock: StillClock) -> None:
    room = make_room(door)
    now_there, comes = make_meeting(door, room_id=room), make_meeting(door, room_id=room, begins=timedelta(hours=6))
    assert told(door, now_there, called=(room,))[1] == Matter.NONE
    clock.put(meeting_of(door, now_there).starts_at)
    service.start_meeting(door, asks(), meeting_id=now_there)
    assert told(door, now_there, called=(room,)) == (RoomStatus.SERVICE, Matter.CALL)
    assert told(door, comes, called=(room,))[1] == Matter.NONE
