"""Carrying out a weekly schedule (S112): looked at first, faults named by row and cell, and a second time nothing changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, func, select

from server.clock import StillClock
from server.days import at_local, whole_day
from server.db.transaction import Door
from server.domain.meetings import service, sheets
from server.domain.meetings.queries import importing
from server.domain.meetings.queries.importing import Preview, RowKind, Stage
from server.domain.meetings.rules import State
from server.domain.meetings.sheets import Schedule, ScheduleRow, Site
from server.domain.meetings.tables import ChangeSeen, Meeting
from server.domain.rooms import queries as rooms
from server.errors import Conflict, NotFound
from tests.domain.meetings.schedules import FAULTY_ROWS, ROOMS, SOUND_ROWS, weekly_workbook
from tests.factories import asks, make_meeting, make_room, make_staff, meeting_of, steps_of

NEXT_MONDAY = date(2026, 11, 30)
MORNING = datetime(2026, 11, 30, 0, 30, tzinfo=UTC)
FAR = datetime(2030, 1, 1, tzinfo=UTC)


def site(door: Door) -> Site:
    """Return where schedules are read."""
    today = door.clock.now().astimezone(door.settings.zone).date()
    span = whole_day(today, door.settings.zone)
    return Site(zone=door.settings.zone, today=today, since=span.begins, until=span.begins + timedelta(days=60))


def keep(door: Door, content: bytes, name: str = "week.xlsx") -> int:
    """Read a file and keep it; return the import."""
    schedule = sheets.read(content, name, site=site(door))
    return int(service.keep_schedule(door, asks("staff:1"), schedule=schedule, filename=name).ids["import"] or 0)


def look(door: Door, number: int) -> Preview:
    """Return the preview of a kept schedule."""
    with door.reading() as session:
        return importing.preview(session, number, door.clock.now())


def carry_out(door: Door, number: int) -> dict[str, object]:
    """Carry a kept schedule out to its end; return the last outcome's ids."""
    while (outcome := service.commit_schedule(door, asks("staff:1"), import_id=number)).code != "schedule_done":
        pass
    return dict(outcome.ids)


@pytest.fixture
def park(door: Door) -> Door:
    """A house with the schedule's rooms and an attendant."""
    for name in ROOMS:
        make_room(door, name=name, capacity=200)
    make_staff(door, "attendant", name="李敏")
    return door


def test_a_weekly_schedule_is_looked_at_and_carried_out_with_its_faults_named_by_row_and_cell(park: Door) -> None:
    number = keep(park, weekly_workbook(NEXT_MONDAY))
    seen = look(park, number)
    faulty = [one for one in seen.rows if one.kind is RowKind.FAULTY]
    assert len(faulty) == FAULTY_ROWS
    assert all(fault.column and one.row.number for one in faulty for fault in one.faults)
    assert seen.passed_over == ("填写说明",)
    done = carry_out(park, number)
    assert (done["faulty"], done["added"]) == (FAULTY_ROWS, seen.counts[RowKind.ADDED])
    assert seen.counts[RowKind.ADDED] <= SOUND_ROWS
    with park.reading() as session:
        earliest = session.exec(select(Meeting.id).order_by(col(Meeting.starts_at), col(Meeting.id))).first()
    first = meeting_of(park, earliest or 0)
    assert (first.title, first.starts_at, first.state) == (
        "周例会",
        at_local(NEXT_MONDAY, datetime(2026, 1, 1, 9).time(), park.settings.zone),
        State.REGISTERED,
    )
    sheet = steps_of(park, first.id or 0)
    assert sheet["check_room"].due_at == first.starts_at - timedelta(hours=1)
    assert sheet["check_room"].staff_id is not None


def test_importing_it_again_changes_nothing(park: Door) -> None:
    carry_out(park, keep(park, weekly_workbook(NEXT_MONDAY)))
    again = keep(park, weekly_workbook(NEXT_MONDAY))
    counts = look(park, again).counts
    assert (counts[RowKind.ADDED], counts[RowKind.CHANGED], counts[RowKind.CANCELLED]) == (0, 0, 0)
    with park.reading() as session:
        before = session.exec(select(func.count(col(Meeting.id)), func.sum(Meeting.version))).one()
    carry_out(park, again)
    with park.reading() as session:
        assert session.exec(select(func.count(col(Meeting.id)), func.sum(Meeting.version))).one() == before


def row(door: Door, **said: object) -> ScheduleRow:
    """Return a sound row of a list for tomorrow in room 301."""
    starts = door.clock.now() + timedelta(days=1)
    plain: dict[str, object] = {"number": 3, "sheet": "一周", "key": "k1", "title": "例会", "room": "301", "columns": {"room": "E"}}
    return ScheduleRow(**(plain | {"starts_at": starts, "ends_at": starts + timedelta(hours=1)} | said))  # type: ignore[arg-type]  # as a test says it


