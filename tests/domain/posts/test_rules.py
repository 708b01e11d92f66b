from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint

from server.domain.posts.rules import (
    COVER_TABLE,
    LEAVES,
    POSTS,
    Attendance,
    CoverAction,
    CoverState,
    Gap,
    LeaveAction,
    LeaveState,
    PostAction,
    PostState,
    action_back,
    actions_from,
    gaps,
    stands_at_desk,
)
from server.domain.posts.rules.diagram import page
from server.domain.posts.tables import Cover, Leave, Stint
from server.domain.staff.rules import Role

# One line an action: what it makes of each state. "." is refused.
TABLE = """
                 off      on_post   meal     away     covering
clock_in         on_post  .         .        .        .
go_to_meal       .        meal      .        .        .
leave            .        away      .        .        .
note_away        .        away      away     .        away
come_back        .        .         on_post  on_post  on_post
cover            .        covering  .        .        .
clock_out        .        off       off      off      off
assume_off       .        off       off      off      off
back_to_off      .        off       .        .        .
back_to_on_post  on_post  .         on_post  on_post  on_post
back_to_meal     meal     meal      .        .        .
back_to_away     away     away      .        .        .
"""


def _pairs() -> list[tuple[PostState, PostAction, str]]:
    heads, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [(PostState(head), PostAction(line[0]), cell) for line in lines for head, cell in zip(heads, line[1:], strict=True)]


@pytest.mark.parametrize(("state", "action", "cell"), _pairs())
def test_every_pair_of_state_and_action_is_decided(state: PostState, action: PostAction, cell: str) -> None:
    assert POSTS.get((state, action)) == (None if cell == "." else PostState(cell))


def test_the_table_in_this_test_names_every_pair_there_is() -> None:
    assert {(state, action) for state, action, _ in _pairs()} == {(state, action) for state in PostState for action in PostAction}


@pytest.mark.parametrize("state", LeaveState)
@pytest.mark.parametrize("action", LeaveAction)
def test_a_leave_is_decided_once_and_taken_once(state: LeaveState, action: LeaveAction) -> None:
    decided = {
        (LeaveState.ASKED, LeaveAction.APPROVE): LeaveState.APPROVED,
        (LeaveState.ASKED, LeaveAction.REFUSE): LeaveState.REFUSED,
        (LeaveState.ASKED, LeaveAction.WITHDRAW): LeaveState.WITHDRAWN,
        (LeaveState.APPROVED, LeaveAction.WITHDRAW): LeaveState.WITHDRAWN,
        (LeaveState.APPROVED, LeaveAction.TAKE): LeaveState.TAKEN,
        (LeaveState.TAKEN, LeaveAction.GIVE_BACK): LeaveState.APPROVED,
    }
    assert LEAVES.get((state, action)) == decided.get((state, action))


@pytest.mark.parametrize("state", CoverState)
@pytest.mark.parametrize("action", CoverAction)
def test_a_cover_is_accepted_by_one_and_ends_once(state: CoverState, action: CoverAction) -> None:
    decided = {
        (CoverState.ASKED, CoverAction.ACCEPT): CoverState.ACCEPTED,
        (CoverState.ASKED, CoverAction.WITHDRAW): CoverState.WITHDRAWN,
        (CoverState.ACCEPTED, CoverAction.END): CoverState.ENDED,
        (CoverState.ACCEPTED, CoverAction.REOPEN): CoverState.ASKED,
    }
    assert COVER_TABLE.get((state, action)) == decided.get((state, action))


@pytest.mark.parametrize(
    ("table", "states"),
    [(Stint, [state for state in PostState if state is not PostState.OFF]), (Leave, list(LeaveState)), (Cover, list(CoverState))],
)
def test_a_check_of_each_table_mirrors_the_states(table: type, states: list[PostState | LeaveState | CoverState]) -> None:
    checks = [str(check.sqltext) for check in table.__table__.constraints if isinstance(check, CheckConstraint)]  # type: ignore[attr-defined]  # SQLModel adds it
    listed = ", ".join(repr(state.value) for state in states)
    assert f"state in ({listed})" in checks


