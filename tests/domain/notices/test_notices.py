from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from server.clock import StillClock
from server.config import Settings
from server.db.transaction import Door
from server.domain.notices import queries, rules, service
from server.domain.notices.rules import TRANSITIONS, NoticeAction, NoticeState
from server.domain.visits import service as visits
from server.domain.visits.rules import Step
from server.errors import Conflict, NotFound
from tests.factories import asks, internal, make_host, make_visit, visit_of


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house whose messages leave it, so that they are queued."""
    return settings.model_copy(update={"notify_file": settings.data / "messages.jsonl"})


def due(door: Door) -> list[int]:
    with door.reading() as session:
        return queries.due(session, door.clock.now())


def state_of(door: Door, notice_id: int) -> str:
    with door.reading() as session:
        card = queries.card(session, door.keys, notice_id)
    assert card is not None
    return card.state


def one_due(door: Door) -> int:
    (notice_id,) = due(door)
    return notice_id


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("action", NoticeAction)
def test_every_pair_of_state_and_action_is_decided(state: NoticeState, action: NoticeAction) -> None:
    waiting, sending = NoticeState.WAITING, NoticeState.SENDING
    legal = {
        (waiting, NoticeAction.CLAIM): sending,
        (sending, NoticeAction.CLAIM): sending,
        (waiting, NoticeAction.DROP): NoticeState.NEEDLESS,
        (sending, NoticeAction.DROP): NoticeState.NEEDLESS,
        (sending, NoticeAction.SUCCEED): NoticeState.SENT,
        (sending, NoticeAction.KEEP): NoticeState.KEPT,
        (sending, NoticeAction.RETRY): waiting,
        (sending, NoticeAction.GIVE_UP): NoticeState.FAILED,
    }
    assert TRANSITIONS.get((state, action)) == legal.get((state, action))


def test_a_failed_try_waits_longer_each_time_and_is_given_up_in_the_end(clock: StillClock) -> None:
    now = clock.now()
    waits = [rules.next_try(now, tries) for tries in range(1, 7)]
    seconds = [(wait - now).total_seconds() if wait else None for wait in waits]
    assert seconds == [5, 15, 45, 120, 300, None]


def test_a_message_is_queued_in_the_commit_that_it_tells_of(door: Door) -> None:
    visit_id = make_visit(door)
    with door.reading() as session:
        card = queries.card(session, door.keys, one_due(door))
    assert card is not None
    assert (card.visit_id, card.kind, card.state, len(card.token)) == (visit_id, "arrival", "waiting", 27)


def test_only_one_claims_a_message_and_a_lost_claim_runs_out(door: Door, clock: StillClock) -> None:
    make_visit(door)
    notice_id = one_due(door)
    service.claim(door, internal(), notice_id=notice_id)
    with pytest.raises(Conflict, match="not_due"):
        service.claim(door, internal(), notice_id=notice_id)
    assert due(door) == []
    clock.turn(timedelta(seconds=60))
    assert due(door) == [notice_id]
    assert service.claim(door, internal(), notice_id=notice_id).ids["tries"] == 2


def test_a_message_that_left_makes_the_ladder_say_delivered_once(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    notice_id = one_due(door)
    service.claim(door, internal(), notice_id=notice_id)
    visits.note_sent(door, internal(), notice_id=notice_id, via="file")
    assert (visit_of(door, visit_id).reached_at, visit_of(door, visit_id).step) == (clock.now(), Step.REACHED)
    assert (state_of(door, notice_id), due(door)) == ("sent", [])
    with pytest.raises(Conflict, match="notice_elsewhere"):
        visits.note_sent(door, internal(), notice_id=notice_id, via="file")


def test_a_message_of_an_earlier_asking_does_not_say_delivered(door: Door, clock: StillClock) -> None:
    visit_id = make_visit(door)
    notice_id = one_due(door)
    clock.turn(timedelta(seconds=10))
    visits.call_again(door, asks("staff:1"), visit_id=visit_id)
    service.claim(door, internal(), notice_id=notice_id)
    visits.note_sent(door, internal(), notice_id=notice_id, via="file")
    assert visit_of(door, visit_id).reached_at is None


def test_a_message_that_no_transport_took_stays_in_app(door: Door) -> None:
    visit_id = make_visit(door)
    notice_id = one_due(door)
    service.claim(door, internal(), notice_id=notice_id)
    assert visits.note_sent(door, internal(), notice_id=notice_id, via="").code == "kept"
    assert (state_of(door, notice_id), visit_of(door, visit_id).reached_at) == ("kept", None)


def test_a_message_fails_for_good_after_six_tries_and_says_so(door: Door, clock: StillClock) -> None:
    make_visit(door)
    notice_id = one_due(door)
    codes = []
    for _ in range(6):
        service.claim(door, internal(), notice_id=notice_id)
        codes.append(service.record_failure(door, internal(), notice_id=notice_id, failure="not_accepted").code)
        clock.turn(timedelta(minutes=5))
    assert codes == ["will_retry"] * 5 + ["failed"]
    assert (state_of(door, notice_id), due(door)) == ("failed", [])
    door.number_waiting()
    with door.reading() as session:
        assert session.execute(text("SELECT count(*) FROM event WHERE kind = 'NoticeFailed'")).scalar_one() == 1


def test_a_message_about_nobody_is_unknown(door: Door) -> None:
    with pytest.raises(NotFound, match="notice_unknown"):
        service.claim(door, internal(), notice_id=999)


@pytest.mark.parametrize(
    ("changed", "address", "leaves"),
    [
        ({}, "", False),
        ({}, "north", False),
        ({"mode": "demo"}, "", True),
        ({"notify_file": "x"}, "", True),
        ({"notify_urls_file": "x"}, "", False),
        ({"notify_urls_file": "x"}, "north", True),
    ],
)
def test_a_message_is_queued_only_if_something_would_take_it(changed: dict[str, str], address: str, leaves: bool) -> None:
    assert service.leaves_the_house(Settings(mode="test").model_copy(update=changed), address) is leaves


def test_where_nothing_takes_a_message_it_costs_no_further_commit(door: Door) -> None:
    quiet = Door(door.engines, clock=door.clock, settings=door.settings.model_copy(update={"notify_file": None}), keys=door.keys)
    make_visit(quiet, host_id=make_host(door))
    assert due(door) == []
