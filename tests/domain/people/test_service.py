from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from server.db import outbox
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.people import queries, service
from server.domain.people.queries import HostCard, TenantCard
from server.domain.people.tables import HostReading
from server.domain.staff.rules import Role
from server.errors import BadInput, Conflict, NotFound, Refused
from tests.factories import internal, make_host, make_staff, make_tenant

TENANT: dict[str, Any] = {"name": "江南茶业", "number": "A-1", "name_en": "Jiangnan Tea", "floor": "3", "rooms": "301"}
HOST: dict[str, Any] = {
    "name": "曾静怡",
    "number": "12",
    "name_en": "Jenny Zeng",
    "title": "经理",
    "phone": "138 0013 8000",
    "language": "zh",
}


def host(door: Door, host_id: int) -> HostCard:
    with door.reading() as session:
        found = queries.host_card(session, host_id)
    assert found is not None
    return found


def tenant(door: Door, tenant_id: int) -> TenantCard:
    with door.reading() as session:
        found = queries.tenant_card(session, tenant_id)
    assert found is not None
    return found


def found(door: Door, text: str) -> list[int]:
    with door.reading() as session:
        return [one.host_id for one in queries.find_hosts(session, text).hosts]


def kinds(door: Door) -> list[str]:
    door.number_waiting()
    with door.reading() as session:
        return [fact.event.kind for fact in outbox.after(session, 0)]


def add_tenant(door: Door, **changes: Any) -> int:
    return int(service.add_tenant(door, internal(), **{**TENANT, **changes}).ids["tenant"] or 0)


def add_host(door: Door, tenant_id: int, **changes: Any) -> int:
    return int(service.add_host(door, internal(), tenant_id=tenant_id, **{**HOST, **changes}).ids["host"] or 0)


# --- tenants ------------------------------------------------------------------------------------------------------------


def test_a_tenant_is_taken_in_and_changed(door: Door) -> None:
    tenant_id = add_tenant(door)
    card = tenant(door, tenant_id)
    assert (card.name, card.number, card.name_en, card.floor, card.rooms, card.hosts) == ("江南茶业", "A-1", "Jiangnan Tea", "3", "301", 0)
    contact = add_host(door, tenant_id)
    service.change_tenant(door, internal(), tenant_id=tenant_id, version=1, **{**TENANT, "floor": "4"}, contact_host_id=contact)
    card = tenant(door, tenant_id)
    assert (card.floor, card.contact_host_id, card.hosts) == ("4", contact, 1)
    assert kinds(door) == ["TenantChanged", "HostChanged", "TenantChanged"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "x" * 81, "number": ""}, "name", "too_long"),
        ({"name": "云上\0"}, "name", "broken_text"),
        ({"name": "云上"}, "number", "number_taken"),
        ({"number": ""}, "name", "name_taken"),
        ({"number": "A-2", "floor": "x" * 11}, "floor", "too_long"),
    ],
)
def test_a_bad_tenant_is_refused_by_its_field(door: Door, changes: dict[str, Any], field: str, code: str) -> None:
    add_tenant(door)
    with pytest.raises(BadInput) as refusal:
        add_tenant(door, **changes)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_the_slower_of_two_changes_to_a_tenant_is_told(door: Door) -> None:
    tenant_id = add_tenant(door)
    service.change_tenant(door, internal(), tenant_id=tenant_id, version=1, **{**TENANT, "floor": "4"})
    with pytest.raises(Conflict) as refusal:
        service.change_tenant(door, internal(), tenant_id=tenant_id, version=1, **{**TENANT, "floor": "5"})
    assert refusal.value.code == "tenant_changed_meanwhile"


def test_a_contact_works_for_the_tenant(door: Door) -> None:
    tenant_id, stranger = add_tenant(door), make_host(door)
    with pytest.raises(BadInput) as refusal:
        service.change_tenant(door, internal(), tenant_id=tenant_id, version=1, **TENANT, contact_host_id=stranger)
    assert refusal.value.field == "contact_host_id"


def test_a_tenant_that_moved_out_takes_its_hosts_along_and_brings_them_back(door: Door) -> None:
    tenant_id = add_tenant(door)
    host_id = add_host(door, tenant_id)
    service.retire_tenant(door, internal(), tenant_id=tenant_id)
    assert found(door, "曾") == []
    assert not host(door, host_id).active
    with door.reading() as session:
        assert queries.tenants(session) == ()
        assert len(queries.tenants(session, retired=True)) == 1
        with pytest.raises(NotFound):
            queries.active_host(session, host_id)
    with pytest.raises(BadInput):
        add_host(door, tenant_id)
    with pytest.raises(Conflict):
        service.retire_tenant(door, internal(), tenant_id=tenant_id)
    service.restore_tenant(door, internal(), tenant_id=tenant_id)
    assert found(door, "曾") == [host_id]
    with pytest.raises(Conflict):
        service.restore_tenant(door, internal(), tenant_id=tenant_id)


