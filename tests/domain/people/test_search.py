from __future__ import annotations

import random
from collections import Counter

import pytest

from server.db.transaction import Door
from server.domain.people import queries, rules, service, sheets
from server.domain.people.queries import Found
from server.domain.people.sheets import Sheet
from server.errors import BadInput
from tests.factories import internal, make_host, make_tenant


def find(door: Door, text: str) -> Found:
    with door.reading() as session:
        return queries.find_hosts(session, text)


def ids(door: Door, text: str) -> list[int]:
    return [host.host_id for host in find(door, text).hosts]


def desk(door: Door, text: str) -> list[int]:
    with door.reading() as session:
        return [card.id for card in queries.search_hosts(session, text)]


@pytest.mark.parametrize(
    "text",
    ["曾", "曾静", "曾静怡", "zeng", "ZengJ", "zeng jingyi", "zjy", "zengjy", "ceng", "cjy", "jenny", "zengje", "ze"],
)
def test_a_kiosk_finds_a_host_by_every_reading(door: Door, text: str) -> None:
    host_id = make_host(door, name="曾静怡", name_en="Jenny Zeng")
    make_host(door, name="李敏")
    assert ids(door, text) == [host_id]


@pytest.mark.parametrize("text", ["", "z", " z ", "z%", "%", "_", "%%", "__", "\0", "'", "🙂"])
def test_too_little_is_refused(door: Door, text: str) -> None:
    make_host(door)
    with pytest.raises(BadInput) as refusal:
        find(door, text)
    assert (refusal.value.code, refusal.value.field) == ("search_too_short", "text")


@pytest.mark.parametrize("text", ["xx", "怡", "静怡", "jingyi", "engjing", "曾_怡", "13800138000", "' OR 1=1 --", "zeng" * 1000])
def test_what_no_name_begins_with_finds_nobody(door: Door, text: str) -> None:
    make_host(door)
    assert find(door, text) == Found(hosts=(), more=False)


def test_a_kiosk_sees_masked_names_and_where_to_go_and_nothing_else(door: Door) -> None:
    make_host(door, tenant_id=make_tenant(door, name="江南茶业", name_en="Jiangnan Tea", floor="3"), name="曾静怡", name_en="Jenny Zeng")
    (host,) = find(door, "zeng").hosts
    assert (host.name, host.name_en, host.tenant, host.tenant_en, host.floor) == ("曾*怡", "Jenny Z***", "江南茶业", "Jiangnan Tea", "3")
    assert set(host.__dataclass_fields__) == {"host_id", "name", "name_en", "tenant", "tenant_en", "floor"}


def test_at_most_five_are_shown_and_the_rest_only_hinted_at(door: Door) -> None:
    tenant_id = make_tenant(door)
    for name in ("王一", "王二", "王三", "王四", "王五"):
        make_host(door, tenant_id=tenant_id, name=name)
    assert (len(find(door, "wang").hosts), find(door, "wang").more) == (5, False)
    make_host(door, tenant_id=tenant_id, name="王六")
    assert (len(find(door, "wang").hosts), find(door, "wang").more) == (5, True)


def test_the_name_itself_comes_before_a_misread_one(door: Door) -> None:
    tenant_id = make_tenant(door)
    misread = make_host(door, tenant_id=tenant_id, name="曾敏")
    right = make_host(door, tenant_id=tenant_id, name="岑敏")
    assert ids(door, "cen") == [right, misread]


def test_the_desk_finds_by_given_name_too(door: Door) -> None:
    host_id = make_host(door, name="曾静怡")
    assert desk(door, "静怡") == desk(door, "jingyi") == [host_id]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("曾", "曾*怡"),
        ("ze", "曾*怡"),
        ("zeng", "曾*怡"),
        ("ceng", "曾*怡"),
        ("曾静", "曾**"),
        ("zengj", "曾**"),
        ("zjy", "曾**"),
        ("曾静怡", "曾*怡"),
    ],
)
def test_what_was_typed_and_what_is_shown_do_not_add_up_to_the_name(door: Door, text: str, shown: str) -> None:
    make_host(door, name="曾静怡")
    assert [host.name for host in find(door, text).hosts] == [shown]


def test_the_order_is_always_the_same(door: Door) -> None:
    tenant_id = make_tenant(door)
    for _ in range(9):
        make_host(door, tenant_id=tenant_id, name="王强")
    assert len({tuple(ids(door, "wang")) for _ in range(5)}) == 1


def test_many_who_left_do_not_hide_who_is_here(door: Door) -> None:
    tenant_id = make_tenant(door)
    rows = [["公司", "姓名", "工号"], *(["云上", "王强", str(number)] for number in range(150))]
    kept = service.keep_import(door, internal(), sheet=Sheet(rows=tuple((number, tuple(row)) for number, row in enumerate(rows, start=1))))
    service.commit_import(door, internal(), import_id=int(kept.ids["import"] or 0))
    here = make_host(door, tenant_id=tenant_id, name="王强强")
    with door.reading() as session:
        (cloud,) = [card.id for card in queries.tenants(session) if card.name == "云上"]
    service.retire_tenant(door, internal(), tenant_id=cloud)
    assert ids(door, "wangq") == [here]


