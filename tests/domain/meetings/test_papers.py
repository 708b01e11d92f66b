"""The department's papers: run sheets as the supervisor has them, the manuals, the sheets printed for a day, and the month's sum."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.meetings import rules, service
from server.domain.meetings.queries import papers, registers
from server.domain.meetings.queries.papers import Paper, SheetCard
from server.domain.meetings.queries.rows import MeetingRow, StepRow
from server.domain.meetings.rules import Anchor, Category, Course, Kind, Level, Party, Phase, Source, State, StepState
from server.domain.meetings.rules.tea import planned_rounds
from server.domain.staff import service as staff
from server.errors import BadInput
from tests.factories import asks, internal, make_attendant, make_meeting, make_room, meeting_of

MINUTE = timedelta(minutes=1)
MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)


# --- templates and manuals ----------------------------------------------------------------------------------------------


def lines_of(door: Door, category: str = "ordinary") -> dict[str, SheetCard]:
    with door.reading() as session:
        return {card.plan.kind.value: card for card in papers.sheet(session, Category(category))}


def test_a_sheet_stands_as_the_plan_has_it_until_somebody_changes_it(door: Door) -> None:
    for category in Category:
        cards = lines_of(door, category.value)
        assert [card.plan for card in cards.values()] == list(rules.PLAN[category])
        assert not any(card.changed or card.sop for card in cards.values())
    assert lines_of(door)["check_room"].plan.rule == "S119"


def test_a_line_is_changed_left_out_and_set_back_and_its_text_stays(door: Door) -> None:
    text = "一、开窗通风。\n二、桌布对齐。"
    service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="check_room", minutes=-75, sop=text, sop_en="Air the room.")
    changed = lines_of(door)["check_room"]
    assert (changed.minutes, changed.changed, changed.sop) == (-75, True, text)
    service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="check_room", minutes=changed.plan.minutes)
    back = lines_of(door)["check_room"]
    assert (back.minutes, back.changed, back.sop, back.sop_en) == (-60, False, text, "Air the room.")
    service.set_sheet_line(door, asks("staff:1"), category="ordinary", kind="pick_list", minutes=17 * 60, enabled=False)
    assert lines_of(door)["pick_list"].changed
    assert not lines_of(door, "vip")["pick_list"].changed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_plan_demands_is_not_left_out(door: Door) -> None:
    may = {kind for kind, card in lines_of(door, "vip").items() if card.may_leave_out}
    assert may == {"pick_list", "tea_break", "lost_property", "lights_off"}
    with pytest.raises(BadInput) as refusal:
        service.set_sheet_line(door, asks("staff:1"), category="vip", kind="greet_lift", minutes=-15, enabled=False)
    assert (refusal.value.code, refusal.value.facts["rule"]) == ("plan_demands_it", "S134")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_text_at_the_step_has_its_length(door: Door) -> None:
    for field in ("sop", "sop_en"):
        with pytest.raises(BadInput) as refusal:
            service.set_sheet_line(door, asks("staff:1"), category="small", kind="tidy", minutes=0, **{field: "长" * 501})  # type: ignore[arg-type]  # one of two texts
        assert refusal.value.field == field


def test_a_manual_is_written_in_paragraphs(door: Door) -> None:
    """S121, S133, S138."""
    with door.reading() as session:
        assert [papers.manual(session, name).changed_at for name in papers.MANUALS] == [None] * 3  # type: ignore[union-attr]  # there is one each
        assert papers.manual(session, "cookery") is None
    service.set_manual(door, asks("staff:1"), name="contingency", text="火警\r\n\r\n  一、拨 119。\n", text_en="Fire: call 119.")
    with door.reading() as session:
        card = papers.manual(session, "contingency")
    assert card is not None
    assert (card.text, card.text_en, card.changed_at) == ("火警\n\n一、拨 119。", "Fire: call 119.", door.clock.now())


@pytest.mark.parametrize(
    ("said", "field"), [({"name": "cookery"}, "name"), ({"text": "长" * 8001}, "text"), ({"text_en": "\x00"}, "text_en")]
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_manual_that_cannot_be_is_refused_by_field(door: Door, said: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refusal:
        service.set_manual(door, asks("staff:1"), **({"name": "daily", "text": ""} | said))
    assert refusal.value.field == field


# --- what is printed for a day ------------------------------------------------------------------------------------------


def papers_of(door: Door, day: date) -> list[Paper]:
    with door.reading() as session:
        return list(papers.papers(session, day, door.settings.zone))


def kinds(paper: Paper) -> list[str]:
    return [line.step.kind.value if line.step else "tea" for line in paper.lines]


def test_a_day_is_printed_one_sheet_for_every_attendant_and_one_for_what_nobody_has(door: Door, clock: StillClock) -> None:
    sun, guo = make_attendant(door, name="孙悦"), make_attendant(door, name="郭敏")
    day = clock.now().date()
    vip = make_meeting(door, category="vip", tea_minutes=15)
    sheets = papers_of(door, day)
    assert [paper.person.name if paper.person else paper.desk for paper in sheets] == ["孙悦", "郭敏", True]
    both = kinds(sheets[0]) + kinds(sheets[1])
    assert both.count("greet_lift") == both.count("greet_door") == both.count("tea") == both.count("cleaning") == 1
    assert set(kinds(sheets[2])) == {"plan", "standby", "security"}
    for person in (sun, guo):
        service.release_attendant(door, asks("staff:1"), meeting_id=vip, staff_id=person)
    free = papers_of(door, day)
    assert [len(paper.lines) for paper in free[:2]] == [0, 0]
    assert (free[2].person, free[2].desk) == (None, False)
    assert sorted(kinds(free[2])) == sorted(both)


def test_a_sheet_is_in_order_and_holds_what_falls_due_that_day(door: Door, clock: StillClock) -> None:
    make_attendant(door)
    today, tomorrow = clock.now().date(), clock.now().date() + timedelta(days=1)
    ahead = make_meeting(door, begins=timedelta(days=1, hours=3))
    (mine, desk) = papers_of(door, today)
    assert (kinds(mine), kinds(desk)) == (["pick_list"], ["reconfirm"])
    (mine,) = papers_of(door, tomorrow)
    assert [line.at for line in mine.lines] == sorted(line.at for line in mine.lines)
    assert mine.meetings[0].meeting_id == ahead
    assert {line.at for line in mine.lines if line.step and line.step.kind is Kind.CHECK_ROOM} == {
        meeting_of(door, ahead).starts_at - 60 * MINUTE
    }
    service.cancel(door, asks("staff:1"), meeting_id=ahead)
    assert kinds(papers_of(door, tomorrow)[0]) == []


def test_what_somebody_had_who_left_the_staff_is_still_printed(door: Door, clock: StillClock) -> None:
    gone = make_attendant(door, name="孙悦")
    make_meeting(door)
    make_attendant(door, name="郭敏")
    staff.deactivate(door, internal(), staff_id=gone)
    found = {paper.person.name: len(paper.lines) for paper in papers_of(door, clock.now().date()) if paper.person}
    assert found["郭敏"] == 0
    assert found["孙悦"] > 5


@given(
    length=st.integers(1, 16 * 60),
    minutes=st.none() | st.integers(rules.LEAST_MINUTES, rules.MOST_MINUTES),
    pause=st.none() | st.integers(1, 16 * 60),
)
def test_the_planned_rounds_of_tea_end_before_the_end_and_lie_apart(length: int, minutes: int | None, pause: int | None) -> None:
    course = Course(
        started_at=MORNING,
        ends_at=MORNING + length * MINUTE,
        minutes=minutes,
        pause=MORNING + pause * MINUTE if pause is not None and pause < length else None,
        undisturbed=False,
    )
    found = planned_rounds(course)
    assert all(due <= course.ends_at - 10 * MINUTE for due in found)
    assert all(later - earlier >= (minutes or 0) * MINUTE for earlier, later in pairwise(found))
    assert bool(found) == (minutes is not None and rules.next_round(course, None, MORNING) is not None)


# --- the month's sum ----------------------------------------------------------------------------------------------------

INSTANTS = st.none() | st.integers(-30, 300)


@st.composite
def meetings(draw: st.DrawFn) -> MeetingRow:
    """A meeting of some room, anyhow it can have gone."""
    number = draw(st.integers(1, 6))
    begins = MORNING + draw(st.integers(0, 40_000)) * MINUTE
    ends = begins + draw(st.integers(1, 600)) * MINUTE
    began, ended = draw(INSTANTS), draw(INSTANTS)
    row = dict.fromkeys(MeetingRow.__dataclass_fields__) | {
        "meeting_id": draw(st.integers(1, 10**6)),
        "category": draw(st.sampled_from(Category)),
        "source": Source.FORM,
        "state": draw(st.sampled_from(State)),
        "room_id": number,
        "room": f"30{number % 3}",
        "day": begins.date(),
        "starts_at": begins,
        "ends_at": ends,
        "started_at": begins + began * MINUTE if began is not None else None,
        "ended_at": ends + ended * MINUTE if ended is not None else None,
        "people": draw(st.integers(0, 200)),
        "actual": draw(st.none() | st.integers(0, 200)),
        "steps": tuple(draw(st.lists(consumed(), max_size=3))),
    }
    return MeetingRow(**row)  # type: ignore[arg-type]  # what a sum does not look at is left out


@st.composite
def consumed(draw: st.DrawFn) -> StepRow:
    """A step at which something was counted, some of it twice."""
    items = draw(st.lists(st.tuples(st.sampled_from(["瓷杯", "纸", "水"]), st.integers(1, 99)), max_size=4))
    return StepRow(
        step_id=1,
        meeting_id=1,
        kind=draw(st.sampled_from([Kind.CONSUMABLES, Kind.DRAW_SUPPLIES])),
        anchor=Anchor.END,
        party=Party.ATTENDANT,
        phase=Phase.CLOSE,
        mandatory=True,
        due_at=MORNING,
        compressed=False,
        state=StepState.DONE,
        level=Level.NONE,
        staff=None,
        settled_at=MORNING,
        settled_by="",
        answered_name="",
        reason="",
        quantities=tuple(items),
    )


def total(numbers: Iterable[int]) -> int:
    return sum(numbers)


@given(rows=st.lists(meetings(), max_size=40))
def test_every_figure_of_a_months_sum_is_the_sum_of_its_rows(rows: list[MeetingRow]) -> None:
    """S130."""
    found = registers.summed(date(2026, 11, 1), date(2026, 11, 30), rows)
    held = [row for row in rows if row.state in registers.COUNTED]
    for standing in (*found.rooms, found.total):
        mine = [row for row in rows if standing.room_id in (0, row.room_id)]
        assert standing.meetings == total(row in held for row in mine)
        assert standing.minutes == total(registers.minutes_used(row) for row in mine)
        assert standing.people == total(registers.people_there(row) for row in mine)
        assert standing.cancelled == total(row.state is State.CANCELLED for row in mine)
        assert standing.no_show == total(row.state is State.NO_SHOW for row in mine)
        assert total(standing.categories.values()) == standing.meetings
    assert {standing.room_id for standing in found.rooms} == {row.room_id for row in rows}
    counted = [pair for row in rows for step in row.steps if step.kind is Kind.CONSUMABLES for pair in step.quantities]
    assert dict(found.consumed) == {item: total(n for each, n in counted if each == item) for item, _ in counted}


def test_the_usage_register_is_that_of_one_room_where_it_is_asked_for(door: Door, clock: StillClock) -> None:
    rooms = [make_room(door), make_room(door)]
    found = [make_meeting(door, room_id=room) for room in rooms]
    day = clock.now().date()
    with door.reading() as session:
        both = registers.usage(session, day, day)
        one = registers.usage(session, day, day, room_id=rooms[1])
        none = registers.usage(session, day + timedelta(days=1), day + timedelta(days=9))
    assert ([row.meeting_id for row in both], [row.meeting_id for row in one], none) == (found, found[1:], ())
