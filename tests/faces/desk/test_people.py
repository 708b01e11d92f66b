"""Tenants and hosts at the desk, and lists that are imported."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest

from server.domain.people import queries
from server.domain.people.queries import HostCard
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import make_host, make_tenant

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

TENANT = {
    "number": "T-7",
    "name": "星河医药",
    "name_en": "Galaxy Medical",
    "floor": "7",
    "rooms": "701",
    "directions": "",
    "directions_en": "",
}
HOST = {"name": "朴正浩", "name_en": "Piao Zhenghao", "phone": "138 0013 8000", "title": "总监", "language": "zh"}


def card_of(house: House, host_id: int) -> HostCard:
    with house.door.reading() as session:
        card = queries.host_card(session, host_id)
    assert card is not None
    return card


def number_in(address: str | None) -> int:
    found = re.search(r"/(\d+)", address or "")
    assert found is not None
    return int(found[1])


def test_a_tenant_and_its_hosts_are_added_and_found(desk: Browser, house: House) -> None:
    tenant_id = number_in(desk.post("/desk/people/tenants/new", TENANT).location)
    host_id = number_in(desk.post(f"/desk/people/tenants/{tenant_id}/hosts/new", HOST).location)
    assert "星河医药" in desk.get("/desk/people").text
    assert "朴正浩" in desk.get(f"/desk/people/tenants/{tenant_id}").text
    assert card_of(house, host_id).phone == "13800138000"
    for typed in ("piao", "朴正", "8000", "星河"):
        assert f"/desk/people/hosts/{host_id}" in desk.get(f"/desk/search?q={typed}").text


def test_a_wrong_tenant_keeps_what_was_typed(desk: Browser) -> None:
    desk.post("/desk/people/tenants/new", TENANT)
    again = desk.post("/desk/people/tenants/new", TENANT)
    assert again.status_code == 422
    assert 'value="Galaxy Medical"' in again.text
    long = desk.post("/desk/people/tenants/new", {**TENANT, "name": "长" * 81})
    assert "最多 80 个字。" in long.text


def test_a_tenant_is_changed_unless_somebody_was_faster(desk: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door, name="远帆物流")
    host_id = make_host(house.door, tenant_id=tenant_id, name="单雪")
    page = desk.get(f"/desk/people/tenants/{tenant_id}/change").text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    typed = {**TENANT, "version": version, "contact_host_id": str(host_id)}
    assert desk.post(f"/desk/people/tenants/{tenant_id}/change", typed).status_code == 303
    stale = desk.post(f"/desk/people/tenants/{tenant_id}/change", {**typed, "floor": "9"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "tenant_changed_meanwhile")
    assert 'value="7"' in stale.text


def test_a_tenant_moves_out_and_comes_back(desk: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door, name="远帆物流")
    gone = desk.post(f"/desk/people/tenants/{tenant_id}/retire")
    assert gone.location == f"/desk/people?done=tenant_retired&of={tenant_id}"
    shown = desk.get(gone.location).text
    assert f'action="/desk/people/tenants/{tenant_id}/restore"' in shown
    assert f'href="/desk/people/tenants/{tenant_id}"' not in shown
    assert "远帆物流" in desk.get("/desk/people?retired=1").text
    assert desk.post(f"/desk/people/tenants/{tenant_id}/retire").status_code == 409
    assert desk.post(f"/desk/people/tenants/{tenant_id}/restore").status_code == 303
    assert "远帆物流" in desk.get("/desk/people").text


def test_a_host_is_changed_retired_and_restored(desk: Browser, house: House) -> None:
    host_id = make_host(house.door, name="曾静怡")
    typed = {**HOST, "name": "曾静仪", "version": str(card_of(house, host_id).version)}
    assert desk.post(f"/desk/people/hosts/{host_id}/change", typed).status_code == 303
    assert desk.post(f"/desk/people/hosts/{host_id}/change", typed).status_code == 409
    assert desk.post(f"/desk/people/hosts/{host_id}/retire").status_code == 303
    assert "已离职：访客不能再找此人" in desk.get(f"/desk/people/hosts/{host_id}").text
    assert f"/desk/people/hosts/{host_id}" not in desk.get("/desk/search?q=曾静仪").text
    assert desk.post(f"/desk/people/hosts/{host_id}/restore").status_code == 303
    assert card_of(house, host_id).active


def test_a_delegate_works_for_the_same_tenant(desk: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door)
    host_id, colleague = (make_host(house.door, tenant_id=tenant_id, name=name) for name in ("曾静怡", "解明"))
    stranger = make_host(house.door, name="仇一帆")
    assert desk.post(f"/desk/people/hosts/{host_id}/delegate", {"delegate_id": str(colleague)}).status_code == 303
    assert card_of(house, host_id).delegate == "解明"
    for other in (stranger, host_id, 999):
        refused = desk.post(f"/desk/people/hosts/{host_id}/delegate", {"delegate_id": str(other)})
        assert refused.status_code == 422
        assert 'id="f-delegate_id-error"' in refused.text
    assert desk.post(f"/desk/people/hosts/{host_id}/delegate", {"delegate_id": ""}).status_code == 303
    assert card_of(house, host_id).delegate == ""


def test_a_personal_page_is_issued_shown_renewed_and_withdrawn(desk: Browser, house: House) -> None:
    host_id = make_host(house.door)
    address = re.compile(r"<code>[^<]*/h/([A-Z2-7]+)</code>")
    assert not address.search(desk.get(f"/desk/people/hosts/{host_id}").text)
    tokens = []
    for _ in range(2):
        assert desk.post(f"/desk/people/hosts/{host_id}/page").status_code == 303
        tokens += address.findall(desk.get(f"/desk/people/hosts/{host_id}").text)
    assert len(set(tokens)) == 2
    with house.door.reading() as session:
        assert queries.host_of_page(session, house.keys, tokens[0]) is None
        assert queries.host_of_page(session, house.keys, tokens[1]) is not None
    assert desk.post(f"/desk/people/hosts/{host_id}/page/withdraw").status_code == 303
    assert not address.search(desk.get(f"/desk/people/hosts/{host_id}").text)


def test_who_is_not_there_is_not_found(desk: Browser) -> None:
    for path in ("tenants/999", "tenants/999/change", "hosts/999", "hosts/999/change", "tenants/999/hosts/new"):
        assert desk.get(f"/desk/people/{path}").status_code == 404
    assert desk.post("/desk/people/hosts/999/retire").status_code == 404


def test_no_tenants_is_a_screen_of_its_own(desk: Browser) -> None:
    assert "还没有公司" in desk.get("/desk/people").text
    assert "没有已迁出的公司" in desk.get("/desk/people?retired=1").text


# --- lists --------------------------------------------------------------------------------------------------------------


def csv(*rows: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO("\n".join(("公司,楼层,姓名,电话", *rows)).encode("utf-8-sig")), "people.csv"


def keep(supervisor: Browser, *rows: str) -> str:
    answer = supervisor.post("/desk/people/import", {"file": csv(*rows)}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_list_is_previewed_and_only_then_imported(supervisor: Browser, house: House) -> None:
    tenant_id = make_tenant(house.door, name="澄江科技", floor="5")
    make_host(house.door, tenant_id=tenant_id, name="曾静怡")
    preview = keep(supervisor, "澄江科技,6,曾静怡,13800138000", "新来公司,9,解明,", "澄江科技,6,,", "澄江科技,6,仇一帆,abc")
    shown = supervisor.get(preview).text
    assert "新来公司" in shown
    assert "<del>5</del>" in shown
    assert re.search(r"[A-Z] 列", shown)
    with house.door.reading() as session:
        assert [card.name for card in queries.tenants(session)] == ["澄江科技"]
    assert supervisor.post(preview).location == "/desk/people?done=imported"
    with house.door.reading() as session:
        assert {card.name for card in queries.tenants(session)} == {"澄江科技", "新来公司"}
        assert len(queries.search_hosts(session, "解明")) == 1
        assert queries.search_hosts(session, "仇一帆") == ()


def test_the_preview_shows_one_kind_of_row_at_a_time(supervisor: Browser) -> None:
    preview = keep(supervisor, "新来公司,9,解明,", "新来公司,9,仇一帆,abc")
    assert "仇一帆" not in supervisor.get(f"{preview}?kind=added").text
    faulty = supervisor.get(f"{preview}?kind=faulty").text
    assert "仇一帆" in faulty
    assert "没有这样的行" in supervisor.get(f"{preview}?kind=same").text
    assert supervisor.get(f"{preview}?kind=faulty&page=99999").status_code == 200


def test_a_long_list_is_shown_page_by_page(supervisor: Browser) -> None:
    preview = keep(supervisor, *(f"公司{number},1,某人{number}," for number in range(130)))
    assert "某人129" not in supervisor.get(preview).text
    assert "某人129" in supervisor.get(f"{preview}?page=2").text


def test_a_list_that_is_out_of_date_is_shown_anew(supervisor: Browser, house: House) -> None:
    preview = keep(supervisor, "新来公司,9,解明,")
    make_tenant(house.door, name="新来公司", floor="3")
    refused = supervisor.post(preview)
    assert (refused.status_code, refused.headers.get("X-Error-Code")) == (409, "import_outdated")
    assert "期间名录有变动" in refused.text
    assert supervisor.post(preview).status_code == 303


def test_a_list_that_was_left_cannot_be_imported(supervisor: Browser) -> None:
    preview = keep(supervisor, "新来公司,9,解明,")
    assert supervisor.post(f"{preview}/withdraw").location == "/desk/people?done=import_withdrawn"
    assert supervisor.post(preview).status_code == 409
    assert "这份名单已处理" in supervisor.get(preview).text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "people.csv", "文件为空。"),
        (b"%PDF-1.7", "people.pdf", "请使用 Excel"),
        (b"not a workbook", "people.xlsx", "无法读取文件"),
        ("甲,乙\n1,2\n".encode(), "people.csv", "第一行须为表头"),
    ],
)
def test_a_file_that_is_no_list_says_so(supervisor: Browser, content: bytes, name: str, said: str) -> None:
    answer = supervisor.post("/desk/people/import", {"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert said in answer.text


def test_no_file_is_said_beside_the_field(supervisor: Browser) -> None:
    answer = supervisor.post("/desk/people/import", {}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="f-file-error"' in answer.text


def test_the_template_is_a_workbook_in_the_readers_language(supervisor: Browser) -> None:
    for lang, head in (("zh", "公司"), ("en", "tenant")):
        answer = supervisor.get(f"/desk/people/import/template?lang={lang}")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        assert any(head in str(cell.value).lower() for cell in next(sheet.iter_rows()))


def test_the_desk_does_not_import(desk: Browser) -> None:
    assert desk.get("/desk/people/import").status_code == 403
