"""The work on the tablet: one tap finishes, two leave out, a change must be seen, and whoever goes shows what is left open."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from server.clock import StillClock
from server.domain.calls import service as calls
from server.domain.meetings import service
from server.domain.meetings.plans import plan_of
from server.domain.rooms import service as rooms
from tests.factories import asks, make_meeting, make_room, meeting_of, steps_of
from tests.floor_tablet.stage import Tablet, make_attendant_at, make_tablet_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Screens are the same on each database; the verbs behind them are proved on both."""

MINUTE = timedelta(minutes=1)
UNDO = re.compile(r'action="(/tablet/[a-z]+/\d+(?:/[a-z]+)?/undo)"')


def region(tablet: Tablet, name: str, *, own: bool = False) -> str:
    number = f":{tablet.staff_id}" if own else ""
    return tablet.get(f"/region/tablet.{name}{number}", query_string={"lang": "en"}).text


def be_at(tablet: Tablet, clock: StillClock, instant: datetime) -> None:
    """Turn the clock; a tablet nobody touched for so long has locked itself, and is opened again."""
    clock.put(instant)
    tablet.unlock(tablet.staff_id)


def step_of(tablet: Tablet, meeting: int, kind: str) -> int:
    return steps_of(tablet.house.door, meeting)[kind].id or 0


def test_a_step_that_is_due_is_finished_by_one_tap_and_taken_back_from_the_toast(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door, title="季度经营会")
    be_at(open_tablet, clock, steps_of(door, meeting)["check_room"].due_at)
    service.raise_step(door, asks("house"), step_id=step_of(open_tablet, meeting, "check_room"))
    shown = region(open_tablet, "now", own=True)
    assert "Lay out and check the room" in shown
    assert "季度经营会" in shown
    said = open_tablet.post(f"/tablet/steps/{step_of(open_tablet, meeting, 'check_room')}/finish", {"lang": "en"})
    assert "Lay out and check the room: done." in said.text
    assert steps_of(door, meeting)["check_room"].settled_staff_id == open_tablet.staff_id
    undo = UNDO.search(said.text)
    assert undo is not None
    assert "Taken back." in open_tablet.post(undo[1], {"lang": "en"}).text
    assert steps_of(door, meeting)["check_room"].state == "planned"


def test_a_step_long_before_its_hour_is_refused_and_its_page_takes_the_reason(open_tablet: Tablet, clock: StillClock) -> None:
    meeting = make_meeting(open_tablet.house.door)
    step = step_of(open_tablet, meeting, "lights_on")
    card = open_tablet.post(f"/tablet/steps/{step}/finish")
    assert (card.status_code, card.headers["HX-Redirect"]) == (204, f"/tablet/steps/{step}")
    asked = open_tablet.page(f"/tablet/steps/{step}")
    assert "Too early: this may be done from" in asked
    assert "Why it is done so early" in asked
    refused = open_tablet.post(f"/tablet/steps/{step}/finish", {"page": "yes", "lang": "en"}, htmx=False)
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "step_too_early")
    answer = open_tablet.post(f"/tablet/steps/{step}/finish", {"page": "yes", "reason": "客人已到"}, htmx=False)
    assert (answer.status_code, answer.location) == (303, f"/tablet?done=step_done&of={step}")
    assert steps_of(open_tablet.house.door, meeting)["lights_on"].reason == "客人已到"
    home = open_tablet.page(answer.location)
    assert "Lights on: done." in home
    assert f'action="/tablet/steps/{step}/undo"' in home


def test_another_reason_for_leaving_a_step_out_is_asked_alone_and_said_at_its_own_field(open_tablet: Tablet) -> None:
    meeting = make_meeting(open_tablet.house.door)
    step = step_of(open_tablet, meeting, "lights_on")
    asked = open_tablet.page(f"/tablet/steps/{step}?skip=1")
    assert "Why it is left out" in asked
    assert f'action="/tablet/steps/{step}/finish"' not in asked
    empty = open_tablet.post(f"/tablet/steps/{step}/skip", {"page": "yes", "reason": " ", "lang": "en"}, htmx=False)
    assert (empty.status_code, empty.headers["X-Error-Code"]) == (422, "missing")
    assert re.search(r'id="f-skip"[^>]*aria-invalid="true"', empty.text)
    answer = open_tablet.post(f"/tablet/steps/{step}/skip", {"page": "yes", "reason": "停电"}, htmx=False)
    assert "Lights on: skipped." in open_tablet.page(answer.location)
    assert steps_of(open_tablet.house.door, meeting)["lights_on"].reason == "停电"