def test_rare_characters_are_found_too(door: Door) -> None:
    host_id = make_host(door, name="曾𠮷")
    assert ids(door, "曾") == [host_id]


def test_the_desk_finds_by_name_phone_tail_number_and_company(door: Door) -> None:
    tenant_id = make_tenant(door, name="江南茶业", name_en="Jiangnan Tea")
    outcome = service.add_host(door, internal(), tenant_id=tenant_id, name="曾静怡", number="K12", phone="138 0013 8765")
    host_id = int(outcome.ids["host"] or 0)
    make_host(door, name="李敏")
    for text in ("曾", "z", "ceng", "8765", "38765", "13800138765", "k12", "K12", "江南", "jiangnan tea"):
        assert desk(door, text) == [host_id], text
    for text in ("", " ", "765", "9999", "%"):
        assert desk(door, text) == [], text


def test_the_desk_sees_full_names_and_at_most_as_many_as_asked_for(door: Door) -> None:
    tenant_id = make_tenant(door)
    for name in ("王一", "王二", "王三"):
        make_host(door, tenant_id=tenant_id, name=name)
    with door.reading() as session:
        cards = queries.search_hosts(session, "王", limit=2)
    assert len(cards) == 2
    assert {card.name for card in cards} <= {"王一", "王二", "王三"}


# --- somebody who wants the whole directory -----------------------------------------------------------------------------

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗曾仇朴单解"
GIVEN = (
    "静怡敏伟芳娜秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华文辉力红健俊帆雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉晨阳宇轩浩然子涵欣悦梓萱诗雨思远志鹏"
    "立建国庆春梅晓东海燕玉成德福永清云飞龙凤鸣鹤松柏林森泽润沐书翰墨琪琳珊瑶璐菲蕾蓉薇慧颖倩婷妍姝彤彦博睿哲恒毅铭锐峰岩昊天翔宁安康乐"
)


def test_who_scrapes_the_directory_for_an_hour_learns_at_most_one_name_in_twenty(door: Door) -> None:
    """The scraper knows every surname and character that occurs here, and spends an hour's searches as well as can be.

    First the surnames, which show last characters; then surname and character, which tell the second one. A host is recognised between
    searches. A name of three characters is learned when both are known, one of two when a search by all of it finds it.
    """
    lot = random.Random(7)
    names = {number: lot.choice(SURNAMES) + "".join(lot.sample(GIVEN, lot.choice((1, 2, 2)))) for number in range(300)}
    rows = [("公司", "姓名", "工号"), *((f"公司{number % 12}", name, str(number)) for number, name in names.items())]
    kept = service.keep_import(door, internal(), sheet=Sheet(rows=tuple(enumerate(rows, start=1))))
    service.commit_import(door, internal(), import_id=int(kept.ids["import"] or 0))
    surnames = [surname for surname, _ in Counter(name[0] for name in names.values()).most_common()]
    searches = [*surnames[:4], *(surname + character for surname in surnames for character in dict.fromkeys(GIVEN))]
    ends: dict[int, str] = {}
    starts: dict[int, str] = {}
    with door.reading() as session:
        for text in searches[: rules.SEARCH_BURST + 60 * rules.SEARCHES_A_MINUTE]:
            for host in queries.find_hosts(session, text).hosts:
                starts[host.host_id] = max(starts.get(host.host_id, ""), text, key=len)
                if not host.name.endswith("*"):
                    ends[host.host_id] = host.name[-1]
                elif len(host.name) == 2 and len(text) == 2:
                    ends[host.host_id] = ""
    learned = {starts[host_id] + end for host_id, end in ends.items() if len(starts[host_id]) == 2}
    assert learned <= set(names.values())
    assert 0 < len(learned) <= len(names) / 20


def test_names_are_searched_through_the_index_and_not_sorted(door: Door) -> None:
    make_host(door)
    statement = (
        "SELECT host_id FROM host_reading WHERE rank = 0 AND reading >= 'wang' AND reading < 'wangz' ORDER BY reading, host_id LIMIT 50"
    )
    with door.reading() as session:
        connection = session.connection()
        if not door.engines.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if door.engines.is_sqlite else "EXPLAIN"
        plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}"))
    assert "host_reading_search" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan


def test_a_list_from_the_outside_is_found_at_once(door: Door) -> None:
    sheet = sheets.read("公司,姓名\n江南茶业,仇小敏\n".encode("gbk"), "名单.csv")
    kept = service.keep_import(door, internal(), sheet=sheet)
    service.commit_import(door, internal(), import_id=int(kept.ids["import"] or 0))
    assert len(ids(door, "qiu")) == len(ids(door, "chou")) == 1
