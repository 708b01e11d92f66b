"""Whatever people do, in whatever order: every history is a legal path, and a refused command changes nothing (I4, I10)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from server.clock import StillClock
from server.config import Settings
from server.db.engine import open_engines
from server.db.operations import Outcome
from server.db.transaction import Door
from server.domain.visits import service
from server.domain.visits.rules import TRANSITIONS, State
from server.errors import YingbinError
from server.keys import Keys
from tests.conftest import MORNING
from tests.factories import asks, invitation_of, make_host, make_invitation, make_tenant, make_visit, pass_of, visit_of

LEGAL = {(state, transition.to) for (state, _), transition in TRANSITIONS.items()} | {(state, state) for state in State}


@dataclass
class Scene:
    """One visit, its host, a colleague, and the door."""

    door: Door
    visit_id: int
    host: int
    colleague: int
    token: str
    code: str


VERBS: dict[str, Callable[[Scene], Outcome]] = {
    "sign in": lambda s: service.sign_in_by_token(s.door, asks(), token=s.token, gate="A"),
    "sign in elsewhere": lambda s: service.sign_in_by_token(s.door, asks(), token=s.token, gate="B"),
    "sign in by code": lambda s: service.sign_in_by_code(s.door, asks(), code=s.code, surname="张", gate="A"),
    "desk signs in": lambda s: service.sign_in_visit(s.door, asks("staff:1"), visit_id=s.visit_id, gate="A"),
    "sign out": lambda s: service.sign_out_by_token(s.door, asks(), token=s.token),
    "sign out by phone": lambda s: service.sign_out_by_phone(s.door, asks(), tail="1234", surname="张"),
    "host signs out": lambda s: service.sign_out_by_host(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host),
    "undo": lambda s: service.undo_sign_out(s.door, asks(), visit_id=s.visit_id),
    "take back": lambda s: service.take_back_sign_out(s.door, asks("staff:1"), visit_id=s.visit_id),
    "seen": lambda s: service.mark_seen(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host),
    "coming": lambda s: service.answer_coming(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host, minutes=3),
    "wait": lambda s: service.answer_wait(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host, minutes=5),
    "decline": lambda s: service.answer_declined(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host, reason="busy"),
    "undo decline": lambda s: service.undo_decline(s.door, asks("link:1"), visit_id=s.visit_id, host_id=s.host),
    "reopen": lambda s: service.reopen(s.door, asks("staff:1"), visit_id=s.visit_id),
    "reassign": lambda s: service.desk_reassign(s.door, asks("staff:1"), visit_id=s.visit_id, to_host_id=s.colleague),
    "met": lambda s: service.desk_mark_met(s.door, asks("staff:1"), visit_id=s.visit_id),
    "admit": lambda s: service.admit(s.door, asks("staff:1"), visit_id=s.visit_id),
    "call again": lambda s: service.call_again(s.door, asks("staff:1"), visit_id=s.visit_id),
    "take over": lambda s: service.take_over(s.door, asks("staff:1"), visit_id=s.visit_id),
    "withdraw": lambda s: service.withdraw_visit(s.door, asks("staff:1"), visit_id=s.visit_id),
    "arrived": lambda s: service.record_arrival(s.door, asks("staff:1"), visit_id=s.visit_id, at=s.door.clock.now() - timedelta(minutes=5)),
    "departed": lambda s: service.record_departure(s.door, asks("staff:1"), visit_id=s.visit_id, at=s.door.clock.now()),
    "tell delegate": lambda s: service.tell_delegate(s.door, asks("house"), visit_id=s.visit_id),
    "ask desk": lambda s: service.ask_desk(s.door, asks("house"), visit_id=s.visit_id),
    "end window": lambda s: service.end_window(s.door, asks("house"), visit_id=s.visit_id),
    "close pass": lambda s: service.close_pass(s.door, asks("house"), visit_id=s.visit_id),
    "sweep": lambda s: service.assume_left(s.door, asks("house"), visit_id=s.visit_id),
}


@pytest.fixture(scope="module")
def scenes(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A house that is made once: each history has a visit of its own in it."""
    folder = tmp_path_factory.mktemp("histories")
    shutil.copy(migrated_sqlite, folder / "yingbin.sqlite3")
    house = Settings(mode="test", data=folder)
    engines = open_engines(house.database)
    door = Door(engines, clock=StillClock(MORNING), settings=house, keys=Keys.create_file(house.key_file))
    tenant = make_tenant(door)
    yield door, make_host(door, tenant_id=tenant), make_host(door, tenant_id=tenant, name="李敏")
    engines.dispose()


def stored(scene: Scene) -> tuple[Any, ...]:
    with scene.door.reading() as session:
        row = session.execute(text(f"SELECT * FROM visit WHERE id = {scene.visit_id}")).one()
        facts = session.execute(
            text(f"SELECT count(*) FROM event WHERE visit_id = {scene.visit_id} AND kind != 'OtherGateTried'")
        ).scalar_one()
    return (*row, facts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    invited=st.booleans(),
    steps=st.lists(st.tuples(st.sampled_from(sorted(VERBS)), st.sampled_from([0, 0, 5, 60, 180, 3600, 43_200])), min_size=1, max_size=14),
)
def test_every_history_is_a_legal_path_and_a_refusal_changes_nothing(scenes: Any, invited: bool, steps: list[tuple[str, int]]) -> None:
    door, host, colleague = scenes
    door.clock.put(MORNING)
    if invited:
        view = invitation_of(door, make_invitation(door, host_id=host))
        visit_id, token, code = view.visit_id or 0, view.token, view.code
    else:
        visit_id = make_visit(door, host_id=host)
        token, code = pass_of(door, visit_id).token, pass_of(door, visit_id).code
    scene = Scene(door=door, visit_id=visit_id, host=host, colleague=colleague, token=token, code=code)
    for verb, seconds in steps:
        door.clock.turn(timedelta(seconds=seconds))
        before, row = visit_of(door, visit_id).state, stored(scene)
        try:
            VERBS[verb](scene)
        except YingbinError:
            assert stored(scene) == row, verb
        after = visit_of(door, visit_id)
        assert (before, after.state) in LEGAL, verb
        assert after.state in {State.EXPECTED, State.NO_SHOW, State.EXPIRED, State.WITHDRAWN} or after.signed_in_at is not None
        assert (after.left_at is not None) == (after.state is State.OUT)