def test_a_step_of_another_day_says_which_on_the_meetings_page(open_tablet: Tablet) -> None:
    meeting = make_meeting(open_tablet.house.door, begins=timedelta(days=1, hours=3))
    day_before = f"{meeting_of(open_tablet.house.door, meeting).day - timedelta(days=1):%m-%d}"
    cards = re.findall(r'<article[^>]*id="sheet-.*?</article>', region(open_tablet, f"meeting:{meeting}"), re.DOTALL)
    assert {name: day_before in card for card in cards for name in ("Make the pick list", "Lights on") if name in card} == {
        "Make the pick list": True,
        "Lights on": False,
    }


@pytest.mark.parametrize("path", ["", "/meetings", "/rooms", "/posts", "/handover", "/manuals/contingency"])
def test_a_call_from_a_room_stands_on_every_page(open_tablet: Tablet, path: str) -> None:
    door = open_tablet.house.door
    calls.call_for(door, asks("link:x"), room_id=make_room(door, name="301"), meeting_id=None, wish="technician", note="投影无信号")
    assert open_tablet.page(f"/tablet{path}").count("投影无信号") == 1


@pytest.mark.parametrize("address", ["/tablet?done=step_done&of=", "/tablet?done=step_done&of=999999", "/tablet?done=x&of=1"])
def test_an_address_that_names_no_step_says_nothing(open_tablet: Tablet, address: str) -> None:
    assert 'id="said"' not in open_tablet.page(address)


def test_supplies_are_proposed_for_the_headcount_and_kept_as_they_were_typed(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door, estimated=10)
    step = step_of(open_tablet, meeting, "draw_supplies")
    be_at(open_tablet, clock, steps_of(door, meeting)["draw_supplies"].due_at)
    assert 'name="quantity" type="number" inputmode="numeric" min="0" max="100000" value="11"' in open_tablet.page(f"/tablet/steps/{step}")
    wrong = open_tablet.post(f"/tablet/steps/{step}/finish", {"page": "yes", "item": "cups", "quantity": "many", "lang": "en"}, htmx=False)
    assert wrong.status_code == 422
    assert "Please give a number." in wrong.text
    done = open_tablet.post(f"/tablet/steps/{step}/finish", {"page": "yes", "item": ["cups", "pens"], "quantity": ["12", "0"]}, htmx=False)
    assert done.status_code == 303
    assert "Cups 12" in region(open_tablet, f"meeting:{meeting}")


