"""Tokens of other programs: found by their secret only, for what they are good for, until they are revoked."""

from __future__ import annotations

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.tokens import queries, rules, service
from server.domain.tokens.queries import TokenCard
from server.domain.tokens.rules import Scope
from server.errors import BadInput, Conflict, NotFound
from tests.faces.api.stage import make_token
from tests.factories import asks, make_staff


def of(door: Door, secret: str) -> TokenCard | None:
    with door.reading() as session:
        return queries.token_of(session, door.keys, secret)


def test_a_token_is_found_by_its_secret_which_is_kept_nowhere(door: Door) -> None:
    number, secret = make_token(door, Scope.MEETINGS_READ)
    found = of(door, secret)
    assert found is not None
    assert (found.id, found.scopes) == (number, frozenset({Scope.MEETINGS_READ}))
    assert rules.FORM.fullmatch(secret)
    for wrong in ("", secret[:-1], secret.upper(), secret[:-1] + ("a" if secret[-1] != "a" else "b")):
        assert of(door, wrong) is None
    with door.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT * FROM api_token").one()
    assert secret not in map(str, kept)


def test_a_retry_draws_the_same_secret_and_another_tap_another(door: Door) -> None:
    tap = asks("staff:1")
    assert queries.drawn_token(door.keys, tap) == queries.drawn_token(door.keys, tap)
    assert queries.drawn_token(door.keys, tap) != queries.drawn_token(door.keys, asks("staff:1"))


def test_a_revoked_token_opens_nothing_until_that_is_taken_back(door: Door) -> None:
    number, secret = make_token(door)
    service.revoke_token(door, asks(), token_id=number)
    assert of(door, secret) is None
    with pytest.raises(Conflict, match="token_revoked_already"):
        service.revoke_token(door, asks(), token_id=number)
    service.restore_token(door, asks(), token_id=number)
    assert of(door, secret) is not None
    with pytest.raises(Conflict, match="token_good"):
        service.restore_token(door, asks(), token_id=number)
    with pytest.raises(NotFound, match="token_unknown"):
        service.revoke_token(door, asks(), token_id=999)


def test_a_token_needs_a_name_and_something_it_is_good_for(door: Door) -> None:
    for name, scopes, field in (("", ["meetings:read"], "name"), ("业主", [], "scopes"), ("业主", ["everything"], "scopes")):
        with pytest.raises(BadInput) as refused:
            service.add_token(door, asks(), name=name, scopes=scopes, digest="0" * 64)
        assert refused.value.field == field


def test_the_list_says_who_made_each_and_when_it_was_used(door: Door, clock: StillClock) -> None:
    sender = make_staff(door, "admin", name="林岚")
    service.add_token(door, asks(f"staff:{sender}"), name="一号", scopes=["meetings:read"], digest="1" * 64)
    number, _ = make_token(door, name="二号")
    service.note_token_used(door, asks("house"), token_id=number)
    service.revoke_token(door, asks(), token_id=number)
    with door.reading() as session:
        first, second = queries.tokens(session)
    assert (first.name, first.made_by, first.used_at) == ("一号", "林岚", None)
    assert (second.name, second.used_at, second.revoked_at) == ("二号", clock.now(), clock.now())
