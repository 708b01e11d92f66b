from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from server.clock import StillClock
from server.db import outbox
from server.db.operations import Operation
from server.db.transaction import Door
from server.domain.people import queries, service
from server.domain.people.queries import Preview
from server.domain.people.sheets import Sheet
from server.domain.people.tables import Host, PeopleImport, Tenant
from server.domain.staff.rules import Role
from server.errors import BadInput, Conflict, NotFound, Refused
from tests.factories import internal, make_host, make_staff, make_tenant

LIST = [
    ["租户编号", "公司", "楼层", "姓名", "英文名", "工号", "职务", "手机", "语言", "代理人"],
    ["A-1", "江南茶业", "3", "曾静怡", "Jenny Zeng", "12", "经理", "138 0013 8000", "中文", "李敏"],
    ["", "", "", "李敏", "", "13", "", "", "英文", ""],
    ["A-2", "云上科技", "5", "王强", "", "", "", "", "", "12"],
    ["A-2", "云上科技", "6", "周杰", "", "", "", "", "", ""],
]


def sheet(rows: list[list[str]] | None = None) -> Sheet:
    return Sheet(rows=tuple((number, tuple(row)) for number, row in enumerate(rows or LIST, start=1)))


def keep(door: Door, rows: list[list[str]] | None = None) -> int:
    return int(service.keep_import(door, internal(), sheet=sheet(rows)).ids["import"] or 0)


def preview(door: Door, import_id: int) -> Preview:
    with door.reading() as session:
        return queries.import_preview(session, import_id)


def counts(found: Preview) -> tuple[int, int, int, int]:
    return (found.added, found.changed, found.same, found.faulty)


def test_a_list_is_shown_before_anybody_is_changed(door: Door) -> None:
    found = preview(door, keep(door))
    assert counts(found) == (3, 0, 0, 1)
    assert [(row.number, row.kind, row.name) for row in found.rows] == [
        (2, "added", "曾静怡"),
        (3, "added", "李敏"),
        (4, "added", "王强"),
        (5, "faulty", "周杰"),
    ]
    assert [(row.number, fault.column, fault.code) for row in found.rows for fault in row.faults] == [
        (4, "J", "delegate_unknown"),
        (5, "C", "tenant_differs"),
    ]
    with door.reading() as session:
        assert not session.exec(select(Host)).all()


def test_a_list_is_taken_over_and_the_same_list_again_changes_nothing(door: Door) -> None:
    outcome = service.commit_import(door, internal(), import_id=keep(door))
    assert (outcome.code, outcome.ids["added"], outcome.ids["faulty"]) == ("imported", 3, 1)
    with door.reading() as session:
        hosts = {host.name: host for host in session.exec(select(Host))}
        tenants = {tenant.name: tenant for tenant in session.exec(select(Tenant))}
        session.expunge_all()
    assert hosts.keys() == {"曾静怡", "李敏", "王强"}
    zeng = hosts["曾静怡"]
    assert (zeng.number, zeng.name_en, zeng.title, zeng.phone, zeng.phone_tail, zeng.language) == (
        "12",
        "Jenny Zeng",
        "经理",
        "13800138000",
        "8000",
        "zh",
    )
    assert (zeng.delegate_id, zeng.tenant_id, hosts["李敏"].language) == (hosts["李敏"].id, tenants["江南茶业"].id, "en")
    assert (tenants["江南茶业"].number, tenants["江南茶业"].floor) == ("A-1", "3")
    again = service.commit_import(door, internal(), import_id=keep(door))
    assert (again.ids["added"], again.ids["changed"], again.ids["same"]) == (0, 0, 3)
    door.number_waiting()
    with door.reading() as session:
        assert [fact.event.kind for fact in outbox.after(session, 0)] == ["PeopleImported"]
        assert {host.name: host.version for host in session.exec(select(Host))} == {name: host.version for name, host in hosts.items()}


