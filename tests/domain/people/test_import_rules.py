from __future__ import annotations

import pytest

from server.domain.people import rules
from server.domain.people.rules import HostNow, ImportAction, ImportState, Plan, RowKind, TenantNow
from server.errors import BadInput

HEADER = ["公司", "姓名", "手机", "代理人", "工号", "楼层"]
TEA = TenantNow(id=1, active=True, values={"tenant_number": "", "tenant": "江南茶业", "tenant_en": "", "floor": "3", "rooms": ""})
ZENG = HostNow(
    id=7,
    tenant_id=1,
    active=True,
    delegate_id=None,
    values={"number": "12", "name": "曾静怡", "name_en": "", "title": "", "phone": "13800138000", "message_address": "", "language": "zh"},
)


def plan(
    *rows: list[str], header: list[str] | None = None, tenants: tuple[TenantNow, ...] = (TEA,), hosts: tuple[HostNow, ...] = (ZENG,)
) -> Plan:
    listed = rules.listed(enumerate([header or HEADER, *rows], start=1))
    return rules.plan(listed, tenants, hosts)


def kinds(found: Plan) -> list[str]:
    return [row.kind.value for row in found.rows]


def faults(found: Plan) -> list[tuple[int, str, str]]:
    return [(row.number, fault.column, fault.code) for row in found.rows for fault in row.faults]


@pytest.mark.parametrize("state", ImportState)
@pytest.mark.parametrize("action", ImportAction)
def test_an_import_is_closed_once(state: ImportState, action: ImportAction) -> None:
    ends = {
        ImportAction.TAKE: ImportState.TAKEN,
        ImportAction.RENEW: ImportState.PREVIEWED,
        ImportAction.WITHDRAW: ImportState.WITHDRAWN,
        ImportAction.EXPIRE: ImportState.EXPIRED,
    }
    assert rules.after(state, action) is (ends[action] if state is ImportState.PREVIEWED else None)


# --- headers and cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        ["公司", "姓名"],
        ["租户名称", "员工姓名", "手机号码"],
        ["Company", "Name", "Mobile"],
        ["TENANT", "full name"],
        ["公司（必填）", "姓名*"],
        ["公司编号", "公司", "姓 名"],
    ],
)
def test_a_header_is_known_in_chinese_and_english(header: list[str]) -> None:
    row = ["江南茶业" if "公司" in cell or "租户" in cell or cell.casefold() in {"company", "tenant"} else "李敏" for cell in header]
    (listed,) = rules.listed(enumerate([header, row], start=1))
    assert {"tenant", "name"} <= listed.values.keys()


def test_a_title_may_stand_above_the_header() -> None:
    (listed,) = rules.listed([(1, ["望江产业园租户名单", ""]), (3, ["公司", "姓名"]), (4, ["江南茶业", "李敏"])])
    assert (listed.number, dict(listed.values)) == (4, {"tenant": "江南茶业", "name": "李敏"})


@pytest.mark.parametrize("rows", [[], [["姓名", "手机"]], [["a", "b"], ["c", "d"]], [["公司"]]])
def test_a_sheet_without_a_header_is_refused(rows: list[list[str]]) -> None:
    with pytest.raises(BadInput) as refusal:
        rules.listed(enumerate(rows, start=1))
    assert (refusal.value.code, refusal.value.field) == ("file_no_header", "file")


def test_a_header_too_far_down_is_not_looked_for() -> None:
    with pytest.raises(BadInput):
        rules.listed([*((number, ["x"]) for number in range(1, 12)), (12, ["公司", "姓名"])])


