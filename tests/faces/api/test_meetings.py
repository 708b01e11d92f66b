"""The owner's online registration (S112): rooms asked about, meetings registered, changed, cancelled, and how one stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.domain.meetings import service
from server.domain.meetings.rules import Source
from server.web.house import House
from tests.faces.api.stage import Program
from tests.factories import asks, make_meeting, make_room, make_tenant, meeting_of

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and answers are the same on each database; the verbs behind them are proved on both."""


@pytest.fixture
def room(house: House) -> int:
    return make_room(house.door, name="301", capacity=60)


def plan(room: int, **more: Any) -> dict[str, Any]:
    """Return a meeting of tomorrow morning."""
    plain = {"title": "季度经营会", "room_id": room, "layout": "boardroom", "estimated": 12}
    return plain | {"starts_at": "2026-11-24T10:00:00+08:00", "ends_at": "2026-11-24T11:00:00+08:00"} | more


def test_rooms_tell_their_layouts_and_when_they_are_free(program: Program, room: int) -> None:
    program.call("POST", "/meetings", plan(room))
    (told,) = program.call("GET", "/rooms?day=2026-11-24").json["rooms"]
    assert (told["id"], told["name"], told["capacity"]) == (room, "301", 60)
    assert {each["layout"]: each["capacity"] for each in told["layouts"]}["boardroom"] == 18
    assert [(each["begins_at"], each["ends_at"]) for each in told["free"]] == [
        ("2026-11-24T00:00:00+08:00", "2026-11-24T09:40:00+08:00"),
        ("2026-11-24T11:15:00+08:00", "2026-11-25T00:00:00+08:00"),
    ]
    assert program.call("GET", "/rooms").json["rooms"][0]["free"] is None


def test_a_meeting_is_registered_listed_changed_and_cancelled(program: Program, house: House, room: int) -> None:
    tenant = make_tenant(house.door, name="星河医药")
    made = program.call("POST", "/meetings", plan(room, tenant="星河医药", category="vip"))
    assert (made.status_code, made.json["source"], made.json["tenant"]) == (201, "api", "星河医药")
    number, etag = made.json["id"], made.headers["ETag"]
    assert meeting_of(house.door, number).tenant_id == tenant
    listed = program.call("GET", "/meetings?from=2026-11-23&to=2026-11-30").json
    assert ([each["id"] for each in listed["meetings"]], listed["more"]) == ([number], False)
    changed = program.call("PATCH", f"/meetings/{number}", {"estimated": 15, "notes": "设签到台"}, If_Match=etag)
    assert (changed.status_code, changed.json["estimated"], changed.json["notes"], changed.json["title"]) == (
        200,
        15,
        "设签到台",
        "季度经营会",
    )
    assert changed.headers["ETag"] != etag
    stale = program.call("PATCH", f"/meetings/{number}", {"estimated": 16}, If_Match=etag)
    assert (stale.status_code, stale.json["code"]) == (412, "meeting_changed_meanwhile")
    assert program.call("PATCH", f"/meetings/{number}", {"estimated": 16}).status_code == 428
    assert program.call("PATCH", f"/meetings/{number}", {"estimated": 16}, If_Match="*").json["estimated"] == 16
    assert program.call("DELETE", f"/meetings/{number}?reason=改期", If_Match=etag).status_code == 412
    gone = program.call("DELETE", f"/meetings/{number}?reason=改期")
    assert (gone.status_code, gone.json["state"], gone.json["cancel_reason"]) == (200, "cancelled", "改期")
    assert program.call("DELETE", f"/meetings/{number}").json["code"] == "meeting_moved_on"


def test_a_meeting_registered_again_by_its_key_is_changed_and_keeps_what_is_not_said(program: Program, house: House, room: int) -> None:
    first = program.call("POST", "/meetings", plan(room, key="OA-17", notes="走东门"))
    service.set_tea(house.door, asks("staff:1"), meeting_id=first.json["id"], minutes=35)
    again = program.call("POST", "/meetings", plan(room, key="OA-17", starts_at="2026-11-24T10:30:00+08:00"))
    assert (again.status_code, again.json["id"], again.json["key"]) == (200, first.json["id"], "OA-17")
    assert (again.json["starts_at"], again.json["notes"], again.json["tea_minutes"]) == ("2026-11-24T10:30:00+08:00", "走东门", 35)
    same = program.call("POST", "/meetings", plan(room, key="OA-17", starts_at="2026-11-24T10:30:00+08:00"))
    assert (same.status_code, same.json["version"]) == (200, again.json["version"])
    program.call("DELETE", f"/meetings/{first.json['id']}")
    assert program.call("POST", "/meetings", plan(room, key="OA-17")).status_code == 409


