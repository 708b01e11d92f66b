"""What screens read: an attendant's list, the rooms, the staffing line, the registers; and that reading costs the same for more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from server.clock import StillClock
from server.days import Window
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.meetings import service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import board, doors, registers, rows, staffing, tablet
from server.domain.meetings.queries.tablet import RoomStatus, Todo, What
from server.domain.meetings.rules import Level, Need, Phase, State, StepState, shortfalls
from tests.conftest import MORNING
from tests.factories import asks, make_attendant, make_meeting, make_room, meeting_of, steps_of
from tests.statements import counting

MINUTE = timedelta(minutes=1)
TODAY = date(2026, 11, 23)


def pass_time(door: Door, clock: StillClock, minutes: int) -> None:
    """Turn the clock, and let what falls due meanwhile be told."""
    clock.turn(minutes * MINUTE)
    while Scheduler(door, clock, upkeep=()).step():
        pass


def to_do(door: Door, staff_id: int) -> tablet.ToDo:
    with door.reading() as session:
        return tablet.to_do(session, staff_id, TODAY)


def kinds(todos: tuple[Todo, ...]) -> list[str]:
    return [todo.step.kind.value if todo.step else todo.what.value for todo in todos]


def do(door: Door, meeting: int, kind: str, **said: object) -> None:
    step = steps_of(door, meeting)[kind]
    service.finish_step(door, asks("staff:1"), step_id=step.id or 0, staff_id=step.staff_id, **said)  # type: ignore[arg-type]  # as a form has it


# --- an attendant's list -------------------------------------------------------------------------------------------------


def test_an_attendant_sees_what_is_to_be_done_in_the_order_of_its_hours(door: Door, clock: StillClock) -> None:
    """S116 to S122: what is soon, due or late is *now*; the rest comes *next*, as much as can be taken in."""
    sun = make_attendant(door)
    make_meeting(door)  # noon
    pass_time(door, clock, 55)  # 9:55: supplies are due at ten
    told = to_do(door, sun)
    assert (kinds(told.now), told.now[0].level) == (["draw_supplies"], Level.SOON)
    assert kinds(told.next) == ["check_room", "check_equipment", "lights_on", "greet_door", "first_pour", "sign"]
    assert told.more == 0
    pass_time(door, clock, 70)  # 11:05
    told = to_do(door, sun)
    assert [(todo.step.kind.value, todo.level) for todo in told.now if todo.step] == [
        ("draw_supplies", Level.SUPERVISOR),
        ("check_room", Level.LATE),
        ("check_equipment", Level.LATE),
    ]
    assert all(todo.mine for todo in (*told.now, *told.next))


def test_what_is_anothers_shows_only_once_it_is_late(door: Door, clock: StillClock) -> None:
    sun, ma = make_attendant(door, name="孙悦"), make_attendant(door, name="马骏")
    meeting = make_meeting(door)
    owner = steps_of(door, meeting)["draw_supplies"].staff_id
    other = ma if owner == sun else sun
    pass_time(door, clock, 64)
    assert (kinds(to_do(door, other).now), len(to_do(door, other).next)) == ([], 0)
    pass_time(door, clock, 1)
    [late] = to_do(door, other).now
    assert (late.mine, late.staff and late.staff.staff_id) == (False, owner)


def test_what_nobody_has_is_everybodys(door: Door, clock: StillClock) -> None:
    meeting = make_meeting(door)
    sun = make_attendant(door)
    assert steps_of(door, meeting)["check_room"].staff_id is None
    assert "check_room" in kinds(to_do(door, sun).next)


def test_the_pick_list_of_tomorrow_is_made_today(door: Door, clock: StillClock) -> None:
    """S116: the day before, at five, the list of what tomorrow needs; nothing else of tomorrow stands there yet."""
    sun = make_attendant(door)
    make_meeting(door, begins=timedelta(days=1, hours=3))
    assert kinds(to_do(door, sun).now) == []
    pass_time(door, clock, 8 * 60)
    told = to_do(door, sun)
    assert (kinds(told.now), told.next) == (["pick_list"], ())


def test_whether_it_began_is_asked_at_five_past_and_asking_takes_the_place_of_the_sign(door: Door, clock: StillClock) -> None:
    """S140."""
    sun = make_attendant(door)
    meeting = make_meeting(door)
    pass_time(door, clock, 3 * 60 + 5)
    assert "ask" in kinds(to_do(door, sun).now)
    assert "sign" not in kinds(to_do(door, sun).now)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert "ask" not in kinds(to_do(door, sun).now)


def test_tidying_stands_there_from_the_end_on_with_the_cleaning_that_is_called(door: Door, clock: StillClock) -> None:
    """S31, S127, S139."""
    sun = make_attendant(door)
    meeting = make_meeting(door)
    clock.put(meeting_of(door, meeting).ends_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert "tidy" not in kinds((*to_do(door, sun).now, *to_do(door, sun).next))
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    told = to_do(door, sun)
    assert kinds((*told.now, *told.next)) == ["tidy", "cleaning", "lost_property", "disinfect", "consumables", "lights_off"]


# --- the rooms -----------------------------------------------------------------------------------------------------------


def test_a_room_stands_as_its_meeting_does(door: Door, clock: StillClock) -> None:
    room = make_room(door, name="205")
    meeting, later = make_meeting(door, room_id=room), make_meeting(door, room_id=room, begins=timedelta(hours=6))

    def stands(*called: int) -> tuple[RoomStatus, int | None, int | None]:
        with door.reading() as session:
            [row] = tablet.rooms_today(session, TODAY, called)
        current, after = row.current, row.next
        return row.status, current.meeting_id if current else None, after.meeting_id if after else None

    assert stands() == (RoomStatus.FREE, None, meeting)
    clock.put(meeting_of(door, meeting).starts_at - 60 * MINUTE)
    do(door, meeting, "draw_supplies", quantities={"瓷杯": 12})
    assert stands() == (RoomStatus.SETTING, meeting, later)
    pass_time(door, clock, 6)
    assert stands() == (RoomStatus.LATE, meeting, later)
    assert stands(room) == (RoomStatus.SERVICE, meeting, later)
    for kind in ("check_room", "check_equipment"):
        do(door, meeting, kind)
    clock.put(meeting_of(door, meeting).starts_at - 15 * MINUTE)
    do(door, meeting, "lights_on")
    assert stands() == (RoomStatus.READY, meeting, later)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert stands() == (RoomStatus.IN_USE, meeting, later)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    assert stands() == (RoomStatus.TO_TIDY, meeting, later)
    # Nobody has tidied it, and the next ones sit there: the room is theirs.
    clock.put(meeting_of(door, later).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=later)
    assert stands()[1:] == (later, None)


def test_the_room_page_opens_only_while_its_meeting_lasts(door: Door, clock: StillClock) -> None:
    """S28."""
    meeting, other = make_meeting(door), make_meeting(door)
    with door.reading() as session:
        token, stranger = (doors.room_token(session, door.keys, each) for each in (meeting, other))
    assert token != stranger

    def opens() -> int | None:
        with door.reading() as session:
            found = doors.meeting_of_token(session, door.keys, token.lower(), clock.now())
        return found.meeting_id if found else None

    assert opens() is None
    clock.put(meeting_of(door, meeting).starts_at - 59 * MINUTE)
    assert opens() == meeting
    service.cancel(door, asks("staff:1"), meeting_id=meeting)
    assert opens() is None
    with door.reading() as session:
        assert doors.meeting_of_token(session, door.keys, "A" * 27, clock.now()) is None


# --- the staffing line ---------------------------------------------------------------------------------------------------


def test_one_greeter_short_is_said_the_day_before(door: Door) -> None:
    """S122, S134: a guest of honour takes two, two others one each, and there are three: at nine one is missing."""
    for name in ("孙悦", "马骏", "罗琳"):
        make_attendant(door, name=name)
    tomorrow_at_a_quarter_past_nine = timedelta(days=1, minutes=15)
    make_meeting(door, begins=tomorrow_at_a_quarter_past_nine, category="vip", ends_at=MORNING + timedelta(days=1, hours=3))
    for hours in (2, 4):
        make_meeting(door, begins=tomorrow_at_a_quarter_past_nine, ends_at=MORNING + timedelta(days=1, hours=hours))
    with door.reading() as session:
        told = staffing.staffing(session, TODAY + timedelta(days=1), door.settings.zone)
    short = {(each.window.begins - MORNING - timedelta(days=1)) // MINUTE: (each, proposed) for each, proposed in told.shortfalls}
    each, proposed = short[0]  # nine o'clock
    assert (each.needed, each.there, each.missing, told.people) == (4, 3, 1, 3)
    assert {need.what for need in each.needs} == {"greet_door", "greet_lift"}
    assert proposed.what == "cover"  # greeting has its hour


@pytest.mark.parametrize(("seconds", "missed"), [(59, 0), (60, 1)])
def test_nobody_is_missed_for_less_than_a_minute(seconds: int, missed: int) -> None:
    """S23: what is due at once begins at some second, and "12:50–12:50" tells nobody anything."""
    day = Window(begins=MORNING, ends=MORNING + timedelta(hours=12))
    first = Window(begins=MORNING + 50 * MINUTE, ends=MORNING + 60 * MINUTE)
    second = Window(begins=first.ends - timedelta(seconds=seconds), ends=first.ends + 10 * MINUTE)
    needs = [Need(window=window, people=1, what="check_room", room="301", meeting_id=1) for window in (first, second)]
    assert len(shortfalls(needs, [(day, 1)], day)) == missed


def test_what_need_not_be_done_just_then_is_proposed_sooner(door: Door) -> None:
    make_attendant(door)
    make_meeting(door, begins=timedelta(days=1, minutes=15))
    other = make_meeting(door, begins=timedelta(days=1, hours=1, minutes=5))  # its room is checked from 9:05
    with door.reading() as session:
        told = staffing.staffing(session, TODAY + timedelta(days=1), door.settings.zone)
    proposed = next(proposed for each, proposed in told.shortfalls if (each.window.begins - MORNING - timedelta(days=1)) // MINUTE == 5)
    assert (proposed.what, proposed.meeting_id, proposed.minutes) == ("check_room", other, 20)


# --- the registers -------------------------------------------------------------------------------------------------------


def test_the_registers_write_themselves(door: Door, clock: StillClock) -> None:
    """S113, S114, S130: what was done for a meeting, and its line in the month."""
    sun = make_attendant(door)
    meeting, cancelled = make_meeting(door, guaranteed=14), make_meeting(door)
    service.cancel(door, asks("staff:1"), meeting_id=cancelled)
    clock.put(meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting, staff_id=sun)
    service.count_people(door, asks("staff:1"), meeting_id=meeting, people=11)
    clock.turn(50 * MINUTE)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    with door.reading() as session:
        closing = [step for step in rows.of_day(session, TODAY)[0].steps if step.phase is Phase.CLOSE]
    for step in closing:
        said = {"quantities": {"纸杯": 3}} if step.asks_quantities else {"answered_name": "周师傅"} if step.asks_name else {}
        do(door, meeting, step.kind.value, **said)
    with door.reading() as session:
        log = registers.service_log(session, TODAY)
        month = registers.month(session, TODAY.replace(day=1))
        [line, gone] = registers.usage(session, TODAY, TODAY)
    assert (line.state, line.actual, gone.state) == (State.CLOSED, 11, State.CANCELLED)
    assert [each.at for each in log] == sorted(each.at for each in log)
    assert {"孙悦"} == {each.by for each in log if each.by}
    assert (month.total.meetings, month.total.minutes, month.total.people, month.total.cancelled) == (1, 50, 11, 1)
    assert month.consumed == (("纸杯", 3),)
    assert all(step.state in (StepState.DONE, StepState.MISSED) for step in line.steps)


# --- reading costs the same ----------------------------------------------------------------------------------------------


READS: dict[str, Callable[[Door, int], object]] = {
    "to_do": to_do,
    "rooms_today": lambda door, _: read(door, lambda session: tablet.rooms_today(session, TODAY)),
    "of_day": lambda door, _: read(door, lambda session: rows.of_day(session, TODAY)),
    "changes_to_see": lambda door, staff: read(door, lambda session: tablet.changes_to_see(session, staff)),
    "board": lambda door, _: read(door, lambda session: board.meetings_of_board(session, TODAY)),
    "staffing": lambda door, _: read(door, lambda session: staffing.staffing(session, TODAY, door.settings.zone)),
    "month": lambda door, _: read(door, lambda session: registers.month(session, TODAY.replace(day=1))),
}


def read(door: Door, query: Callable[..., object]) -> object:
    with door.reading() as session:
        return query(session)


def statements(door: Door, staff_id: int) -> dict[str, int]:
    """Return how many statements each read runs."""
    told = {}
    for name, query in READS.items():
        with counting(door) as seen:
            query(door, staff_id)
        told[name] = len(seen)
    return told


def test_more_meetings_cost_no_more_statements(door: Door) -> None:
    sun = make_attendant(door)

    rooms = [make_room(door) for _ in range(5)]

    def add(hours: range) -> None:
        made = [make_meeting(door, room_id=room, begins=timedelta(hours=hour)) for hour in hours for room in rooms]
        row = meeting_of(door, made[0])  # and something to be seen
        service.change(door, asks("staff:1"), meeting_id=made[0], version=row.version, plan=replace(plan_of(row), guaranteed=10))

    add(range(3, 4))
    few = statements(door, sun)
    add(range(5, 13, 2))
    assert statements(door, sun) == few
    assert max(few.values()) < 20
    assert {todo.what for todo in to_do(door, sun).next} == {What.STEP}
