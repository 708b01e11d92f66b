"""What is met about in the demo park: titles, and what becomes of each; which meetings a day has, and when. Pure.

What becomes of a meeting hangs on its title: so it is the same at every start, and one that a person registers has no fate.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from server.days import at_local
from server.domain.meetings.rules import Category
from server.domain.rooms.rules import Layout


class Fate(StrEnum):
    """What becomes of a meeting."""

    HELD = "held"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing people meet about. ``minutes`` is how long, ``people`` how many are expected."""

    title: str
    category: Category
    layout: Layout
    people: int
    minutes: int
    fate: Fate = Fate.HELD
    equipment: str = ""
    notes: str = ""
    plan: str = ""


def _entries(category: Category, *lines: tuple[str, Layout, int, int], fate: Fate = Fate.HELD) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            title=title,
            category=category,
            layout=layout,
            people=people,
            minutes=minutes,
            fate=fate,
            equipment=EQUIPMENT.get(layout, ""),
            notes=NOTES.get(title, ""),
            plan=RECEPTION_PLAN if category is Category.VIP else "",
        )
        for title, layout, people, minutes in lines
    )


EQUIPMENT = {
    Layout.CLASSROOM: "投影、无线麦克风",
    Layout.THEATRE: "投影、音响、直播",
    Layout.USHAPE: "投影",
    Layout.RECEPTION: "鲜花、席卡",
}
NOTES = {
    "供应商年度评审": "两家供应商先后到场，席卡放在门口",
    "Supplier audit": "Guests read English only; labels in English, please",
    "新员工入职培训": "按花名册摆放席卡，准备工作牌",
    "Quarterly review with Frankfurt": "Video link opens ten minutes earlier",
}
RECEPTION_PLAN = "一楼大堂引导，电梯口与贵宾室门口各一人迎候；盖碗茶、热毛巾；保安协助车位与电梯。"

ORDINARY = _entries(
    Category.ORDINARY,
    ("季度经营分析会", Layout.BOARDROOM, 14, 100),
    ("供应商年度评审", Layout.HOLLOW_SQUARE, 12, 90),
    ("产品路线评审会", Layout.USHAPE, 16, 100),
    ("Supplier audit", Layout.BOARDROOM, 9, 90),
    ("新员工入职培训", Layout.CLASSROOM, 32, 120),
    ("预算编制协调会", Layout.BOARDROOM, 11, 90),
    ("安全生产例会", Layout.HOLLOW_SQUARE, 18, 95),
    ("客户需求沟通会", Layout.BOARDROOM, 8, 90),
    ("质量改进专题会", Layout.USHAPE, 13, 100),
    ("Product roadmap workshop", Layout.USHAPE, 12, 120),
    ("市场活动筹备会", Layout.BOARDROOM, 10, 90),
    ("年度审计进场会", Layout.HOLLOW_SQUARE, 14, 95),
    ("产业政策宣讲会", Layout.THEATRE, 90, 90),
)
SMALL = _entries(
    Category.SMALL,
    ("部门晨会", Layout.BOARDROOM, 7, 45),
    ("技术方案讨论", Layout.BOARDROOM, 6, 60),
    ("Design review", Layout.BOARDROOM, 5, 45),
    ("合同条款会商", Layout.BOARDROOM, 6, 60),
    ("校园招聘面试", Layout.BOARDROOM, 4, 60),
    ("项目周例会", Layout.HOLLOW_SQUARE, 8, 45),
)
IMPORTANT = _entries(
    Category.IMPORTANT,
    ("投资决策委员会", Layout.BOARDROOM, 12, 90),
    ("董事会预备会", Layout.BOARDROOM, 11, 90),
    ("并购项目谈判", Layout.HOLLOW_SQUARE, 14, 100),
    ("Quarterly review with Frankfurt", Layout.BOARDROOM, 9, 75),
)
VIP = _entries(
    Category.VIP,
    ("市政府调研接待", Layout.RECEPTION, 10, 60),
    ("战略合作签约仪式", Layout.SIGNING, 16, 75),
    ("Visit of the trade delegation", Layout.RECEPTION, 8, 60),
    ("兄弟园区考察接待", Layout.RECEPTION, 11, 60),
)
CANCELLED = _entries(
    Category.ORDINARY,
    ("办公软件应用培训", Layout.CLASSROOM, 24, 90),
    ("Vendor demo: badge printers", Layout.BOARDROOM, 8, 60),
    fate=Fate.CANCELLED,
)
NO_SHOW = _entries(
    Category.SMALL, ("渠道伙伴洽谈", Layout.BOARDROOM, 6, 60), ("Phone screening, panel two", Layout.BOARDROOM, 4, 45), fate=Fate.NO_SHOW
)
SHORT_NOTICE = _entries(
    Category.ORDINARY,
    ("临时客户来访洽谈", Layout.BOARDROOM, 8, 90),
    ("紧急协调会", Layout.HOLLOW_SQUARE, 10, 85),
    ("Incident review", Layout.BOARDROOM, 7, 80),
    ("供货异常专题会", Layout.BOARDROOM, 9, 90),
)
"""What comes up at short notice (S115)."""

