from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from server.clock import StillClock
from server.db.transaction import Door
from server.domain.visits import queries, service
from server.domain.visits.queries import InvitationView
from server.domain.visits.rules import INVITATION_CODES, VISIT_CODES, Recurrence, State
from server.errors import BadInput, Conflict, NotFound
from tests.factories import asks, invitation_of, make_host, make_invitation, make_visit, pass_of, visit_of

WEEKDAYS = Recurrence(weekdays=(0, 1, 2, 3, 4), daily_from=9 * 60, daily_until=18 * 60)
HOUR = timedelta(hours=1)
MONTH = timedelta(days=30)


def change(door: Door, view: InvitationView, *, host_id: int | None = None, version: int | None = None, **changed: Any) -> str:
    fields: dict[str, Any] = {
        "name": view.name,
        "phone": view.phone,
        "valid_from": view.valid_from,
        "valid_until": view.valid_until,
        "recurrence": Recurrence(weekdays=view.weekdays, daily_from=view.daily_from or 0, daily_until=view.daily_until or 0)
        if view.recurring
        else None,
    }
    return service.change_invitation(
        door, asks(), invitation_id=view.invitation_id, host_id=host_id, version=version or view.version, **(fields | changed)
    ).code


def test_a_single_invitation_announces_its_visit_at_once(door: Door) -> None:
    view = invitation_of(door, make_invitation(door, gate="B", companions=3, purpose="interview"))
    visit = visit_of(door, view.visit_id or 0)
    assert (visit.state, visit.only_gate, visit.companions, visit.purpose) == (State.EXPECTED, "B", 3, "interview")
    assert (visit.expected_from, visit.valid_until) == (view.valid_from, view.valid_until)


def test_one_code_leads_from_a_single_invitation_to_the_way_out(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    visit_id = int(service.sign_in_by_token(door, asks(), token=view.token, gate="A").ids["visit"] or 0)
    assert (pass_of(door, visit_id).token, pass_of(door, visit_id).code) == (view.token, view.code)
    assert service.sign_out_by_token(door, asks(), token=view.token).code == "signed_out"


def test_a_recurring_invitation_expects_today_only_if_today_has_a_window_left(door: Door, clock: StillClock) -> None:
    today = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=WEEKDAYS))
    tuesdays = Recurrence(weekdays=(1,), daily_from=0, daily_until=1440)
    tomorrow = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=tuesdays))
    clock.turn(timedelta(hours=10))
    too_late = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=WEEKDAYS))
    assert visit_of(door, today.visit_id or 0).state is State.EXPECTED
    assert (tomorrow.visit_id, too_late.visit_id) == (None, None)


