"""What the written work plan demands stands on the run sheets, each step with its rule, its hour, and who does it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.deadlines import Scheduler
from server.domain.meetings.queries import tablet
from server.domain.meetings.rules import ATTENDANTS, PLAN, Anchor, Category, Kind, Level, Party, Phase
from server.domain.rooms import queries as rooms
from tests.factories import make_attendant, make_meeting, meeting_of, steps_of

RULES = {
    Kind.PLAN: "S131",
    Kind.RECONFIRM: "S114",
    Kind.PICK_LIST: "S116",
    Kind.DRAW_SUPPLIES: "S117",  # with their dates of expiry
    Kind.CHECK_ROOM: "S119",
    Kind.CHECK_EQUIPMENT: "S118",
    Kind.STANDBY: "S137",
    Kind.SECURITY: "S142",
    Kind.LIGHTS_ON: "S120",
    Kind.GREET_DOOR: "S122",
    Kind.GREET_LIFT: "S134",
    Kind.FIRST_POUR: "S123",
    Kind.LEAVE_ROOM: "S125",
    Kind.SIGN: "S140",
    Kind.TEA_BREAK: "S126",
    Kind.TIDY: "S127",
    Kind.CLEANING: "S139",
    Kind.DISINFECT: "S139",
    Kind.CONSUMABLES: "S32",
}
OUR_OWN = {Kind.LOST_PROPERTY, Kind.LIGHTS_OFF}
"""Steps that the plan does not name."""


@pytest.mark.parametrize("category", Category)
def test_each_step_names_the_rule_that_demands_it(category: Category) -> None:
    lines = PLAN[category]
    assert {line.kind: line.rule for line in lines if line.kind not in OUR_OWN} == {
        line.kind: RULES[line.kind] for line in lines if line.kind not in OUR_OWN
    }
    assert {line.kind for line in lines if not line.rule} == OUR_OWN
    assert {line.kind for line in lines if not line.mandatory} == {Kind.PICK_LIST, Kind.TEA_BREAK}


def test_a_guest_of_honour_has_posts_of_every_department_and_is_tidied_up_after_like_everybody() -> None:
    """S132: who stands where is on the sheet; S136: tidied at once, with cleaning."""
    lines = PLAN[Category.VIP]
    assert {line.party for line in lines} == set(Party)
    assert ATTENDANTS[Category.VIP] == 2
    at_once = {line.kind for line in lines if line.anchor is Anchor.END and line.minutes == 0}
    assert {Kind.TIDY, Kind.CLEANING} <= at_once
    ordinary = [line for line in PLAN[Category.ORDINARY] if line.phase is Phase.CLOSE]
    assert [line for line in lines if line.phase is Phase.CLOSE] == ordinary


def test_whoever_looks_after_a_meeting_is_at_its_door_in_time_and_can_show_the_way(door: Door, clock: StillClock) -> None:
    """S24, S29: guests are received on the floor and led to the room."""
    sun = make_attendant(door)
    meeting = make_meeting(door)
    row = meeting_of(door, meeting)
    clock.put(row.starts_at - timedelta(minutes=15))
    Scheduler(door, clock, upkeep=()).step()
    with door.reading() as session:
        told = tablet.to_do(session, sun, row.day)
        place = rooms.room_card(session, row.room_id).place
    greeting = next(todo for todo in told.now if todo.step is not None and todo.step.kind is Kind.GREET_DOOR)
    assert (greeting.level, greeting.mine, greeting.meeting.floor, place) == (Level.DUE, True, "3", "出电梯左转")


@pytest.mark.parametrize("category", Category)
def test_the_sign_is_put_out_at_the_start_and_nobody_else_comes_in(door: Door, category: Category) -> None:
    """S140, S141: at every meeting, and it cannot be left off the sheet."""
    meeting = make_meeting(door, category=category.value, begins=timedelta(hours=8))
    sign = steps_of(door, meeting)["sign"]
    assert (sign.due_at, sign.mandatory) == (meeting_of(door, meeting).starts_at, True)