def test_changed_people_are_changed_and_found_by_their_new_names(door: Door) -> None:
    tenant_id = make_tenant(door, name="江南茶业")
    host_id = make_host(door, tenant_id=tenant_id, name="曾静怡")
    service.change_host(door, internal(), host_id=host_id, version=1, name="曾静怡", number="12")
    rows = [["公司", "姓名", "工号", "楼层"], ["江南茶业", "仇小敏", "12", "9"]]
    assert service.commit_import(door, internal(), import_id=keep(door, rows)).ids["changed"] == 1
    with door.reading() as session:
        assert [one.host_id for one in queries.find_hosts(session, "qiu").hosts] == [host_id]
        assert queries.find_hosts(session, "zeng").hosts == ()
        card = queries.tenant_card(session, tenant_id)
    assert card is not None
    assert card.floor == "9"


def test_who_had_left_comes_back_with_a_list(door: Door) -> None:
    tenant_id = make_tenant(door, name="江南茶业")
    host_id = make_host(door, tenant_id=tenant_id)
    service.retire_host(door, internal(), host_id=host_id)
    service.retire_tenant(door, internal(), tenant_id=tenant_id)
    service.commit_import(door, internal(), import_id=keep(door, [["公司", "姓名"], ["江南茶业", "曾静怡"]]))
    with door.reading() as session:
        assert queries.active_host(session, host_id).id == host_id


def test_a_retried_taking_is_one(door: Door) -> None:
    import_id, tap = keep(door), Operation(actor="house", route="import", id="1")
    first, second = service.commit_import(door, tap, import_id=import_id), service.commit_import(door, tap, import_id=import_id)
    assert (first.ids, second.repeated) == (second.ids, True)


def test_nothing_happens_that_was_not_seen(door: Door) -> None:
    import_id = keep(door)
    make_tenant(door, name="云上科技")
    make_host(door, tenant_id=make_tenant(door, name="江南茶业"), name="曾静怡")
    with pytest.raises(Conflict) as refusal:
        service.commit_import(door, internal(), import_id=import_id)
    assert refusal.value.code == "import_outdated"
    service.renew_import(door, internal(), import_id=import_id)
    assert service.commit_import(door, internal(), import_id=import_id).ids["changed"] == 1


def test_a_list_taken_or_withdrawn_is_closed_and_its_content_emptied(door: Door) -> None:
    taken, withdrawn = keep(door), keep(door)
    service.commit_import(door, internal(), import_id=taken)
    service.withdraw_import(door, internal(), import_id=withdrawn)
    for import_id, state in ((taken, "taken"), (withdrawn, "withdrawn")):
        found = preview(door, import_id)
        assert (found.state, found.is_open, found.rows) == (state, False, ())
        for verb in (service.commit_import, service.withdraw_import, service.renew_import):
            with pytest.raises(Conflict) as refusal:
                verb(door, internal(), import_id=import_id)
            assert (refusal.value.code, refusal.value.facts) == ("import_closed", {"state": state})
    with door.reading() as session:
        assert {row.content for row in session.exec(select(PeopleImport))} == {"[]"}


def test_a_list_only_looked_at_is_forgotten_after_an_hour(door: Door, clock: StillClock) -> None:
    import_id = keep(door)
    clock.turn(timedelta(minutes=59))
    assert service.forget_imports(door, internal()).ids == {"count": 0}
    clock.turn(timedelta(minutes=1))
    assert service.forget_imports(door, internal()).ids == {"count": 1}
    assert preview(door, import_id).state == "expired"
    with door.reading() as session:
        assert session.exec(select(PeopleImport.content)).all() == ["[]"]


def test_a_sheet_without_a_header_is_not_kept(door: Door) -> None:
    with pytest.raises(BadInput):
        keep(door, [["a", "b"], ["c", "d"]])
    with door.reading() as session:
        assert not session.exec(select(PeopleImport)).all()


def test_an_unknown_list_is_not_found(door: Door) -> None:
    with pytest.raises(NotFound):
        service.commit_import(door, internal(), import_id=99)
    with pytest.raises(NotFound):
        preview(door, 99)


@pytest.mark.parametrize("role", Role)
def test_only_the_supervision_imports(door: Door, role: Role) -> None:
    tap = Operation(actor=f"staff:{make_staff(door, role)}", route="import", id="1")
    if role in {Role.SUPERVISOR, Role.ADMIN}:
        assert service.keep_import(door, tap, sheet=sheet()).code == "import_kept"
        return
    with pytest.raises(Refused):
        service.keep_import(door, tap, sheet=sheet())
