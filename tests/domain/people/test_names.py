from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.people import rules
from server.domain.people.rules import Rank
from server.domain.people.rules.readings import LONGEST_READING, MOST_READINGS
from server.domain.people.rules.surnames import COMPOUND, SINGLE


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("曾静怡", "曾*怡"),
        ("李敏", "李*"),
        ("欧阳修", "欧阳*"),
        ("欧阳文忠", "欧阳**"),
        ("欧阳", "欧*"),
        ("王", "王"),
        ("司马相如", "司马**"),
        ("张小小明", "张**明"),
        ("Alexandra Featherstonehaugh", "Alexandra F***"),
        ("Lopez, Maria", "Maria L***"),
        ("Maria del Carmen Lopez", "Maria L***"),
        ("Cher", "C***"),
        (" 李敏 ", "李*"),
        ("", ""),
        ("🙂", "🙂***"),
    ],
)
def test_a_name_is_masked(name: str, masked: str) -> None:
    assert rules.mask(name) == masked


@given(st.text(alphabet="李王欧阳静怡敏abc é·-", max_size=12))
def test_a_masked_name_is_never_the_name_unless_it_has_one_part(name: str) -> None:
    bare = name.strip()
    assert rules.mask(name) != bare or len(bare) < 2


@pytest.mark.parametrize(
    ("surname", "right", "wrong"),
    [
        ("曾", "zeng", "ceng"),
        ("仇", "qiu", "chou"),
        ("朴", "piao", "pu"),
        ("单", "shan", "dan"),
        ("解", "xie", "jie"),
        ("查", "zha", "cha"),
        ("区", "ou", "qu"),
        ("盖", "ge", "gai"),
        ("任", "ren", None),
        ("华", "hua", None),
        ("翟", "zhai", "di"),
        ("覃", "qin", "tan"),
        ("缪", "miao", "mou"),
        ("乐", "yue", "le"),
        ("员", "yun", "yuan"),
        ("黑", "he", "hei"),
        ("秘", "bi", "mi"),
        ("冼", "xian", None),
        ("尉迟", "yuchi", "weichi"),
        ("万俟", "moqi", "wansi"),
        ("澹台", "tantai", "dantai"),
        ("单于", "chanyu", "danyu"),
        ("长孙", "zhangsun", "changsun"),
        ("令狐", "linghu", None),
    ],
)
def test_a_surname_is_found_as_it_is_read_and_as_it_is_misread(surname: str, right: str, wrong: str | None) -> None:
    found = rules.readings(f"{surname}静怡")
    assert found[f"{right}jingyi"] is Rank.NAME
    if wrong:
        assert found[f"{wrong}jingyi"] in {Rank.MISREAD, Rank.NAME}


def test_a_chinese_name_is_found_in_every_way_it_is_typed() -> None:
    assert rules.readings("曾静怡") == {
        "曾静怡": Rank.NAME,
        "zengjingyi": Rank.NAME,
        "zengjy": Rank.NAME,
        "zjy": Rank.NAME,
        "cengjingyi": Rank.MISREAD,
        "cengjy": Rank.MISREAD,
        "cjy": Rank.MISREAD,
        "静怡": Rank.GIVEN,
        "jingyi": Rank.GIVEN,
    }


def test_umlauts_are_typed_in_three_ways() -> None:
    assert {"lvmeng", "lumeng", "lyumeng", "lm"} <= rules.readings("吕蒙").keys()


def test_a_latin_name_is_found_from_either_end() -> None:
    found = rules.readings("Alexandra Featherstonehaugh")
    assert {"alexandrafeatherstonehaugh", "featherstonehaughalexandra", "af"} <= found.keys()
    assert {"mullerjurgen", "jurgenmuller"} <= rules.readings("Jürgen Müller").keys()


def test_both_names_of_a_host_are_found() -> None:
    assert {"zengjingyi", "jennyzeng", "zengjenny"} <= rules.readings("曾静怡", "Jenny Zeng").keys()
    assert {"limin", "minnie李敏"} <= rules.readings("李敏 (Minnie)").keys()


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_has_few_short_readings_that_are_already_folded(name: str, name_en: str) -> None:
    found = rules.readings(name, name_en)
    assert len(found) <= MOST_READINGS
    assert all(0 < len(reading) <= LONGEST_READING for reading in found)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("曾", "曾"),
        ("ze", "ze"),
        ("ZE", "ze"),
        (" z e ", "ze"),
        ("lü", "lu"),
        ("Zēng", "zeng"),
        ("ｚｅ", "ze"),
        ("O'Neil", "oneil"),
        ("z", None),
        ("", None),
        ("%", None),
        ("__", None),
        ("\0", None),
        ("🙂🙂", None),
    ],
)
def test_two_letters_or_one_character_are_enough_to_search(text: str, key: str | None) -> None:
    assert rules.search_key(text) == key


def test_surnames_are_written_without_tones_and_each_once() -> None:
    for surname, options in [*SINGLE.items(), *COMPOUND.items()]:
        assert len(set(options)) == len(options)
        for option in options:
            assert option.replace(" ", "").replace("ü", "u").isascii()
            assert len(option.split()) == len(surname)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("（010）8888 6666", "01088886666"),
        ("8012", "8012"),
        ("", ""),
        ("12", None),
        ("call me", None),
        ("138001380001380013800", None),
        ("1380013800O", None),
    ],
)
def test_a_phone_number_is_kept_as_digits(text: str, phone: str | None) -> None:
    assert rules.tidy_phone(text) == phone
