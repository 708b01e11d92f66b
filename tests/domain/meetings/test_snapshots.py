"""Of one snapshot a meeting is put together once; the next snapshot shows what has happened since, and a verb what it has just done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from server.db.transaction import Door
from server.domain.meetings import service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import rows
from tests.factories import asks, make_meeting, meeting_of


def test_a_snapshot_shows_a_meeting_as_it_stood_and_the_next_one_as_it_stands(door: Door) -> None:
    number, other = make_meeting(door), make_meeting(door)
    stored = meeting_of(door, number)
    with door.reading() as session:
        first = rows.one(session, number)
        later = replace(plan_of(stored), ends_at=stored.ends_at + timedelta(minutes=30))
        service.change(door, asks("staff:1"), meeting_id=number, version=stored.version, plan=later)
        of_day = {row.meeting_id: row for row in rows.of_day(session, stored.day)}
        assert of_day[number] is first
        assert of_day[other].title
    with door.reading() as session:
        after = rows.one(session, number)
    assert first is not None
    assert after is not None
    assert (first.ends_at, after.ends_at) == (stored.ends_at, later.ends_at)
    assert [change.meeting_id for change in after.changes] == [number]