def keep_rows(door: Door, *rows: ScheduleRow) -> int:
    """Keep rows as a schedule; return the import."""
    outcome = service.keep_schedule(door, asks("staff:1"), schedule=Schedule(rows=rows), filename="list.xlsx")
    return int(outcome.ids["import"] or 0)


def test_a_moved_row_moves_its_meeting_and_keeps_what_the_list_does_not_say(park: Door) -> None:
    carry_out(park, keep_rows(park, row(park)))
    with park.reading() as session:
        meeting = session.exec(select(Meeting)).one().id or 0
    service.set_tea(park, asks("staff:1"), meeting_id=meeting, minutes=35)
    later = park.clock.now() + timedelta(days=1, hours=2)
    number = keep_rows(park, row(park, starts_at=later, ends_at=later + timedelta(hours=1)))
    (one,) = look(park, number).rows
    assert (one.kind, [each.field for each in one.differences]) == (RowKind.CHANGED, ["starts_at", "ends_at"])
    carry_out(park, number)
    assert (meeting_of(park, meeting).starts_at, meeting_of(park, meeting).tea_minutes) == (later, 35)


def test_a_cancelled_row_calls_its_meeting_off_and_a_meeting_called_off_here_is_not_brought_back(park: Door) -> None:
    carry_out(park, keep_rows(park, row(park)))
    with park.reading() as session:
        meeting = session.exec(select(Meeting)).one().id or 0
    assert look(park, keep_rows(park, row(park, cancelled=True))).counts[RowKind.CANCELLED] == 1
    service.cancel(park, asks("staff:1"), meeting_id=meeting)
    (one,) = look(park, keep_rows(park, row(park))).rows
    assert (one.kind, one.faults[0].code) == (RowKind.FAULTY, "cancelled_here")


@pytest.mark.parametrize(
    ("said", "code", "column"),
    [
        ({"room": "999"}, "room_not_here", "E"),
        ({"estimated": 5000}, "too_many_for_layout", "E"),
        ({"layout": "boardroom", "estimated": 5000}, "too_many_for_layout", "E"),
        ({"tea_minutes": 600}, "tea_out_of_range", "E"),
        ({"starts_at": FAR, "ends_at": FAR + timedelta(hours=1)}, "too_far_ahead", "E"),
        ({"starts_at": MORNING, "ends_at": MORNING + timedelta(hours=23)}, "too_long_meeting", "E"),
    ],
)
def test_a_row_that_cannot_be_is_left_out_and_named(park: Door, said: dict[str, object], code: str, column: str) -> None:
    number = keep_rows(park, row(park, **said), row(park, key="k2", room="302"))
    done = carry_out(park, number)
    assert (done["added"], done["faulty"]) == (1, 1)
    assert [(fault.code, fault.column) for each in look(park, number).rows for fault in each.faults] == [(code, column)]


def test_two_rows_that_want_one_room_and_a_row_that_meets_another_meeting_are_named(park: Door) -> None:
    with park.reading() as session:
        room = rooms.room_named(rooms.rooms(session), "301")
    assert room is not None
    make_meeting(park, room_id=room.id, begins=timedelta(days=2))
    clash = park.clock.now() + timedelta(days=2, minutes=30)
    number = keep_rows(
        park, row(park), row(park, key="k2", title="另一场"), row(park, key="k3", starts_at=clash, ends_at=clash + timedelta(hours=1))
    )
    assert [one.kind for one in look(park, number).rows] == [RowKind.ADDED, RowKind.FAULTY, RowKind.FAULTY]


@pytest.mark.parametrize("given_back", [{"cancelled": True}, {"room": "302"}])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_room_that_a_row_gives_back_is_free_for_a_new_one_of_the_same_list(
    park: Door, given_back: dict[str, object], is_first: bool
) -> None:
    carry_out(park, keep_rows(park, row(park)))
    back, new = row(park, **given_back), row(park, key="k2", title="另一场")
    number = keep_rows(park, *((back, new) if is_first else (new, back)))
    expected = [RowKind.CANCELLED if "cancelled" in given_back else RowKind.CHANGED, RowKind.ADDED]
    before = [one.kind for one in look(park, number).rows]
    assert before == (expected if is_first else expected[::-1])
    assert carry_out(park, number)["added"] == 1
    assert [one.kind for one in look(park, number).rows] == before
    with park.reading() as session:
        assert session.exec(select(Meeting.state).where(Meeting.title == "另一场")).one() == State.REGISTERED


def test_meetings_that_move_one_after_the_other_are_moved_in_an_order_that_lets_them(park: Door) -> None:
    first, second = row(park), row(park, key="k2", room="302")
    carry_out(park, keep_rows(park, first, second))
    number = keep_rows(park, replace(first, room="302"), replace(second, room="多功能厅"))
    assert [one.kind for one in look(park, number).rows] == [RowKind.CHANGED, RowKind.CHANGED]
    assert (carry_out(park, number)["changed"], {one.kind for one in look(park, number).rows}) == (2, {RowKind.CHANGED})