def test_tea_is_left_out_by_two_taps_with_its_reason(open_tablet: Tablet, clock: StillClock) -> None:
    """S124: skipping names why, and the next round counts from it."""
    door = open_tablet.house.door
    meeting = make_meeting(door)
    be_at(open_tablet, clock, meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    clock.turn(15 * MINUTE)
    shown = region(open_tablet, "now", own=True)
    skip = re.search(r'action="(/tablet/rounds/\d+/skip)"', shown)
    assert skip is not None
    assert "Cups are full" in shown
    said = open_tablet.post(skip[1], {"reason": "cups_full", "lang": "en"})
    assert "This round is skipped." in said.text
    assert "Tea, round 2" in region(open_tablet, "now", own=True)
    refused = open_tablet.post(skip[1], {"reason": "", "lang": "en"})
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (422, "missing")


def test_a_call_is_answered_by_one_tap_and_the_slower_tablet_is_told(app: Flask, open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    room = make_room(door, name="301")
    call = int(calls.call_for(door, asks("link:x"), room_id=room, meeting_id=None, wish="technician", note="投影无信号").ids["call"] or 0)
    assert "投影无信号" in region(open_tablet, "calls")
    assert "on the way" in open_tablet.post(f"/tablet/calls/{call}/ack", {"lang": "en"}).text
    other = make_attendant_at(make_tablet_in(app, place="2 层"), name="赵琳")
    refused = other.post(f"/tablet/calls/{call}/ack")
    assert (refused.status_code, refused.headers["X-Error-Code"]) == (409, "call_settled")
    for action in ("arrive", "finish"):
        assert open_tablet.post(f"/tablet/calls/{call}/{action}").status_code == 200
    assert "投影无信号" not in region(open_tablet, "calls")


def test_another_room_soon_covers_the_screen_until_it_is_seen(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    old, new = make_room(door, name="301"), make_room(door, name="205")
    meeting = make_meeting(door, room_id=old, begins=timedelta(minutes=50))
    row = meeting_of(door, meeting)
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=replace(plan_of(row), room_id=new, estimated=15))
    shown = region(open_tablet, "changes", own=True)
    assert "Not 301: go to 205" in shown
    assert "data-takeover" in shown
    seen = re.search(r'action="(/tablet/changes/\d+/seen)"', shown)
    assert seen is not None
    assert open_tablet.post(seen[1]).status_code == 200
    assert "go to 205" not in region(open_tablet, "changes", own=True)


def test_rooms_are_named_in_the_readers_language_where_a_change_sends_one_elsewhere(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    old, new = (
        int(rooms.add_room(door, asks("house"), name=name, name_en=name_en, floor="3", capacity=60).ids["room"] or 0)
        for name, name_en in (("听涛厅", "Tide Hall"), ("观云厅", "Cloud Hall"))
    )
    meeting = make_meeting(door, room_id=old, begins=timedelta(minutes=50))
    row = meeting_of(door, meeting)
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=replace(plan_of(row), room_id=new))
    shown = region(open_tablet, "changes", own=True)
    assert "Not Tide Hall: go to Cloud Hall" in shown
    assert "厅" not in shown
    page = open_tablet.page(f"/tablet/steps/{step_of(open_tablet, meeting, 'check_room')}")
    assert re.search(r'class="lead">Cloud Hall ·', page)


def test_a_later_change_is_a_band_with_the_difference(open_tablet: Tablet) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door, begins=timedelta(hours=9), estimated=12)
    row = meeting_of(door, meeting)
    service.change(door, asks("staff:1"), meeting_id=meeting, version=row.version, plan=replace(plan_of(row), estimated=16))
    shown = region(open_tablet, "changes", own=True)
    assert "data-takeover" not in shown
    assert "<s>12</s> → <b>16</b>" in shown


def test_who_locks_with_something_due_is_shown_who_takes_it(app: Flask, open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door)
    other = make_attendant_at(make_tablet_in(app, place="2 层"), name="赵琳")
    assert open_tablet.post("/tablet/lock", htmx=False).location == "/tablet"  # nothing is due: locked at once
    open_tablet.unlock(open_tablet.staff_id)
    be_at(open_tablet, clock, steps_of(door, meeting)["check_room"].due_at)
    service.raise_step(door, asks("house"), step_id=step_of(open_tablet, meeting, "check_room"))
    assert open_tablet.post("/tablet/lock", htmx=False).location == "/tablet/handover"
    page = open_tablet.page("/tablet/handover")
    assert "赵琳 takes it all" in page
    assert (
        "1 meeting goes to 赵琳" in page.partition(f'<dialog class="dialog" id="hand-over-{other.staff_id}"')[2].partition("</dialog>")[0]
    )
    assert "It is handed over." in open_tablet.post(f"/tablet/hand-over/{other.staff_id}", {"lang": "en"}).text
    assert steps_of(door, meeting)["check_room"].staff_id == other.staff_id
    assert open_tablet.post("/tablet/lock", htmx=False).location == "/tablet"


def test_the_meeting_page_starts_quiets_counts_and_ends_it(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door)
    at = f"/tablet/meetings/{meeting}"
    assert "Run sheet" in open_tablet.page(at)
    be_at(open_tablet, clock, meeting_of(door, meeting).starts_at)
    for action, word in (
        ("start", "The meeting has begun."),
        ("quiet", "Nobody disturbs this meeting."),
        ("service", "Service goes on."),
        ("extend", "The meeting is changed."),
        ("tea", "The tea is timed anew."),
        ("people", "Written down."),
        ("end", "The meeting is over."),
        ("resume", "The meeting goes on."),
    ):
        fields = {"extend": {"minutes": "10"}, "tea": {"minutes": "30"}, "people": {"people": "11"}}.get(action, {})
        assert word in open_tablet.post(f"{at}/{action}", {"lang": "en", **fields}).text, action
    for action, fields, code in (
        ("extend", {"minutes": "0"}, "too_small"),
        ("people", {"people": "x"}, "not_a_number"),
        ("start", {}, "meeting_moved_on"),
    ):
        assert open_tablet.post(f"{at}/{action}", fields).headers["X-Error-Code"] == code


def test_a_locked_tablet_shows_nothing_of_the_floor(tablet: Tablet) -> None:
    meeting = make_meeting(tablet.house.door, title="董事会")
    assert "董事会" not in tablet.page()
    for path in ("/tablet/meetings", f"/tablet/meetings/{meeting}", "/region/tablet.days", "/region/tablet.now:1"):
        assert "董事会" not in tablet.get(path, follow_redirects=True).text


def test_the_rooms_and_the_days_stand_there_with_nothing_and_with_something(open_tablet: Tablet) -> None:
    assert "No rooms yet" in open_tablet.page("/tablet/rooms")
    assert "No meetings" in open_tablet.page("/tablet/meetings")
    meeting = make_meeting(open_tablet.house.door, title="产品培训")
    assert "产品培训" in open_tablet.page("/tablet/rooms")
    assert f"/tablet/meetings/{meeting}" in open_tablet.page("/tablet/meetings")
    proposal = open_tablet.page("/tablet/manuals/contingency")
    assert "Not written yet" in proposal
    assert "<h2>Fire or smoke</h2>" in proposal
    service.set_manual(open_tablet.house.door, asks("staff:1"), name="contingency", text="停电\n找王师傅")
    assert "<h2>停电</h2>" in open_tablet.page("/tablet/manuals/contingency")
    assert "Not written yet" not in open_tablet.page("/tablet/manuals/contingency")


def test_that_nobody_came_is_taken_back_from_the_toast(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting = make_meeting(door)
    be_at(open_tablet, clock, meeting_of(door, meeting).starts_at + 5 * MINUTE)
    said = open_tablet.post(f"/tablet/meetings/{meeting}/nobody", {"lang": "en"})
    assert meeting_of(door, meeting).state == "no_show"
    assert f'action="/tablet/meetings/{meeting}/awaited"' in said.text
    assert "Taken back." in open_tablet.post(f"/tablet/meetings/{meeting}/awaited", {"lang": "en"}).text
    assert meeting_of(door, meeting).state == "confirmed"


def test_the_meeting_page_offers_nothing_that_would_be_refused(open_tablet: Tablet, clock: StillClock) -> None:
    door = open_tablet.house.door
    meeting, cancelled = make_meeting(door), make_meeting(door)
    ids = {kind: step.id for kind, step in steps_of(door, meeting).items()}
    prepared = steps_of(door, cancelled)["check_room"].id or 0
    for step in (ids["check_room"] or 0, prepared):
        service.finish_step(door, asks("staff:1"), step_id=step, staff_id=None, reason="plan_says")
    service.cancel(door, asks("staff:1"), meeting_id=cancelled)
    assert f"/tablet/steps/{prepared}/undo" not in region(open_tablet, f"meeting:{cancelled}")
    before = region(open_tablet, f"meeting:{meeting}")
    assert f"/tablet/steps/{ids['check_room']}/undo" in before
    assert f"/tablet/steps/{ids['tidy']}/" not in before
    be_at(open_tablet, clock, meeting_of(door, meeting).starts_at)
    service.start_meeting(door, asks("staff:1"), meeting_id=meeting)
    service.end_meeting(door, asks("staff:1"), meeting_id=meeting)
    after = region(open_tablet, f"meeting:{meeting}")
    assert f"/tablet/steps/{ids['check_room']}/undo" not in after
    assert f"/tablet/steps/{ids['tidy']}/finish" in after