def test_codes_of_visits_and_of_recurring_invitations_cannot_be_the_same(door: Door) -> None:
    assert set(VISIT_CODES).isdisjoint(INVITATION_CODES)
    assert int(invitation_of(door, make_invitation(door)).code) in VISIT_CODES
    assert int(invitation_of(door, make_invitation(door, ends=MONTH, recurrence=WEEKDAYS)).code) in INVITATION_CODES
    assert int(pass_of(door, make_visit(door)).code) in VISIT_CODES


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("valid_until", {"begins": HOUR, "ends": HOUR}),
        ("valid_until", {"begins": HOUR, "ends": -HOUR}),
        ("valid_until", {"begins": -2 * HOUR, "ends": -HOUR}),
        ("valid_until", {"ends": timedelta(days=401)}),
        ("weekdays", {"recurrence": Recurrence(weekdays=(), daily_from=0, daily_until=60)}),
        ("weekdays", {"recurrence": Recurrence(weekdays=(7,), daily_from=0, daily_until=60)}),
        ("daily_until", {"recurrence": Recurrence(weekdays=(0,), daily_from=60, daily_until=60)}),
        ("daily_until", {"recurrence": Recurrence(weekdays=(0,), daily_from=0, daily_until=1441)}),
        ("name", {"name": ""}),
        ("phone", {"phone": "?"}),
        ("gate", {"gate": "x" * 21}),
        ("host", {"host_id": 999_999}),
    ],
)
def test_an_invitation_is_refused_by_field(door: Door, field: str, changed: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refusal:
        make_invitation(door, **changed)
    assert refusal.value.field == field


def test_a_change_moves_the_expected_visit_and_keeps_its_pass(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    assert change(door, view, name="李敏", valid_until=view.valid_until + HOUR, gate="C") == "invitation_changed"
    after = invitation_of(door, view.invitation_id)
    visit = visit_of(door, view.visit_id or 0)
    assert (visit.name, visit.valid_until, visit.only_gate) == ("李敏", view.valid_until + HOUR, "C")
    assert (after.token, after.code) == (view.token, view.code)


def test_the_slower_of_two_changes_is_told(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    change(door, view, name="李敏")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        change(door, view, name="王伟")
    assert invitation_of(door, view.invitation_id).name == "李敏"


def test_a_missed_invitation_is_renewed_by_a_later_window(door: Door, clock: StillClock) -> None:
    view = invitation_of(door, make_invitation(door, ends=HOUR))
    clock.turn(HOUR)
    service.end_window(door, asks("house"), visit_id=view.visit_id or 0)
    assert visit_of(door, view.visit_id or 0).state is State.NO_SHOW
    change(door, view, valid_from=clock.now(), valid_until=clock.now() + HOUR)
    assert service.sign_in_by_token(door, asks(), token=view.token, gate="A").code == "signed_in"


def test_an_invitation_that_was_used_is_not_changed_or_withdrawn(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    service.sign_in_by_token(door, asks(), token=view.token, gate="A")
    with pytest.raises(Conflict, match="already_used"):
        change(door, view, name="李敏")
    with pytest.raises(Conflict, match="already_used"):
        service.withdraw_invitation(door, asks(), invitation_id=view.invitation_id, host_id=None)


def test_a_host_changes_and_withdraws_his_own_invitations_only(door: Door) -> None:
    host, stranger = make_host(door), make_host(door, name="李敏")
    view = invitation_of(door, make_invitation(door, host_id=host))
    for ask in (
        lambda: change(door, view, host_id=stranger, name="王伟"),
        lambda: service.withdraw_invitation(door, asks(), invitation_id=view.invitation_id, host_id=stranger),
        lambda: service.new_code(door, asks(), invitation_id=view.invitation_id, host_id=stranger),
    ):
        with pytest.raises(NotFound, match="invitation_unknown"):
            ask()
    assert change(door, view, host_id=host, name="王伟") == "invitation_changed"
    assert service.withdraw_invitation(door, asks(), invitation_id=view.invitation_id, host_id=host).code == "invitation_withdrawn"
    assert visit_of(door, view.visit_id or 0).state is State.WITHDRAWN


def test_a_single_invitation_does_not_become_recurring(door: Door) -> None:
    view = invitation_of(door, make_invitation(door))
    with pytest.raises(BadInput, match="recurrence_fixed"):
        change(door, view, recurrence=WEEKDAYS)


def test_a_recurring_invitation_may_lose_today_and_get_it_back(door: Door) -> None:
    view = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=WEEKDAYS))
    change(door, view, recurrence=Recurrence(weekdays=(1,), daily_from=540, daily_until=1080))
    assert visit_of(door, view.visit_id or 0).state is State.WITHDRAWN
    with pytest.raises(Conflict, match="too_early"):
        service.sign_in_by_token(door, asks(), token=view.token, gate="A")
    change(door, view, version=invitation_of(door, view.invitation_id).version, recurrence=WEEKDAYS)
    assert service.sign_in_by_token(door, asks(), token=view.token, gate="A").code == "signed_in"


def test_withdrawing_a_recurring_invitation_leaves_who_is_in_signed_in(door: Door) -> None:
    view = invitation_of(door, make_invitation(door, ends=MONTH, recurrence=WEEKDAYS))
    service.sign_in_by_token(door, asks(), token=view.token, gate="A")
    service.withdraw_invitation(door, asks(), invitation_id=view.invitation_id, host_id=None)
    assert visit_of(door, view.visit_id or 0).state is State.WAITING
    assert service.sign_out_by_token(door, asks(), token=view.token).code == "signed_out"


@pytest.mark.parametrize("recurrence", [None, WEEKDAYS])
def test_a_new_code_revokes_the_one_given_out(door: Door, recurrence: Recurrence | None) -> None:
    before = invitation_of(door, make_invitation(door, ends=timedelta(days=2), recurrence=recurrence))
    service.new_code(door, asks(), invitation_id=before.invitation_id, host_id=None)
    after = invitation_of(door, before.invitation_id)
    assert (before.token != after.token, before.code != after.code) == (True, True)
    with pytest.raises(NotFound, match="pass_unknown"):
        service.sign_in_by_token(door, asks(), token=before.token, gate="A")
    assert service.find_code(door, asks(), code=before.code).code == "no_match"
    assert service.sign_in_by_token(door, asks(), token=after.token, gate="A").code == "signed_in"


def test_the_list_of_invitations_shows_no_codes_but_the_hosts_page_does(door: Door) -> None:
    host = make_host(door)
    number = make_invitation(door, host_id=host)
    make_invitation(door)
    with door.reading() as session:
        listed = queries.invitations(session, door.clock.now())
        own = queries.host_page(session, door.keys, host, door.clock.now()).invitations
    assert len(listed) == 2
    assert {(view.token, view.code) for view in listed} == {("", "")}
    assert [(view.invitation_id, len(view.token), len(view.code)) for view in own] == [(number, 27, 6)]