def rooms_of(door: Door, *keys: str) -> list[str]:
    """Return the rooms in which the meetings of rows are."""
    with door.reading() as session:
        names = {card.id: card.name for card in rooms.rooms(session)}
        found = {key: names[room] for key, room in session.exec(select(Meeting.source_key, Meeting.room_id))}
    return [found[f"schedule:{key}"] for key in keys]


def test_meetings_exchange_their_rooms(park: Door) -> None:
    first, second = row(park), row(park, key="k2", room="302")
    carry_out(park, keep_rows(park, first, second))
    number = keep_rows(park, replace(first, room="302"), row(park, key="new"), replace(second, room="301"))
    expected = [RowKind.CHANGED, RowKind.FAULTY, RowKind.CHANGED]
    assert [one.kind for one in look(park, number).rows] == expected
    assert (carry_out(park, number)["changed"], [one.kind for one in look(park, number).rows]) == (2, expected)
    assert rooms_of(park, "k1", "k2") == ["302", "301"]
    with park.reading() as session:
        assert len(session.exec(select(ChangeSeen.id)).all()) == 2


def test_three_meetings_exchange_their_rooms(park: Door) -> None:
    rows = [row(park, key=f"k{place}", room=room) for place, room in enumerate(("301", "302", "多功能厅"))]
    carry_out(park, keep_rows(park, *rows))
    number = keep_rows(park, *(replace(one, room=room) for one, room in zip(rows, ("302", "多功能厅", "301"), strict=True)))
    assert carry_out(park, number)["changed"] == 3
    assert rooms_of(park, "k0", "k1", "k2") == ["302", "多功能厅", "301"]


def test_what_an_exchange_gives_back_is_free_for_a_row_before_it(park: Door) -> None:
    begins = park.clock.now() + timedelta(days=1)
    long, short = row(park, ends_at=begins + timedelta(hours=5)), row(park, key="k2", room="302")
    carry_out(park, keep_rows(park, long, short))
    new = row(park, key="new", starts_at=begins + timedelta(hours=4), ends_at=begins + timedelta(hours=5))
    number = keep_rows(park, new, replace(long, room="302"), replace(short, room="301"))
    assert [one.kind for one in look(park, number).rows] == [RowKind.ADDED, RowKind.CHANGED, RowKind.CHANGED]
    assert (carry_out(park, number)["added"], rooms_of(park, "k1", "k2", "new")) == (1, ["302", "301", "301"])


def test_an_exchange_of_which_one_room_is_somebody_elses_does_not_take_place_and_is_named(park: Door) -> None:
    first, second = row(park), row(park, key="k2", room="302")
    carry_out(park, keep_rows(park, first, second))
    with park.reading() as session:
        there = rooms.room_named(rooms.rooms(session), "301")
    assert there is not None
    # The second would stay longer in the room it gets than that is free.
    make_meeting(park, room_id=there.id, begins=timedelta(days=1, hours=2))
    number = keep_rows(park, replace(first, room="302"), replace(second, room="301", ends_at=park.clock.now() + timedelta(days=1, hours=3)))
    assert {one.kind for one in look(park, number).rows} == {RowKind.FAULTY}
    assert carry_out(park, number)["faulty"] == 2
    assert rooms_of(park, "k1", "k2") == ["301", "302"]


def test_exchanges_in_a_long_list_are_not_torn_apart(park: Door) -> None:
    begins = [park.clock.now() + timedelta(days=1, hours=3 * place) for place in range(60)]
    pairs = [
        row(park, key=f"{room}-{place}", room=room, starts_at=at, ends_at=at + timedelta(hours=1))
        for place, at in enumerate(begins)
        for room in ("301", "302")
    ]
    carry_out(park, keep_rows(park, *pairs))
    # Those that exchange stand far apart in the list.
    exchanged = [replace(one, room="302" if one.room == "301" else "301") for one in pairs]
    number = keep_rows(park, *exchanged[::2], *exchanged[1::2])
    seen = Counter(one.turn for one in look(park, number).rows)
    assert set(seen.values()) == {2}  # each pair by itself, so that the lobby never waits for all of them
    assert carry_out(park, number)["changed"] == 120
    assert rooms_of(park, "301-0", "302-0", "301-59", "302-59") == ["302", "301", "302", "301"]