# --- hosts --------------------------------------------------------------------------------------------------------------


def test_a_host_is_taken_in_and_changed_and_found_by_the_new_name(door: Door) -> None:
    tenant_id = add_tenant(door)
    host_id = add_host(door, tenant_id)
    card = host(door, host_id)
    assert (card.name, card.name_en, card.number, card.title, card.phone, card.tenant) == (
        "曾静怡",
        "Jenny Zeng",
        "12",
        "经理",
        "13800138000",
        "江南茶业",
    )
    assert found(door, "jenny") == [host_id]
    service.change_host(door, internal(), host_id=host_id, version=1, **{**HOST, "name": "仇小敏", "name_en": ""})
    assert found(door, "曾") == found(door, "jenny") == []
    assert found(door, "qiuxm") == found(door, "chouxiaomin") == [host_id]
    assert kinds(door) == ["TenantChanged", "HostChanged", "HostChanged"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"number": "13", "name": " "}, "name", "missing"),
        ({"number": "13", "name": "李" * 61}, "name", "too_long"),
        ({"number": "13", "name": "a\ud800"}, "name", "broken_text"),
        ({}, "number", "number_taken"),
        ({"number": "13", "phone": "no"}, "phone", "bad_value"),
        ({"number": "13", "message_address": "javascript"}, "message_address", "bad_value"),
        ({"number": "13", "language": "fr"}, "language", "bad_value"),
    ],
)
def test_a_bad_host_is_refused_by_its_field(door: Door, changes: dict[str, Any], field: str, code: str) -> None:
    tenant_id = add_tenant(door)
    add_host(door, tenant_id)
    with pytest.raises(BadInput) as refusal:
        add_host(door, tenant_id, **changes)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_the_same_staff_number_may_be_used_by_another_tenant(door: Door) -> None:
    assert add_host(door, add_tenant(door)) != add_host(door, make_tenant(door))


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "🙂", "\u202egnaw", "O'Neil; DROP TABLE host", "a b  c"])
def test_a_strange_name_is_kept_clean_and_does_no_harm(door: Door, name: str) -> None:
    host_id = make_host(door, name=name)
    assert "\u202e" not in host(door, host_id).name


def test_the_slower_of_two_changes_to_a_host_is_told(door: Door) -> None:
    host_id = make_host(door)
    service.change_host(door, internal(), host_id=host_id, version=1, **HOST)
    with pytest.raises(Conflict) as refusal:
        service.change_host(door, internal(), host_id=host_id, version=1, **HOST)
    assert refusal.value.code == "host_changed_meanwhile"


def test_who_left_is_found_no_more_and_may_come_back(door: Door) -> None:
    host_id = make_host(door)
    service.retire_host(door, internal(), host_id=host_id)
    assert found(door, "曾") == []
    with door.reading() as session, pytest.raises(NotFound):
        queries.active_host(session, host_id)
    with pytest.raises(Conflict):
        service.retire_host(door, internal(), host_id=host_id)
    service.restore_host(door, internal(), host_id=host_id)
    assert found(door, "曾") == [host_id]
    with pytest.raises(Conflict):
        service.restore_host(door, internal(), host_id=host_id)
    with door.reading() as session:
        assert queries.active_host(session, host_id).id == host_id


@pytest.mark.parametrize("verb", [service.retire_host, service.restore_host, service.issue_host_page, service.withdraw_host_page])
def test_an_unknown_host_is_not_found(door: Door, verb: Any) -> None:
    with pytest.raises(NotFound):
        verb(door, internal(), host_id=99)


def test_a_tenant_s_hosts_are_listed_page_by_page(door: Door) -> None:
    tenant_id = make_tenant(door)
    ids = [make_host(door, tenant_id=tenant_id, name=name) for name in ("乙", "甲", "甲", "丙")]
    service.retire_host(door, internal(), host_id=ids[3])
    with door.reading() as session:
        first = queries.hosts_of(session, tenant_id, limit=2)
        second = queries.hosts_of(session, tenant_id, after=first[-1], limit=2)
        everybody = queries.hosts_of(session, tenant_id, retired=True)
    assert sorted(card.id for card in (*first, *second)) == sorted(ids[:3])
    assert len(everybody) == 4


# --- delegates ----------------------------------------------------------------------------------------------------------


def test_a_colleague_stands_in_and_both_ways_is_fine(door: Door) -> None:
    tenant_id = make_tenant(door)
    one, two = make_host(door, tenant_id=tenant_id), make_host(door, tenant_id=tenant_id, name="李敏")
    service.set_delegate(door, internal(), host_id=one, delegate_id=two)
    service.set_delegate(door, internal(), host_id=two, delegate_id=one)
    assert (host(door, one).delegate, host(door, two).delegate) == ("李敏", "曾静怡")
    service.set_delegate(door, internal(), host_id=one, delegate_id=None)
    assert (host(door, one).delegate_id, host(door, one).delegate) == (None, "")


