"""The demo park goes on by itself, and keeps its hands off what people do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.demo import SEED, people
from server.demo.life import Life
from server.domain.visits import queries, service
from server.domain.visits.rules import State, Step
from tests.demo.conftest import NOON, Filled
from tests.factories import internal


def live(door: Door, minutes: int) -> None:
    """Let the demo live for so many minutes."""
    clock = door.clock
    assert isinstance(clock, StillClock)
    life = Life(door, SEED)
    for _ in range(minutes * 2):
        clock.turn(timedelta(seconds=30))
        life.step()


@pytest.fixture
def door(park: Filled) -> Door:
    return park()


def test_hosts_answer_visitors_leave_and_others_come(door: Door) -> None:
    with door.reading() as session:
        before = {row.visit_id for row in queries.waiting(session)}
    live(door, 40)
    with door.reading() as session:
        assert not before & {row.visit_id for row in queries.waiting(session)}
        newest = queries.recently_left(session)[0]
        came = [row for floor in queries.in_building(session) for tenant in floor.tenants for row in tenant.visits if row.since > NOON]
    assert newest.left_at is not None
    assert newest.left_at > NOON
    assert len(came) >= 4


def test_a_visitor_whom_a_person_signed_in_waits_for_a_person(door: Door) -> None:
    host = people.first_host(door, SEED)
    outcome = service.sign_in_walk_in(door, internal(), host_id=host, name="新来的", phone="13812340000", consent_version="1", gate="A")
    live(door, 15)
    with door.reading() as session:
        ladder = queries.ladder_of(session, int(outcome.ids["visit"] or 0))
    assert (ladder.state, ladder.step) == (State.WAITING, Step.TOLD)


def test_an_invitation_that_a_person_used_waits_for_a_person(door: Door) -> None:
    with door.reading() as session:
        invitation = queries.invitation(session, door.keys, queries.invitations(session, NOON)[-1].invitation_id)
    outcome = service.sign_in_by_token(door, internal(), token=invitation.token, gate="A")
    live(door, 15)
    with door.reading() as session:
        assert queries.ladder_of(session, int(outcome.ids["visit"] or 0)).state == State.WAITING


def test_what_was_used_up_is_replaced_each_hour(door: Door) -> None:
    with door.reading() as session:
        unused = [one.invitation_id for one in queries.invitations(session, NOON) if one.state == State.EXPECTED]
        tokens = [queries.invitation(session, door.keys, invitation_id).token for invitation_id in unused]
    for token in tokens:
        service.sign_in_by_token(door, internal(), token=token, gate="A")
    live(door, 1)
    with door.reading() as session:
        assert len(queries.expected_today(session, NOON.astimezone(door.settings.zone).date(), door.settings.zone)) == 6
    assert (door.settings.data / "demo.json").exists()
