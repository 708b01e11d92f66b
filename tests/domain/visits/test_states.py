from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint

from server.domain.visits.rules import IN_BUILDING, TRANSITIONS, Action, State, action_back, action_when_window_ends, transition
from server.domain.visits.rules.diagram import page
from server.domain.visits.tables import Visit

# One line a state: what each action makes of it. "." is refused; "!" marks a fact that contradicts what was known.
ORDER = tuple(State)
ABBREVIATED = {
    "exp": State.EXPECTED,
    "wai": State.WAITING,
    "met": State.MET,
    "in": State.IN,
    "out": State.OUT,
    "nos": State.NO_SHOW,
    "dec": State.DECLINED,
    "over": State.EXPIRED,
    "ass": State.ASSUMED_LEFT,
    "wit": State.WITHDRAWN,
}
TABLE = """
                  exp    wai    met    in     out    nos    dec    over   ass    wit
sign_in           wai    .      .      .      wai    .      .      .      wai    .
sign_in_at_desk   wai    .      .      .      wai    wai    .      wai    wai    .
meet              .      met    .      .      .      .      .      .      .      .
admit             .      in     in     .      .      .      .      .      .      .
sign_out          .      out    out    out    .      .      .      .      out    .
decline           .      dec    .      .      .      .      .      .      .      .
reopen            .      .      .      .      .      .      wai    .      .      .
withdraw          wit    wit    .      .      .      .      .      .      .      .
miss              nos    .      .      .      .      .      .      .      .      .
expire            over   .      .      .      .      .      .      .      .      .
renew             .      .      .      .      .      exp    .      exp    .      exp
assume_left       .      ass    ass    ass    .      .      .      .      .      .
back_to_waiting   .      .      .      .      wai    .      .      .      wai    .
back_to_met       .      .      .      .      met    .      .      .      met    .
back_to_in        .      .      .      .      in     .      .      .      in     .
record_arrival    in     wai!   met!   in!    out!   in     in!    in!    ass!   in!
record_departure  exp!   out    out    out    out!   nos!   dec!   over!  out    wit!
"""


def _pairs() -> list[tuple[State, Action, str]]:
    heads, *lines = [line.split() for line in TABLE.strip().splitlines()]
    return [(ABBREVIATED[head], Action(line[0]), cell) for line in lines for head, cell in zip(heads, line[1:], strict=True)]


@pytest.mark.parametrize(("state", "action", "cell"), _pairs())
def test_every_pair_of_state_and_action_is_decided(state: State, action: Action, cell: str) -> None:
    found = transition(state, action)
    if cell == ".":
        assert found is None
        return
    assert found is not None
    assert (found.to, found.contradicts) == (ABBREVIATED[cell.rstrip("!")], cell.endswith("!"))


def test_the_table_in_this_test_names_every_pair_there_is() -> None:
    assert {(state, action) for state, action, _ in _pairs()} == {(state, action) for state in State for action in Action}


def test_a_fact_told_afterwards_is_never_refused() -> None:
    for state in State:
        assert transition(state, Action.RECORD_ARRIVAL)
        assert transition(state, Action.RECORD_DEPARTURE)


def test_nobody_gets_into_the_building_except_by_arriving() -> None:
    ways_in = {action for (state, action), step in TRANSITIONS.items() if step.to in IN_BUILDING and state not in IN_BUILDING}
    assert ways_in == {
        Action.SIGN_IN,
        Action.SIGN_IN_AT_DESK,
        Action.REOPEN,
        Action.BACK_TO_WAITING,
        Action.BACK_TO_MET,
        Action.BACK_TO_IN,
        Action.RECORD_ARRIVAL,
    }


def test_an_undone_sign_out_leads_back_to_where_the_visitor_was() -> None:
    assert action_back(met=False, admitted=False) is Action.BACK_TO_WAITING
    assert action_back(met=True, admitted=False) is Action.BACK_TO_MET
    assert action_back(met=True, admitted=True) is Action.BACK_TO_IN
    assert action_back(met=False, admitted=True) is Action.BACK_TO_IN


def test_who_was_expected_on_one_day_did_not_come_and_a_leave_of_several_days_runs_out() -> None:
    assert action_when_window_ends(days=1) is Action.MISS
    assert action_when_window_ends(days=2) is Action.EXPIRE


def test_a_check_of_the_table_mirrors_the_states() -> None:
    checks = [str(check.sqltext) for check in Visit.__table__.constraints if isinstance(check, CheckConstraint)]  # type: ignore[attr-defined]  # SQLModel adds it
    mirrored = next(check for check in checks if check.startswith("state in") and "not" not in check)
    assert all(repr(state.value) in mirrored for state in State)


def test_the_diagram_in_the_docs_is_the_table() -> None:
    assert (Path(__file__).parents[3] / "docs/visits.md").read_text(encoding="utf-8") == page()
