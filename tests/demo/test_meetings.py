"""At a start, at whatever hour, the meeting floor of the demo park is in the middle of things (S112 to S127)."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from server import demo
from server.db import audit
from server.db.transaction import Door
from server.demo import handout, meetings
from server.domain.calls import queries as calls
from server.domain.meetings import rules
from server.domain.meetings.queries import doors, registers, rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import Category, Level, Phase, RoundState, State, StepState
from server.domain.meetings.tables import Meeting, Step, TeaRound
from server.domain.rooms import queries as rooms
from server.domain.visits.rules import local_day
from tests.demo.conftest import NOON, Filled, open_park

MINUTE = timedelta(minutes=1)
HOURS = {
    "just after midnight": datetime(2026, 11, 24, 16, 10, tzinfo=UTC),
    "just after the sweep": datetime(2026, 11, 24, 20, 5, tzinfo=UTC),
    "late on a Saturday": datetime(2026, 11, 28, 15, 50, tzinfo=UTC),
}


def of_days(door: Door, now: datetime, *ahead: int) -> list[MeetingRow]:
    """Return the meetings of today (0), tomorrow (1), yesterday (-1)."""
    today = local_day(now, door.settings.zone)
    with door.reading() as session:
        return [meeting for days in ahead for meeting in rows.of_day(session, today + timedelta(days=days))]


def test_there_are_eight_rooms_on_three_floors_one_for_guests_of_honour_each_with_its_layouts(park: Filled) -> None:
    with park().reading() as session:
        cards = rooms.rooms(session)
    assert (len(cards), len({card.floor for card in cards}), [card.name for card in cards if card.is_vip]) == (8, 3, ["贵宾室"])
    assert {"201", "202", "203", "205"} <= {card.name for card in cards}
    assert {"Sky Room", "VIP Lounge", "Lecture Hall"} <= {card.name_en for card in cards}
    assert all(3 <= len(card.layouts) <= 6 for card in cards)


def test_today_and_tomorrow_have_fourteen_meetings_in_all_four_categories(park: Filled) -> None:
    door = park()
    for ahead in (0, 1):
        found = of_days(door, NOON, ahead)
        assert len(found) == 14
        assert {meeting.category for meeting in found} == set(Category)
        assert len({meeting.title for meeting in found}) == 14
        assert any(meeting.title.isascii() for meeting in found)
        assert all(meeting.tenant and meeting.contact_name and meeting.contact_phone and meeting.attendants for meeting in found)
        assert all((meeting.category is Category.VIP) == (meeting.room == "贵宾室") for meeting in found)


def test_at_noon_something_is_just_happening(park: Filled) -> None:
    look(park(), NOON)


@pytest.mark.parametrize("hour", HOURS.values(), ids=list(HOURS))
def test_at_a_first_start_something_is_just_happening(furnished: Path, tmp_path: Path, hour: datetime) -> None:
    data = tmp_path / "park"
    shutil.copytree(furnished, data)
    with open_park(data, hour) as door:
        meetings.fill(door, demo.SEED, hour, lambda _done, _of: None)
        look(door, hour)
        assert [len(of_days(door, hour, ahead)) for ahead in (0, 1)] == [14, 14]
        around = of_days(door, hour, -1, 0, 1)
        assert sum(meeting.state is State.CANCELLED and meeting.cancelled_at is not None for meeting in around) >= 1
        assert sum(meeting.state is State.NO_SHOW for meeting in around) == 1
        assert sum(meeting.state is State.TURNING_OVER for meeting in around) == 1
        closed = [meeting for meeting in around if meeting.state is State.CLOSED]
        assert len(closed) >= 3
        assert all(is_filled(meeting) for meeting in closed)
        with door.reading() as session:
            assert audit.first_break(session) is None


def look(door: Door, now: datetime) -> None:
    """Look for what must be going on at a start."""
    around = of_days(door, now, -1, 0, 1)
    running = [meeting for meeting in around if meeting.state is State.IN_SESSION]
    poured = [meeting for meeting in running if sum(each.state is RoundState.DONE for each in meeting.rounds)]
    assert any(meeting.round is not None and meeting.round.level is Level.DUE for meeting in poured)
    assert any(meeting.state in (State.PREPARING, State.READY) and meeting.starts_at <= now + 30 * MINUTE for meeting in around)
    moved = max((change for meeting in around for change in meeting.unseen), key=lambda change: change.made_at)
    [about] = [meeting for meeting in around if meeting.meeting_id == moved.meeting_id]
    assert (len(moved.unseen), now - moved.made_at < MINUTE, about.state in rules.BEFORE_START) == (len(about.attendants), True, True)
    tomorrow = of_days(door, now, 1)
    assert any(meeting.confirmed_at is not None for meeting in tomorrow)
    assert any(meeting.state in (State.REGISTERED, State.TO_RECONFIRM) for meeting in tomorrow)
    with door.reading() as session:
        assert len(calls.open_calls(session)) == 1
    overdue = [step for meeting in around for step in meeting.late if step.phase is not Phase.BEFORE]
    assert len(overdue) <= 2
    for meeting in around:
        happened = [meeting.made_at, meeting.started_at, meeting.ended_at, meeting.closed_at]
        passed = [at for at in happened if at is not None]
        assert passed == sorted(passed)
        assert all(at <= now for at in (*passed, *(step.settled_at for step in meeting.steps if step.settled_at)))


def is_filled(meeting: MeetingRow) -> bool:
    """Tell whether the registers of a closed meeting are filled: how many came, what was drawn and used, who did each step."""
    counted = [step for step in meeting.steps if step.asks_quantities]
    done = [step for step in meeting.steps if step.state is StepState.DONE]
    return bool(meeting.actual) and all(step.quantities for step in counted) and all(step.settled_by for step in done)


@pytest.mark.parametrize("later", [timedelta(hours=5), timedelta(days=2, hours=3)], ids=str)
def test_a_later_start_goes_on_and_is_in_the_middle_of_things_again(park: Filled, later: timedelta) -> None:
    now = NOON + later
    door = park(now)
    meetings.fill(door, demo.SEED, now, lambda _done, _of: None)
    look(door, now)
    left = [meeting for meeting in of_days(door, now, -2, -1, 0) if meeting.open and meeting.ends_at < now - 40 * MINUTE]
    assert left == []
    assert [len(of_days(door, now, ahead)) >= 14 for ahead in (0, 1)] == [True, True]


def test_a_second_start_within_minutes_adds_nothing(park: Filled) -> None:
    now = NOON + 3 * MINUTE
    door = park(now)

    def standing() -> tuple[object, ...]:
        with door.reading() as session:
            return tuple(len(session.exec(select(table)).all()) for table in (Meeting, Step, TeaRound))

    before = standing()
    meetings.fill(door, demo.SEED, now, lambda _done, _of: None)
    assert standing() == before


def test_the_month_and_the_log_are_those_of_what_took_place(park: Filled) -> None:
    """S130."""
    door = park()
    with door.reading() as session:
        today = local_day(NOON, door.settings.zone)
        month = registers.month(session, today.replace(day=1))
        log = registers.service_log(session, today)
    held = [meeting for meeting in of_days(door, NOON, 0) if meeting.state in registers.COUNTED]
    assert month.total.meetings == len(held)
    assert (month.total.cancelled, month.total.no_show) == (1, 1)
    assert month.total.people == sum(meeting.actual if meeting.actual is not None else meeting.people for meeting in held)
    assert len(log) > 60


def test_the_handout_opens_the_page_of_every_room_that_has_one_the_running_meeting_first(park: Filled) -> None:
    door = park()
    held = handout.contents(door, demo.SEED, NOON)
    with door.reading() as session:
        opened = {room["name"]: doors.meeting_of_token(session, door.keys, room["token"], NOON) for room in held["rooms"]}
    assert all(meeting is not None and meeting.room == name for name, meeting in opened.items())
    first = opened[held["rooms"][0]["name"]]
    assert first is not None
    assert first.state is State.IN_SESSION
    lines = "\n".join(handout.table(held, on_network=False))
    assert f"会议室页 room {first.room}" in lines
    assert f"/r/{held['rooms'][0]['token']}" in lines


def test_categories_and_fates_of_a_day_are_as_many_as_told(park: Filled) -> None:
    found = Counter(meeting.category for meeting in of_days(park(), NOON, 1))
    assert found == {Category.ORDINARY: 6, Category.SMALL: 4, Category.IMPORTANT: 2, Category.VIP: 2}
