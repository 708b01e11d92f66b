from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from server.domain.visits.rules import Answer, State, Step, promised_at, step

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def ladder(state: State = State.WAITING, **known: Any) -> Step:
    unknown: dict[str, Any] = {"answer": Answer.NONE, "told_at": NOW, "reached_at": None, "seen_at": None, "desk_asked_at": None}
    return step(state, **(unknown | known))


def test_the_ladder_climbs_from_told_to_reached_to_seen_to_coming() -> None:
    assert ladder() is Step.TOLD
    assert ladder(reached_at=NOW) is Step.REACHED
    assert ladder(reached_at=NOW, seen_at=NOW) is Step.SEEN
    assert ladder(reached_at=NOW, seen_at=NOW, answer=Answer.COMING) is Step.COMING
    assert ladder(answer=Answer.WAIT) is Step.WAIT


def test_a_visitor_without_a_host_is_with_the_desk() -> None:
    assert ladder(told_at=None) is Step.DESK


def test_once_the_desk_is_asked_the_ladder_says_so() -> None:
    assert ladder(seen_at=NOW, desk_asked_at=NOW) is Step.DESK
    assert ladder(answer=Answer.COMING, desk_asked_at=NOW) is Step.DESK


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.EXPECTED, Step.EXPECTED),
        (State.MET, Step.MET),
        (State.IN, Step.IN),
        (State.DECLINED, Step.DECLINED),
        (State.OUT, Step.OVER),
        (State.NO_SHOW, Step.OVER),
        (State.EXPIRED, Step.OVER),
        (State.ASSUMED_LEFT, Step.OVER),
        (State.WITHDRAWN, Step.OVER),
    ],
)
def test_after_the_wait_the_ladder_shows_where_the_visitor_is(state: State, expected: Step) -> None:
    assert ladder(state, answer=Answer.COMING) is expected


def test_a_promise_is_kept_from_the_answer_on() -> None:
    assert promised_at(NOW, 3) == datetime(2026, 11, 23, 1, 3, tzinfo=UTC)
    assert promised_at(NOW, None) is None
    assert promised_at(None, 3) is None
