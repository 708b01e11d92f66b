from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.drafts import queries, service
from server.domain.visits import queries as visits_read
from server.errors import BadInput, Conflict, NotFound
from tests.factories import asks, invitation_of, make_device, make_host, make_invitation, make_visit, pass_of, visit_of

FIELDS: dict[str, Any] = {"name": "张小明", "phone": "13812341234", "consent_version": "1", "gate": "A"}


def begin(door: Door, device_id: int) -> str:
    return str(service.begin(door, asks(), device_id=device_id).ids["key"])


def fields_of(door: Door, key: str, device_id: int) -> dict[str, Any]:
    with door.reading() as session:
        return queries.draft_of(session, key, device_id).fields


def test_what_is_typed_at_one_step_is_there_at_the_next(door: Door) -> None:
    device = make_device(door)
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"name": "张小明", "companions": 2})
    service.save(door, asks(), key=key, device_id=device, fields={"companions": 3, "large_text": True, "host": None})
    assert fields_of(door, key, device) == {"name": "张小明", "companions": 3, "large_text": True, "host": None}


def test_a_draft_belongs_to_one_device(door: Door) -> None:
    device, other = make_device(door), make_device(door, name="大堂二号")
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"name": "张小明"})
    with door.reading() as session, pytest.raises(NotFound, match="draft_unknown"):
        queries.draft_of(session, key, other)
    with pytest.raises(NotFound, match="draft_unknown"):
        service.save(door, asks(), key=key, device_id=other, fields={"name": "x"})
    service.wipe(door, asks(), key=key, device_id=other)
    assert fields_of(door, key, device) == {"name": "张小明"}


def test_a_draft_grows_no_larger_than_eight_kilobytes(door: Door) -> None:
    device = make_device(door)
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"a": "字" * 2000})
    with pytest.raises(BadInput, match="draft_too_large"):
        service.save(door, asks(), key=key, device_id=device, fields={"b": "字" * 1000})
    assert list(fields_of(door, key, device)) == ["a"]


def test_a_wiped_draft_is_gone_and_wiping_it_again_is_no_fault(door: Door) -> None:
    device = make_device(door)
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"name": "司马相如如"})
    for _ in range(2):
        assert service.wipe(door, asks(), key=key, device_id=device).code == "wiped"
    with pytest.raises(NotFound):
        fields_of(door, key, device)
    with pytest.raises(NotFound):
        service.save(door, asks(), key=key, device_id=device, fields={"name": "x"})


def test_keys_are_not_guessed(door: Door) -> None:
    device = make_device(door)
    keys = {begin(door, device) for _ in range(20)}
    assert len(keys) == 20
    assert min(len(key) for key in keys) == 24


def test_signing_in_ties_the_visit_to_the_kiosk_in_one_commit_and_forgets_what_was_typed(door: Door) -> None:
    device = make_device(door)
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"name": "张小明"})
    outcome = service.sign_in_walk_in(door, asks(), key=key, device_id=device, host_id=make_host(door), **FIELDS)
    visit_id = int(outcome.ids["visit"] or 0)
    with door.reading() as session:
        draft = queries.draft_of(session, key, device)
        assert (draft.visit_id, draft.fields) == (visit_id, {})
        assert queries.keys_of_visit(session, visit_id) == (key,)
        assert queries.visit_of_key(session, key) == visit_id


def test_one_draft_is_one_visit_however_often_it_is_tapped(door: Door) -> None:
    device, host = make_device(door), make_host(door)
    key = begin(door, device)
    visits = {service.sign_in_walk_in(door, asks(), key=key, device_id=device, host_id=host, **FIELDS).ids["visit"] for _ in range(3)}
    assert len(visits) == 1
    with door.reading() as session:
        assert len(visits_read.waiting(session)) == 1


def test_a_pass_signs_in_at_the_kiosk_by_qr_or_by_code(door: Door) -> None:
    device = make_device(door)
    by_qr, by_code = invitation_of(door, make_invitation(door)), invitation_of(door, make_invitation(door))
    key = begin(door, device)
    assert service.sign_in_by_token(door, asks(), key=key, device_id=device, token=by_qr.token, gate="A").ids["visit"] == by_qr.visit_id
    key = begin(door, device)
    wrong = service.sign_in_by_code(door, asks(), key=key, device_id=device, code=by_code.code, surname="王", gate="A")
    right = service.sign_in_by_code(door, asks(), key=key, device_id=device, code=by_code.code, surname="张", gate="A")
    assert (wrong.code, right.ids["visit"]) == ("no_match", by_code.visit_id)
    with door.reading() as session:
        assert queries.visit_of_key(session, key) == by_code.visit_id


def test_a_refused_pass_leaves_the_draft_as_it_was(door: Door) -> None:
    device, visit_id = make_device(door), make_visit(door)
    key = begin(door, device)
    service.save(door, asks(), key=key, device_id=device, fields={"lane": "code"})
    with pytest.raises(Conflict, match="already_in"):
        service.sign_in_by_token(door, asks(), key=key, device_id=device, token=pass_of(door, visit_id).token, gate="A")
    assert fields_of(door, key, device) == {"lane": "code"}


def test_a_wiped_draft_leaves_the_visit_alone(door: Door, clock: StillClock) -> None:
    device = make_device(door)
    key = begin(door, device)
    visit_id = int(service.sign_in_walk_in(door, asks(), key=key, device_id=device, host_id=make_host(door), **FIELDS).ids["visit"] or 0)
    clock.turn(timedelta(minutes=1))
    service.wipe(door, asks(), key=key, device_id=device)
    with door.reading() as session:
        assert queries.keys_of_visit(session, visit_id) == ()
    assert visit_of(door, visit_id).name == "张小明"
