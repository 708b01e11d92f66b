"""What the desk reads of the meeting floor: the queue of the day before, the supervisor's alarms, search, staffing by who is on post."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.meetings import service
from server.domain.meetings.queries import desk, staffing, tablet
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.staffing import StaffingLine
from server.domain.meetings.rules import Action, State
from server.domain.posts import service as posts
from tests.conftest import MORNING
from tests.factories import asks, internal, make_attendant, make_meeting, make_room, make_staff, meeting_of, meeting_plan, steps_of


def test_what_is_to_be_reconfirmed_stands_in_the_queue_by_its_hour_until_it_is(door: Door, clock: StillClock) -> None:
    """S114."""
    late, early = (make_meeting(door, begins=timedelta(days=1, hours=hours)) for hours in (6, 2))
    make_meeting(door, begins=timedelta(days=3))
    for meeting in (late, early):
        service.open_reconfirm(door, internal(), meeting_id=meeting)
    with door.reading() as session:
        assert [row.meeting_id for row in desk.to_reconfirm(session)] == [early, late]
        assert desk.reconfirm_count(session) == desk.Waiting(meetings=2, late=0)
    clock.turn(timedelta(hours=8, minutes=31))
    service.tell_unconfirmed(door, internal(), meeting_id=early)
    with door.reading() as session:
        assert desk.reconfirm_count(session) == desk.Waiting(meetings=2, late=1)
        assert desk.alarms(session, MORNING.date()).unconfirmed == 1
    said = {"layout": "boardroom", "guaranteed": 12, "contact_name": "曾静怡", "contact_phone": ""}
    service.reconfirm(door, asks("staff:1"), meeting_id=early, version=meeting_of(door, early).version, **said)  # type: ignore[arg-type]  # as a form has it
    with door.reading() as session:
        assert [row.meeting_id for row in desk.to_reconfirm(session)] == [late]


def test_a_change_nobody_acknowledged_is_an_alarm_until_it_is_or_the_meeting_is_over(door: Door, clock: StillClock) -> None:
    attendant = make_attendant(door)
    meeting = make_meeting(door)
    plan = meeting_plan(door, room_id=meeting_of(door, meeting).room_id, estimated=16)
    service.change(door, internal(), meeting_id=meeting, version=meeting_of(door, meeting).version, plan=plan)
    with door.reading() as session:
        (row,) = meeting_rows.of_day(session, MORNING.date())
        assert desk.alarms(session, MORNING.date()).unseen == ()
    for _ in range(2):
        clock.turn(timedelta(minutes=5))
        service.raise_unseen(door, internal(), seen_id=1)
    with door.reading() as session:
        assert desk.alarms(session, MORNING.date()).unseen == (meeting,)
    service.acknowledge_change(door, internal(), change_id=row.changes[0].change_id, staff_id=attendant)
    with door.reading() as session:
        assert desk.alarms(session, MORNING.date()).unseen == ()


def test_a_meeting_is_found_by_title_contact_room_and_phone_the_next_one_first(door: Door, clock: StillClock) -> None:
    room = make_room(door, name="星河厅")
    plain: dict[str, Any] = {"contact_name": "", "contact_phone": "", "room_id": room}
    later = make_meeting(door, begins=timedelta(days=2), title="Budget 2027", **plain)
    sooner = make_meeting(
        door, begins=timedelta(hours=4), title="budget review", contact_name="欧阳修", contact_phone="13800131234", room_id=room
    )
    over = make_meeting(door, begins=timedelta(hours=8), title="Budget talk", **plain)
    service.cancel(door, internal(), meeting_id=over)

    def found(text: str, limit: int = 20) -> list[int]:
        with door.reading() as session:
            return [row.meeting_id for row in desk.search(session, text, limit=limit)]

    assert found("BUDGET") == [sooner, later, over]
    assert found("budget", limit=1) == [sooner]
    assert found("欧阳") == [sooner]
    assert found("1234") == [sooner]
    assert set(found("星河厅")) == {sooner, later, over}
    assert found("星河") == found("100%") == found("  ") == []


def test_who_may_look_after_a_meeting_is_told_with_whether_he_is_free(door: Door) -> None:
    one, two = make_attendant(door, name="马骏"), make_attendant(door, name="孙悦")
    make_staff(door, "desk")
    first = make_meeting(door)
    with door.reading() as session:
        row = meeting_rows.one(session, first)
        assert row is not None
        assert {choice.person.staff_id: (choice.free, choice.there) for choice in desk.choices(session, row)} == {
            one: (True, True),
            two: (True, False),
        }
    beside = make_meeting(door, begins=timedelta(hours=3, minutes=30))
    with door.reading() as session:
        row = meeting_rows.one(session, beside)
        assert row is not None
        assert {choice.person.staff_id: choice.free for choice in desk.choices(session, row)} == {one: False, two: True}


def test_a_row_names_who_registered_confirmed_changed_and_settled_it(door: Door) -> None:
    clerk = make_staff(door, "desk", name="林晓")
    room = make_room(door)
    meeting = int(
        service.register_adhoc(door, asks(f"staff:{clerk}"), plan=meeting_plan(door, room_id=room), reason="急").ids["meeting"] or 0
    )
    plan = meeting_plan(door, room_id=room, estimated=16)
    service.change(door, asks(f"staff:{clerk}"), meeting_id=meeting, version=meeting_of(door, meeting).version, plan=plan)
    service.skip_step(
        door, asks(f"staff:{clerk}"), step_id=steps_of(door, meeting)["draw_supplies"].id or 0, staff_id=None, reason="not_needed"
    )
    with door.reading() as session:
        row = meeting_rows.one(session, meeting)
    assert row is not None
    assert (row.made_by, row.confirmed_by, row.changes[0].by) == ("林晓", "林晓", "林晓")
    assert next(step.settled_by for step in row.steps if step.kind == "draw_supplies") == "林晓"
    assert row.state is State.PREPARING
    assert Action.CANCEL in row.may
    assert Action.END not in row.may


def test_every_call_of_a_meeting_is_kept_for_its_page(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door, begins=timedelta(minutes=5))
    room = meeting_of(door, meeting).room_id
    call = int(calls.call_for(door, internal(), room_id=room, meeting_id=meeting, wish="tea").ids["call"] or 0)
    calls.finish_call(door, internal(), call_id=call, staff_id=None)
    clock.turn(timedelta(hours=3))
    with door.reading() as session:
        assert calls_read.open_calls(session) == ()
        assert [row.call_id for row in calls_read.all_of_meeting(session, meeting)] == [call]


def line(door: Door) -> StaffingLine:
    with door.reading() as session:
        return staffing.staffing(session, MORNING.date(), door.settings.zone)


def there_at(found: StaffingLine, hours: float) -> int:
    return [minute.there for minute in found.minutes if minute.at <= MORNING + timedelta(hours=hours)][-1]


def test_two_meetings_at_once_and_one_attendant_are_one_greeter_short(door: Door) -> None:
    """S23."""
    make_attendant(door)
    for _ in range(2):
        make_meeting(door, begins=timedelta(hours=3))
    found = line(door)
    greeting = [(short, proposal) for short, proposal in found.shortfalls if any(need.what == "greet_door" for need in short.needs)]
    short, proposal = greeting[0]
    assert (short.window.begins, short.missing, proposal.what) == (MORNING + timedelta(hours=2, minutes=45), 1, "cover")
    drawing = next(proposal for short, proposal in found.shortfalls if short.window.begins == MORNING + timedelta(hours=1))
    assert (drawing.what, drawing.minutes) == ("draw_supplies", 15)


def test_who_is_at_a_meal_or_gone_home_is_not_counted_as_there(door: Door, clock: StillClock) -> None:
    """S54."""
    one, two = (make_attendant(door, on_duty=True) for _ in range(2))
    make_attendant(door)
    assert [there_at(line(door), hours) for hours in (0, 4)] == [3, 3]
    clock.turn(timedelta(hours=2))
    posts.go_to_meal(door, internal(), staff_id=one)
    posts.clock_out(door, internal(), staff_id=two)
    assert [there_at(line(door), hours) for hours in (1, 2, 2.5, 3.5)] == [3, 1, 1, 2]
    clock.turn(timedelta(minutes=20))
    posts.come_back(door, internal(), staff_id=one)
    assert [there_at(line(door), hours) for hours in (2.1, 2.5)] == [1, 2]


def test_as_many_meetings_are_announced_to_be_handed_over_as_are(door: Door) -> None:
    off = make_attendant(door)
    today = door.clock.now().astimezone(door.settings.zone).date()
    for hours in (3, 6, 27):  # the only attendant looks after all three, the last of them tomorrow
        make_meeting(door, begins=timedelta(hours=hours))
    on = make_attendant(door, name="冯珊")
    with door.reading() as session:
        announced = tablet.to_hand_over(session, off, today)
    assert (announced, service.hand_over(door, asks("staff:1"), staff_id=off, to_staff_id=on).ids["meetings"]) == (2, 2)
    last = make_meeting(door, begins=timedelta(hours=9))
    step = next(row.id or 0 for row in steps_of(door, last).values() if row.staff_id is not None)
    service.hand_step(door, asks("staff:1"), step_id=step, staff_id=on)
    with door.reading() as session:
        announced = tablet.to_hand_over(session, on, today)
    assert service.hand_over(door, asks("staff:1"), staff_id=on, to_staff_id=off).ids["meetings"] == announced