def test_a_room_given_back_at_the_end_of_a_long_list_is_free_for_its_first_row(park: Door) -> None:
    begins = [park.clock.now() + timedelta(days=1, hours=2 * place) for place in range(260)]
    rows = [row(park, key=f"k{place}", starts_at=at, ends_at=at + timedelta(hours=1)) for place, at in enumerate(begins)]
    carry_out(park, keep_rows(park, *rows))
    number = keep_rows(
        park,
        row(park, key="new", starts_at=begins[-1], ends_at=begins[-1] + timedelta(hours=1)),
        *rows[:-1],
        replace(rows[-1], cancelled=True),
    )
    assert (look(park, number).rows[0].kind, look(park, number).rows[-1].kind) == (RowKind.ADDED, RowKind.CANCELLED)
    assert (carry_out(park, number)["added"], look(park, number).rows[0].kind) == (1, RowKind.ADDED)


def test_what_is_over_stays_as_it_was(park: Door, clock: StillClock) -> None:
    begun = clock.now() - timedelta(hours=3)
    (one,) = look(park, keep_rows(park, row(park, starts_at=begun, ends_at=begun + timedelta(hours=1)))).rows
    assert one.kind is RowKind.OVER


def test_a_schedule_is_withdrawn_only_before_it_is_carried_out(park: Door) -> None:
    number = keep_rows(park, row(park))
    service.withdraw_schedule(park, asks("staff:1"), import_id=number)
    with pytest.raises(NotFound, match="schedule_import_unknown"):
        look(park, number)
    begun = keep_rows(park, row(park))
    carry_out(park, begun)
    with pytest.raises(Conflict, match="schedule_begun"):
        service.withdraw_schedule(park, asks("staff:1"), import_id=begun)


def test_the_rows_of_a_schedule_are_forgotten_after_a_day(park: Door, clock: StillClock) -> None:
    number = keep_rows(park, row(park))
    clock.turn(timedelta(days=1, minutes=1))
    assert service.forget_schedules(park, asks("house")).ids["count"] == 1
    with pytest.raises(NotFound):
        look(park, number)


def test_a_long_schedule_is_carried_out_some_rows_at_a_time_and_says_what_each_row_came_to(park: Door) -> None:
    first = row(park)
    carry_out(park, keep_rows(park, first))
    begins = [park.clock.now() + timedelta(days=1, hours=2 * place) for place in range(260)]
    rows = [row(park, key=f"k{place + 1}", starts_at=at, ends_at=at + timedelta(hours=1)) for place, at in enumerate(begins)]
    rows[0] = row(park, title="改名的例会")
    number = keep_rows(park, *rows)
    assert service.commit_schedule(park, asks("staff:1"), import_id=number).code == "schedule_going_on"
    half = look(park, number)
    assert (half.kept.stage, half.kept.taken, half.kept.total) == (Stage.BEGUN, 250, 260)
    assert (half.rows[0].kind, half.rows[1].kind, half.rows[-1].kind) == (RowKind.CHANGED, RowKind.ADDED, RowKind.ADDED)
    assert half.rows[1].meeting_id is not None
    assert half.rows[-1].meeting_id is None
    done = service.commit_schedule(park, asks("staff:1"), import_id=number)
    assert (done.code, done.ids["added"], done.ids["changed"]) == ("schedule_done", 259, 1)
    after = look(park, number)
    assert after.kept.stage is Stage.DONE
    assert [(each.field, each.before, each.after) for each in after.rows[0].differences] == [("title", "例会", "改名的例会")]
    assert service.commit_schedule(park, asks("staff:1"), import_id=number).ids["added"] == 259


def test_fewer_rows_are_carried_out_at_a_time_where_they_change_meetings(park: Door) -> None:
    begins = [park.clock.now() + timedelta(days=1, hours=2 * place) for place in range(45)]
    rows = [row(park, key=f"k{place}", starts_at=at, ends_at=at + timedelta(hours=1)) for place, at in enumerate(begins)]
    carry_out(park, keep_rows(park, *rows))
    number = keep_rows(park, *(replace(each, room="302") for each in rows))
    assert service.commit_schedule(park, asks("staff:1"), import_id=number).ids["taken"] == 40
    assert (carry_out(park, number)["changed"], {one.kind for one in look(park, number).rows}) == (45, {RowKind.CHANGED})


def test_the_schedules_that_are_kept_say_who_sent_them_and_how_far_they_are(park: Door) -> None:
    sender = make_staff(park, "supervisor", name="王芳")
    outcome = service.keep_schedule(park, asks(f"staff:{sender}"), schedule=Schedule(rows=(row(park),)), filename="一周.xlsx")
    begun = keep_rows(park, row(park, key="k2", room="302"))
    carry_out(park, begun)
    with park.reading() as session:
        newest, oldest = importing.kept_schedules(session)
    assert (newest.import_id, newest.stage, newest.made_by) == (begun, Stage.DONE, "李敏")
    assert (oldest.import_id, oldest.stage, oldest.made_by, oldest.filename) == (outcome.ids["import"], Stage.OPEN, "王芳", "一周.xlsx")
