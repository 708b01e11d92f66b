"""Who works in the demo park: tenants, and hosts with names that are easily misread."""

from __future__ import annotations

import random
from dataclasses import dataclass

FLOORS = ("3", "4", "5")


@dataclass(frozen=True, kw_only=True)
class DemoTenant:
    """A company of the demo park; ``number`` is the key under which it is found again."""

    number: str
    name: str
    name_en: str
    floor: str
    rooms: str
    directions: str
    directions_en: str


@dataclass(frozen=True, kw_only=True)
class DemoHost:
    """Somebody who works in the demo park."""

    tenant: str
    number: str
    name: str
    name_en: str
    title: str
    phone: str
    language: str


_EAST = ("出电梯右转，走到东侧", "Turn right from the lift, to the east side")
_WEST = ("出电梯左转，走到西侧", "Turn left from the lift, to the west side")
_FRONT = ("出电梯正对面", "Straight ahead from the lift")

TENANTS = tuple(
    DemoTenant(
        number=number,
        name=name,
        name_en=name_en,
        floor=floor,
        rooms=rooms,
        directions=way[0] + "。",
        directions_en=way[1] + ".",
    )
    for number, name, name_en, floor, rooms, way in (
        ("D01", "澄江科技", "Chengjiang Technology", "5", "501–508", _FRONT),
        ("D02", "蓝桥资本", "Bluebridge Capital", "5", "511–514", _EAST),
        ("D03", "星河医药", "Galaxy Pharma", "5", "521–527", _WEST),
        ("D04", "栖霞设计", "Qixia Design", "5", "531–533", _EAST),
        ("D05", "远山律师事务所", "Farhill Law", "4", "401–406", _FRONT),
        ("D06", "听雨文化", "Rainsound Media", "4", "411–413", _EAST),
        ("D07", "禾苗教育", "Seedling Education", "4", "421–425", _WEST),
        ("D08", "北辰检测", "Polaris Testing", "4", "431–438", _WEST),
        ("D09", "云帆物流", "Cloudsail Logistics", "3", "301–305", _FRONT),
        ("D10", "青石餐饮管理", "Bluestone Catering", "3", "311–312", _EAST),
        ("D11", "归雁旅行", "Wildgoose Travel", "3", "321–324", _WEST),
        ("D12", "沃尔夫精密仪器（中国）有限公司", "Wolfeschlegelstein Precision Instruments", "3", "331–339", _EAST),
    )
)

SURNAMES = (
    *(("曾", "Zeng"), ("仇", "Qiu"), ("朴", "Piao"), ("单", "Shan"), ("解", "Xie"), ("查", "Zha"), ("区", "Ou"), ("盖", "Ge")),
    *(("尉迟", "Yuchi"), ("万俟", "Moqi"), ("乐", "Yue"), ("华", "Hua"), ("任", "Ren"), ("员", "Yun"), ("秘", "Bi"), ("缪", "Miao")),
    *(("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"), ("黄", "Huang")),
    *(("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("胡", "Hu"), ("朱", "Zhu"), ("高", "Gao"), ("林", "Lin")),
    *(("何", "He"), ("郭", "Guo"), ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"), ("宋", "Song"), ("郑", "Zheng"), ("谢", "Xie")),
)
"""The first sixteen are the ones that are misread."""
GIVEN = (
    *(("静怡", "Jingyi"), ("子轩", "Zixuan"), ("雨桐", "Yutong"), ("浩然", "Haoran"), ("欣妍", "Xinyan"), ("伟", "Wei"), ("芳", "Fang")),
    *(("建国", "Jianguo"), ("丽华", "Lihua"), ("思远", "Siyuan"), ("一鸣", "Yiming"), ("晓彤", "Xiaotong"), ("志强", "Zhiqiang")),
    *(("梦瑶", "Mengyao"), ("俊杰", "Junjie"), ("婷", "Ting"), ("磊", "Lei"), ("娜", "Na"), ("天宇", "Tianyu"), ("若溪", "Ruoxi")),
    *(("海涛", "Haitao"), ("佳琪", "Jiaqi"), ("文博", "Wenbo"), ("诗涵", "Shihan"), ("鹏", "Peng"), ("雪", "Xue"), ("明轩", "Mingxuan")),
)
TITLES = ("经理", "工程师", "总监", "助理", "顾问", "设计师", "主管", "专员", "")
FOREIGN = ("Anna Smith", "Jürgen Groß", "Maria-José Fernández de la Vega y Santos", "Kim Min-jun", "Oluwaseun Adebayo")
"""A few who write their names in Latin letters, one of them with forty."""
HOSTS = 300


def hosts(seed: str) -> tuple[DemoHost, ...]:
    """Return the three hundred hosts: the same ones for the same seed; the first is 曾静怡 of 澄江科技."""
    rng = random.Random(f"{seed}:hosts")  # noqa: S311 - names of a demo, not secrets
    pairs = [(surname, given) for surname in SURNAMES for given in GIVEN]
    first, rest = pairs[0], pairs[1:]
    rng.shuffle(rest)
    chosen = [first, *rest[: HOSTS - len(FOREIGN) - 1]]
    made = [_chinese(rng, number, surname, given) for number, (surname, given) in enumerate(chosen)]
    made += [_foreign(number, name) for number, name in enumerate(FOREIGN, start=len(made))]
    return tuple(made)


def _chinese(rng: random.Random, number: int, surname: tuple[str, str], given: tuple[str, str]) -> DemoHost:
    return DemoHost(
        tenant=TENANTS[number % len(TENANTS)].number,
        number=f"DEMO-{number:03d}",
        name=surname[0] + given[0],
        name_en=f"{given[1]} {surname[1]}",
        title=rng.choice(TITLES),
        phone=f"1380000{number:04d}",
        language="zh",
    )


def _foreign(number: int, name: str) -> DemoHost:
    return DemoHost(
        tenant=TENANTS[-1].number,
        number=f"DEMO-{number:03d}",
        name=name,
        name_en=name,
        title="",
        phone=f"1380000{number:04d}",
        language="en",
    )


VISITORS = (
    *(
        "周岚",
        "沈括",
        "陆清",
        "范思齐",
        "钟离明",
        "欧阳慧",
        "方圆",
        "顾小满",
        "许诺",
        "江离",
        "莫愁",
        "苏木",
        "叶知秋",
        "温良",
        "白露",
        "程砚",
        "丁一",
        "余音",
    ),
    *(
        "Tom Baker",
        "祝融",
        "Elena Petrova",
        "夏至",
        "石磊",
        "于谦和",
        "纪晓",
        "傅雷明",
        "James O'Neill",
        "常乐",
        "牛犇",
        "柯蓝",
        "秦川",
        "施展",
        "康宁",
    ),
    *(
        "邱实",
        "董小宛",
        "Priya Natarajan",
        "古月",
        "童谣",
        "路遥",
        "成功",
        "季风",
        "毕升",
        "费明",
        "安然",
        "Li Wei-Featherstonehaugh-Marchbanks",
        "时光",
    ),
)
COMPANIES = ("蓝桥资本", "海川电气", "三和印务", "", "启明律所", "Northwind Ltd", "大象速运", "", "橙光传媒", "Acme GmbH", "同济设计院", "")
"""Where demo visitors come from; some say nothing."""