def test_the_same_key_does_it_once_and_with_another_body_is_refused(program: Program, room: int) -> None:
    first = program.call("POST", "/meetings", plan(room), key="one-and-the-same")
    again = program.call("POST", "/meetings", dict(reversed(plan(room).items())), key="one-and-the-same")
    assert (again.status_code, again.json) == (201, first.json)
    other = program.call("POST", "/meetings", plan(room, title="另一场"), key="one-and-the-same")
    assert (other.status_code, other.json["code"]) == (422, "operation_reused")
    assert program.call("POST", "/meetings", plan(room), Idempotency_Key="short").json["field"] == "Idempotency-Key"


def test_a_room_that_is_taken_is_told_with_the_next_free_hour(program: Program, house: House, room: int) -> None:
    make_meeting(house.door, room_id=room)
    refused = program.call("POST", "/meetings", plan(room, starts_at="2026-11-23T12:30:00+08:00", ends_at="2026-11-23T13:30:00+08:00"))
    assert (refused.status_code, refused.json["code"]) == (409, "room_taken")
    assert "Next free: 13:35" in refused.json["message"]


WRONG: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"colour": "red"}, "colour", "field_unknown"),
    ({"title": ""}, "title", "too_short"),
    ({"title": "x" * 81}, "title", "too_long"),
    ({"title": "a\x00b"}, "title", "broken_text"),
    ({"room_id": 999}, "room_id", "room_unknown"),
    ({"room_id": "1"}, "room_id", "not_a_number"),
    ({"room_id": 2**40}, "room_id", "too_large"),
    ({"layout": "circle"}, "layout", "not_a_choice"),
    ({"starts_at": "2026-11-24T10:00:00"}, "starts_at", "zone_missing"),
    ({"starts_at": "tomorrow"}, "starts_at", "time_unclear"),
    ({"starts_at": "9999-12-31T23:00:00-12:00"}, "starts_at", "time_unclear"),
    ({"ends_at": "2026-11-24T09:00:00+08:00"}, "ends_at", "ends_before_start"),
    ({"starts_at": "2026-11-22T10:00:00+08:00", "ends_at": "2026-11-22T11:00:00+08:00"}, "ends_at", "in_the_past"),
    ({"estimated": 1000}, "estimated", "too_many_for_layout"),
    ({"tenant": "没有这家"}, "tenant", "tenant_unknown"),
    ({"contact_phone": "abc"}, "contact_phone", "phone_unclear"),
)
"""What is sent besides → the field that is refused, and the code."""


def test_a_wrong_field_is_refused_by_its_name(program: Program, room: int) -> None:
    for more, field, code in WRONG:
        refused = program.call("POST", "/meetings", plan(room, **more))
        assert (refused.status_code, refused.json["field"], refused.json["code"]) == (422, field, code)
        assert "%(" not in refused.json["message"]


def test_how_a_meeting_stands_is_told_with_its_run_sheet(program: Program, room: int) -> None:
    number = program.call("POST", "/meetings", plan(room)).json["id"]
    status = program.call("GET", f"/meetings/{number}/status").json
    assert (status["state"], status["room"], status["started_at"]) == ("registered", "301", None)
    assert status["steps"]["open"] > 10
    assert (status["steps"]["done"], status["steps"]["late"]) == (0, 0)


def test_days_are_asked_for_page_by_page_and_not_too_many(program: Program, house: House, room: int) -> None:
    for hours in (1, 3, 5):
        make_meeting(house.door, room_id=room, begins=timedelta(hours=hours))
    first = program.call("GET", "/meetings?limit=2").json
    assert (len(first["meetings"]), first["more"]) == (2, True)
    second = program.call("GET", "/meetings?limit=2&page=2").json
    assert (len(second["meetings"]), second["more"]) == (1, False)
    assert second["meetings"][0]["source"] == Source.FORM
    for query, field in (
        ("from=2026-01-01&to=2026-12-31", "to"),
        ("from=2026-11-24&to=2026-11-23", "to"),
        ("from=24.11.2026", "from"),
        ("day=2026-11-24", "day"),
        ("limit=501", "limit"),
        ("from=2026-11-24&from=2026-11-25", "from"),
    ):
        refused = program.call("GET", f"/meetings?{query}")
        assert (refused.status_code, refused.json["field"]) == (422, field), query