KINDS: dict[str, tuple[Entry, ...]] = {
    "ordinary": ORDINARY,
    "small": SMALL,
    "important": IMPORTANT,
    "vip": VIP,
    "cancelled": CANCELLED,
    "no_show": NO_SHOW,
}
A_DAY = (
    *("small", "ordinary", "important", "ordinary", "vip", "cancelled", "ordinary", "small", "ordinary"),
    *("important", "no_show", "ordinary", "vip", "small"),
)
"""The fourteen meetings of a day, in the order of their hours."""
ENTRIES = {entry.title: entry for entries in (*KINDS.values(), SHORT_NOTICE) for entry in entries}
REASONS = ("主讲人出差，改期另行通知", "与会人员时间冲突", "并入明日例会")
"""Why a meeting is cancelled."""

BREAK_FROM = 120
"""A meeting of so many minutes has a tea break."""
APART = timedelta(minutes=40)
"""Two meetings of a day begin no nearer to each other where there is room."""
FIRST = time(0, 30)
EVERY = timedelta(minutes=50)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A meeting that is to be registered."""

    entry: Entry
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is to end."""
        return self.starts_at + timedelta(minutes=self.entry.minutes)

    @property
    def break_at(self) -> datetime | None:
        """When a long one has its tea break (S126)."""
        return self.starts_at + timedelta(minutes=self.entry.minutes // 2) if self.entry.minutes >= BREAK_FROM else None


def kind_of(title: str) -> str | None:
    """Return which kind of a day's meetings a title is; None for one that came up at short notice, or that a person registered."""
    return next((kind for kind, entries in KINDS.items() if any(entry.title == title for entry in entries)), None)


def day(seed: str, on: date, zone: tzinfo, taken: Sequence[tuple[str, datetime]]) -> list[Slot]:
    """Return what a day still needs to have its fourteen meetings; ``taken`` are titles and hours of those it has."""
    there = Counter(kind for title, _ in taken if (kind := kind_of(title)) is not None)
    missing = []
    for kind in A_DAY:
        if there[kind]:
            there[kind] -= 1
        else:
            missing.append(kind)
    missing = missing[: max(0, len(A_DAY) - len(taken))]
    hours = _hours(on, zone, [starts for _, starts in taken], len(missing))
    titles = {title for title, _ in taken}
    return [Slot(entry=entry(seed, on, kind, titles), starts_at=starts) for kind, starts in zip(missing, hours, strict=True)]


def entry(seed: str, on: date, kind: str, used: set[str], lasts: range | None = None) -> Entry:
    """Return one of a kind that the day does not have yet, by turns from day to day; notes it in ``used``."""
    entries = list(KINDS[kind])
    random.Random(f"{seed}:{kind}").shuffle(entries)  # noqa: S311 - the titles of a demo, not secrets
    turn = on.toordinal() * A_DAY.count(kind) % len(entries)
    suited = [each for each in (*entries[turn:], *entries[:turn]) if lasts is None or each.minutes in lasts]
    chosen = next((each for each in suited if each.title not in used), suited[0])
    used.add(chosen.title)
    return chosen


def _hours(on: date, zone: tzinfo, taken: Iterable[datetime], count: int) -> list[datetime]:
    """Return ``count`` hours of a day, spread over it, away from those taken."""
    first = at_local(on, FIRST, zone)
    taken = list(taken)
    grid = [first + number * EVERY for number in range(int(timedelta(hours=23) / EVERY))]
    apart = [hour for hour in grid if all(abs(hour - other) >= APART for other in taken)]
    return [apart[number * len(apart) // count] for number in range(count)]