def test_a_change_can_be_taken_back_to_every_state_but_covering() -> None:
    assert {state: action_back(state) for state in PostState} == {
        PostState.OFF: PostAction.BACK_TO_OFF,
        PostState.ON_POST: PostAction.BACK_TO_ON_POST,
        PostState.MEAL: PostAction.BACK_TO_MEAL,
        PostState.AWAY: PostAction.BACK_TO_AWAY,
        PostState.COVERING: None,
    }


def test_a_screen_offers_what_the_table_lets_happen() -> None:
    assert PostAction.GO_TO_MEAL in actions_from(PostState.ON_POST)
    assert PostAction.GO_TO_MEAL not in actions_from(PostState.COVERING)


@pytest.mark.parametrize(
    ("state", "role", "covered", "there"),
    [
        (PostState.ON_POST, Role.DESK, None, True),
        (PostState.MEAL, Role.DESK, None, False),
        (PostState.AWAY, Role.DESK, None, False),
        (PostState.ON_POST, Role.ATTENDANT, None, False),
        (PostState.COVERING, Role.ATTENDANT, Role.DESK, True),
        (PostState.COVERING, Role.SUPERVISOR, Role.DESK, True),
        (PostState.COVERING, Role.ATTENDANT, Role.ATTENDANT, False),
    ],
)
def test_the_desk_is_attended_by_its_own_and_by_who_covers_for_them(
    state: PostState, role: Role, covered: Role | None, there: bool
) -> None:
    assert stands_at_desk(state, role, covered) is there


def test_the_diagram_in_the_docs_is_the_tables() -> None:
    assert (Path(__file__).parents[3] / "docs/posts.md").read_text(encoding="utf-8") == page()


# --- the desk's day -----------------------------------------------------------------------------------------------------

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LIN, SUN = 1, 2


def at(hour: float) -> datetime:
    return NINE + timedelta(hours=hour - 9)


def there(staff_id: int, since: float, until: float | None, *, closes: bool = False) -> Attendance:
    return Attendance(staff_id=staff_id, since=at(since), until=None if until is None else at(until), closes=closes)


def gap(since: float, until: float | None, *answer: int) -> Gap:
    return Gap(since=at(since), until=None if until is None else at(until), answer_ids=answer)


def test_a_desk_that_is_relieved_at_lunch_has_no_gap() -> None:
    day = [there(LIN, 9, 12), there(SUN, 11.9, 13), there(LIN, 12.9, None)]
    assert gaps(day, {}) == ()


def test_who_left_the_desk_empty_at_lunch_answers_for_it() -> None:
    assert gaps([there(LIN, 9, 12), there(LIN, 12.5, None)], {}) == (gap(12, 12.5, LIN),)


def test_who_covered_and_left_answers_not_who_was_covered() -> None:
    assert gaps([there(LIN, 9, 12), there(SUN, 12, 12.2), there(LIN, 12.5, None)], {}) == (gap(12.2, 12.5, SUN),)


def test_a_gap_lasts_while_nobody_has_come() -> None:
    assert gaps([there(LIN, 9, 12)], {}) == (gap(12, None, LIN),)


def test_a_gap_ends_at_the_latest_when_who_answers_goes_home() -> None:
    assert gaps([there(LIN, 9, 12)], {LIN: at(13)}) == (gap(12, 13, LIN),)


def test_going_home_at_once_is_no_gap() -> None:
    assert gaps([there(LIN, 9, 18)], {LIN: at(18)}) == ()


def test_a_desk_closed_on_purpose_is_not_empty_until_it_is_opened_again() -> None:
    assert gaps([there(LIN, 9, 12, closes=True), there(LIN, 14, 18)], {}) == (gap(18, None, LIN),)


def test_two_who_leave_together_answer_together() -> None:
    assert gaps([there(LIN, 9, 12), there(SUN, 10, 12), there(LIN, 13, None)], {}) == (gap(12, 13, LIN, SUN),)


def test_the_order_of_the_rows_does_not_matter() -> None:
    assert gaps([there(LIN, 12.5, None), there(LIN, 9, 12)], {}) == (gap(12, 12.5, LIN),)


def test_a_desk_nobody_opened_has_no_gap() -> None:
    assert gaps([], {}) == ()
