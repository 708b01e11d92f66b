"""The same pass before eight eyes in one instant is one entry, a hundred times over, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from server.clock import StillClock
from server.db.operations import Outcome
from server.db.transaction import Door
from server.domain.visits import queries, service
from server.domain.visits.rules import Recurrence, State
from server.errors import Conflict
from tests.factories import asks, facts_of, invitation_of, make_host, make_invitation, make_visit, pass_of, visit_of

EYES = 8
ROUNDS = 100
EVERY_DAY = Recurrence(weekdays=(0, 1, 2, 3, 4, 5, 6), daily_from=0, daily_until=1440)


def at_once(pool: ThreadPoolExecutor, ask: Callable[[int], Outcome]) -> tuple[list[Outcome], list[Conflict]]:
    """Ask eight times in one instant; return what was accepted and what was refused."""
    barrier = Barrier(EYES)

    def one(number: int) -> Outcome | Conflict:
        barrier.wait()
        try:
            return ask(number)
        except Conflict as conflict:
            return conflict

    answers = list(pool.map(one, range(EYES)))
    return [answer for answer in answers if isinstance(answer, Outcome)], [answer for answer in answers if isinstance(answer, Conflict)]


def showing(door: Door, token: str) -> Callable[[int], Outcome]:
    """Return what each of eight desks does with the same pass."""

    def show(eye: int) -> Outcome:
        return service.sign_in_by_token(door, asks(f"device:{eye}"), token=token, gate=f"G{eye}")

    return show


def leaving(door: Door, token: str) -> Callable[[int], Outcome]:
    """Return what each of eight desks does with the pass of somebody who leaves."""

    def leave(eye: int) -> Outcome:
        return service.sign_out_by_token(door, asks(f"device:{eye}"), token=token)

    return leave


def doing_what_contradicts(door: Door, visit_id: int, host: int) -> Callable[[int], Outcome]:
    """Return what host and desk do in one instant: two of each of four things that cannot all be."""

    def do(eye: int) -> Outcome:
        if eye % 4 == 0:
            return service.answer_declined(door, asks(), visit_id=visit_id, host_id=host, reason="busy")
        if eye % 4 == 1:
            return service.mark_met(door, asks(), visit_id=visit_id, host_id=host)
        verb = service.admit if eye % 4 == 2 else service.sign_out
        return verb(door, asks("staff:1"), visit_id=visit_id)

    return do


def test_the_same_qr_at_eight_desks_is_one_entry_and_seven_are_told_when_and_where(door: Door) -> None:
    host = make_host(door)
    with ThreadPoolExecutor(EYES) as pool:
        for _ in range(ROUNDS):
            view = invitation_of(door, make_invitation(door, host_id=host))
            accepted, refused = at_once(pool, showing(door, view.token))
            visit = visit_of(door, view.visit_id or 0)
            assert visit.signed_in_at is not None
            assert [outcome.ids["visit"] for outcome in accepted] == [view.visit_id]
            told = {"visit": view.visit_id, "since": visit.signed_in_at.isoformat(), "gate": visit.gate}
            assert [(conflict.code, conflict.facts) for conflict in refused] == [("already_in", told)] * (EYES - 1)
            facts = facts_of(door, visit.visit_id)
            assert (facts.count("VisitorSignedIn"), facts.count("HostNotified"), facts.count("OtherGateTried")) == (1, 1, EYES - 1)


def test_a_recurring_pass_shown_eight_times_at_once_is_one_visit_of_today(door: Door, clock: StillClock) -> None:
    host = make_host(door)
    tomorrow = Recurrence(weekdays=(1,), daily_from=0, daily_until=1440)
    with ThreadPoolExecutor(EYES) as pool:
        for _ in range(10):
            number = make_invitation(door, host_id=host, ends=timedelta(days=3), recurrence=tomorrow)
            view = invitation_of(door, number)
            assert view.visit_id is None
            clock.turn(timedelta(days=1))
            accepted, refused = at_once(pool, showing(door, view.token))
            assert (len(accepted), len(refused)) == (1, EYES - 1)
            clock.turn(timedelta(days=-1))


def test_eight_sign_outs_at_once_are_one(door: Door) -> None:
    host = make_host(door)
    with ThreadPoolExecutor(EYES) as pool:
        for _ in range(10):
            visit_id = make_visit(door, host_id=host)
            token = pass_of(door, visit_id).token
            accepted, refused = at_once(pool, leaving(door, token))
            assert (len(accepted), {conflict.code for conflict in refused}) == (1, {"already_out"})
            assert facts_of(door, visit_id).count("VisitorSignedOut") == 1


def test_host_delegate_and_desk_at_once_leave_one_state_and_a_legal_path(door: Door) -> None:
    host = make_host(door)
    with ThreadPoolExecutor(EYES) as pool:
        for _ in range(10):
            visit_id = make_visit(door, host_id=host)
            at_once(pool, doing_what_contradicts(door, visit_id, host))
            assert visit_of(door, visit_id).state in (State.DECLINED, State.MET, State.IN, State.OUT)


def test_one_tap_sent_eight_times_at_once_is_carried_out_once(door: Door) -> None:
    host, tap = make_host(door), asks()
    with ThreadPoolExecutor(EYES) as pool:
        accepted, _ = at_once(
            pool,
            lambda _: service.sign_in_walk_in(door, tap, host_id=host, name="李敏", phone="13800001111", consent_version="1", gate="A"),
        )
    assert len({outcome.ids["visit"] for outcome in accepted}) == 1
    with door.reading() as session:
        assert len(queries.waiting(session)) == 1