@pytest.mark.parametrize(
    ("cell", "column", "code"),
    [
        ('=HYPERLINK("http://x")', "B", "formula_text"),
        ("@SUM(A1)", "B", "formula_text"),
        ("+1+1", "B", "formula_text"),
        ("-2+3", "B", "formula_text"),
        ("李\0敏", "B", "broken_text"),
        ("李" * 61, "B", "too_long"),
        ("=1", "C", "formula_text"),
        ("not a phone", "C", "bad_value"),
        ("1" * 41, "C", "too_long"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(cell: str, column: str, code: str) -> None:
    row = ["江南茶业", "李敏", "13900139000"]
    row["ABC".index(column)] = cell
    found = plan(row)
    assert kinds(found) == ["faulty"]
    assert faults(found) == [(2, column, code)]


def test_a_plus_before_a_phone_number_is_no_formula() -> None:
    (listed,) = rules.listed(enumerate([HEADER, ["江南茶业", "李敏", "+86 139 0013 9000"]], start=1))
    assert listed.values["phone"] == "+8613900139000"


def test_a_dash_means_nothing_is_known() -> None:
    (listed,) = rules.listed(enumerate([HEADER, ["江南茶业", "李敏", "-", "无", "/"]], start=1))
    assert dict(listed.values) == {"tenant": "江南茶业", "name": "李敏"}


def test_a_merged_company_cell_holds_for_the_rows_below() -> None:
    found = plan(["江南茶业", "曾静怡"], ["", "李敏"], ["", ""], ["云上科技", "王强"], ["", "周杰"])
    assert [(row.number, row.tenant, row.name) for row in found.rows] == [
        (2, "江南茶业", "曾静怡"),
        (3, "江南茶业", "李敏"),
        (5, "云上科技", "王强"),
        (6, "云上科技", "周杰"),
    ]


# --- what would change --------------------------------------------------------------------------------------------------


def test_a_row_is_added_changed_or_the_same() -> None:
    found = plan(["江南茶业", "李敏"], ["江南茶业", "曾静怡", "13900139000"], ["云上科技", "王强"])
    assert kinds(found) == ["added", "changed", "added"]
    (change,) = found.rows[1].changes
    assert (change.field, change.old, change.new) == ("phone", "13800138000", "13900139000")
    assert kinds(plan(["江南茶业", "曾静怡", "138 0013 8000", "", "12", "3"])) == ["same"]


def test_an_empty_cell_leaves_what_stands() -> None:
    assert kinds(plan(["江南茶业", "曾静怡", ""])) == ["same"]


def test_a_number_finds_somebody_who_changed_name() -> None:
    found = plan(["江南茶业", "曾怡", "", "", "12"])
    assert kinds(found) == ["changed"]
    assert [(change.old, change.new) for change in found.rows[0].changes] == [("曾静怡", "曾怡")]


def test_a_namesake_with_another_number_is_somebody_else() -> None:
    assert kinds(plan(["江南茶业", "曾静怡", "", "", "13"])) == ["added"]


def test_somebody_without_a_number_gets_it_from_the_list() -> None:
    numberless = HostNow(id=7, tenant_id=1, active=True, delegate_id=None, values={**ZENG.values, "number": ""})
    found = plan(["江南茶业", "曾静怡", "", "", "13"], hosts=(numberless,))
    assert [(change.field, change.new) for change in found.rows[0].changes] == [("number", "13")]


def test_who_had_left_is_here_again() -> None:
    gone = HostNow(id=7, tenant_id=1, active=False, delegate_id=None, values=ZENG.values)
    found = plan(["江南茶业", "曾静怡"], hosts=(gone,))
    assert kinds(found) == ["changed"]
    assert found.rows[0].changes[0].field == "active"


def test_a_tenant_is_found_by_number_and_gets_a_new_name() -> None:
    numbered = TenantNow(id=1, active=True, values={**TEA.values, "tenant_number": "A-1"})
    found = plan(["A-1", "江南茗茶", "曾静怡"], header=["租户编号", "公司", "姓名"], tenants=(numbered,))
    assert [(change.field, change.new) for change in found.rows[0].changes] == [("tenant", "江南茗茶")]


def test_a_tenant_alone_may_be_listed() -> None:
    found = plan(["江南茶业", "", "", "", "", "4"], ["云上科技"])
    assert kinds(found) == ["changed", "added"]


def test_the_same_person_twice_is_named() -> None:
    assert faults(plan(["江南茶业", "李敏"], ["江南茶业", "李敏"], ["江南茶业", "曾静怡"], ["江南茶业", "曾静怡"])) == [
        (3, "B", "duplicate_row"),
        (5, "B", "duplicate_row"),
    ]


def test_two_namesakes_cannot_be_told_apart_by_name() -> None:
    other = HostNow(id=8, tenant_id=1, active=True, delegate_id=None, values={**ZENG.values, "number": "13"})
    assert faults(plan(["江南茶业", "曾静怡"], hosts=(ZENG, other))) == [(2, "B", "ambiguous_name")]
    assert kinds(plan(["江南茶业", "曾静怡", "", "", "13"], hosts=(ZENG, other))) == ["same"]


def test_two_tenants_of_one_name_cannot_be_told_apart() -> None:
    twin = TenantNow(id=2, active=True, values=TEA.values)
    assert faults(plan(["江南茶业", "李敏"], tenants=(TEA, twin))) == [(2, "A", "ambiguous_tenant")]


def test_rows_that_contradict_each_other_about_a_tenant_are_named() -> None:
    found = plan(["江南茶业", "李敏", "", "", "", "4"], ["江南茶业", "王强", "", "", "", "5"])
    assert faults(found) == [(3, "F", "tenant_differs")]


@pytest.mark.parametrize(
    ("row", "fault"),
    [(["", "李敏"], (2, "A", "missing")), (["江南茶业", "", "13900139000"], (2, "B", "missing"))],
)
def test_what_is_missing_is_named(row: list[str], fault: tuple[int, str, str]) -> None:
    assert faults(plan(row)) == [fault]


def test_a_faulty_row_leaves_no_trace() -> None:
    found = plan(["江南茶业", "李敏"], ["江南茶业", "李敏", "", "", "", "9"], ["江南茶业", "王强"])
    assert kinds(found) == ["added", "faulty", "added"]
    target = found.rows[2].tenant_target
    assert target is not None
    assert target.values["floor"] == "3"


def test_a_delegate_may_stand_further_down_and_is_found_by_name_or_number() -> None:
    found = plan(["江南茶业", "曾静怡", "", "李敏"], ["江南茶业", "李敏", "", "12"])
    assert kinds(found) == ["changed", "added"]
    assert not faults(found)
    assert [(change.field, change.new) for change in found.rows[0].changes] == [("delegate", "李敏")]


@pytest.mark.parametrize(("delegate", "code"), [("王强", "delegate_unknown"), ("李敏", "delegate_self")])
def test_a_bad_delegate_is_named_and_the_row_taken_without_it(delegate: str, code: str) -> None:
    found = plan(["江南茶业", "李敏", "", delegate])
    assert kinds(found) == ["added"]
    assert faults(found) == [(2, "D", code)]


def test_a_plan_counts_its_rows_and_two_alike_have_one_digest() -> None:
    rows = (["江南茶业", "李敏"], ["江南茶业", "曾静怡", "13900139000"], ["江南茶业", "=1"])
    found = plan(*rows)
    assert (found.added, found.changed, found.same, found.faulty) == (1, 1, 0, 1)
    assert found.digest() == plan(*rows).digest()
    assert found.digest() != plan(*rows, hosts=()).digest()


def test_a_list_is_kept_and_unpacked_as_it_was() -> None:
    listed = rules.listed(enumerate([HEADER, ["江南茶业", "李敏", "x"]], start=1))
    assert rules.unpacked(rules.packed(listed)) == listed


def test_every_kind_of_row_has_a_name() -> None:
    assert [kind.value for kind in RowKind] == ["added", "changed", "same", "faulty"]