def test_nobody_stands_in_for_himself_nor_for_another_company_nor_when_gone(door: Door) -> None:
    tenant_id = make_tenant(door)
    one, gone = make_host(door, tenant_id=tenant_id), make_host(door, tenant_id=tenant_id)
    service.retire_host(door, internal(), host_id=gone)
    for delegate, code in (
        (one, "delegate_self"),
        (make_host(door), "delegate_elsewhere"),
        (gone, "delegate_unknown"),
        (99, "delegate_unknown"),
    ):
        with pytest.raises(BadInput) as refusal:
            service.set_delegate(door, internal(), host_id=one, delegate_id=delegate)
        assert (refusal.value.field, refusal.value.code) == ("delegate_id", code)


def test_who_left_stands_in_for_nobody(door: Door) -> None:
    tenant_id = make_tenant(door)
    one, two = make_host(door, tenant_id=tenant_id), make_host(door, tenant_id=tenant_id)
    service.set_delegate(door, internal(), host_id=one, delegate_id=two)
    service.retire_host(door, internal(), host_id=two)
    assert host(door, one).delegate_id is None


# --- personal links -----------------------------------------------------------------------------------------------------


def page(door: Door, host_id: int) -> str:
    with door.reading() as session:
        token = queries.host_page_token(session, door.keys, host_id)
    assert token is not None
    return token


def owner(door: Door, token: str) -> int | None:
    with door.reading() as session:
        card = queries.host_of_page(session, door.keys, token)
    return card.id if card else None


def test_a_personal_link_leads_to_its_host_until_a_new_one_is_issued(door: Door) -> None:
    host_id = make_host(door)
    with door.reading() as session:
        assert queries.host_page_token(session, door.keys, host_id) is None
    service.issue_host_page(door, internal(), host_id=host_id)
    first = page(door, host_id)
    assert owner(door, first) == host_id
    assert host(door, host_id).has_page
    service.issue_host_page(door, internal(), host_id=host_id)
    assert owner(door, first) is None
    assert owner(door, page(door, host_id)) == host_id
    assert kinds(door)[-1] == "HostPageIssued"


def test_a_retried_issue_is_the_same_link(door: Door) -> None:
    host_id, tap = make_host(door), Operation(actor="house", route="issue", id="1")
    service.issue_host_page(door, tap, host_id=host_id)
    first = page(door, host_id)
    service.issue_host_page(door, tap, host_id=host_id)
    assert page(door, host_id) == first


def test_a_withdrawn_link_and_the_link_of_who_left_lead_nowhere(door: Door) -> None:
    host_id = make_host(door)
    service.issue_host_page(door, internal(), host_id=host_id)
    token = page(door, host_id)
    service.withdraw_host_page(door, internal(), host_id=host_id)
    assert owner(door, token) is None
    service.issue_host_page(door, internal(), host_id=host_id)
    token = page(door, host_id)
    service.retire_host(door, internal(), host_id=host_id)
    assert owner(door, token) is None
    service.restore_host(door, internal(), host_id=host_id)
    assert owner(door, token) is None


def test_a_link_is_not_issued_to_who_left(door: Door) -> None:
    host_id = make_host(door)
    service.retire_host(door, internal(), host_id=host_id)
    with pytest.raises(Conflict):
        service.issue_host_page(door, internal(), host_id=host_id)


@pytest.mark.parametrize("token", ["", "A" * 27, "\0", "\ud800"])
def test_a_stranger_s_token_leads_nowhere(door: Door, token: str) -> None:
    service.issue_host_page(door, internal(), host_id=make_host(door))
    assert owner(door, token) is None


# --- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_the_reception_keeps_people_and_others_do_not(door: Door, role: Role) -> None:
    tap = Operation(actor=f"staff:{make_staff(door, role)}", route="host", id="1")
    host_id = make_host(door)
    if role in {Role.DESK, Role.SUPERVISOR, Role.ADMIN}:
        assert service.retire_host(door, tap, host_id=host_id).code == "host_retired"
        return
    with pytest.raises(Refused):
        service.retire_host(door, tap, host_id=host_id)
    assert host(door, host_id).active


def test_readings_are_replaced_and_not_heaped_up(door: Door) -> None:
    host_id = make_host(door)
    service.change_host(door, internal(), host_id=host_id, version=1, name="曾静怡")
    with door.reading() as session:
        readings = session.exec(select(HostReading.reading)).all()
    assert len(readings) == len(set(readings)) == 9
