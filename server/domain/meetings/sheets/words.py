"""Words of schedules that stand for something the house knows: categories, layouts, headcounts, "cancelled"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from server.domain.meetings.sheets.days import normal
from server.errors import BadInput

MOST_PEOPLE = 9999
MOST_TEA_MINUTES = 600


class _Word(NamedTuple):
    text: str
    folded: str
    name: str
    is_english: bool


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def _words(known: Mapping[str, tuple[str, ...]]) -> tuple[_Word, ...]:
    """Return the words of all things, the longest first."""
    words = (_Word(text, _folded(text), name, text.isascii()) for name, texts in known.items() for text in texts)
    return tuple(sorted(words, key=lambda word: -len(word.text)))


_CATEGORIES = _words(
    {
        "small": ("小型", "小会", "small"),
        "ordinary": ("一般", "普通", "常规", "日常", "中型", "ordinary", "normal", "regular", "standard", "general"),
        "important": ("重要", "重点", "重大", "important", "major", "key", "high"),
        "vip": ("贵宾", "要客", "vip", "vvip"),
    }
)
_LAYOUTS = _words(
    {
        "classroom": ("课桌", "教室", "课堂", "classroom", "schoolroom"),
        "theatre": ("剧院", "剧场", "影院", "礼堂", "排排坐", "theatre", "theater", "auditorium"),
        "ushape": ("u形", "u型", "u字形", "u字型", "马蹄", "u", "u shape", "u shaped", "horseshoe"),
        "hollow_square": ("回形", "回型", "回字形", "回字型", "口形", "口型", "口字形", "口字型", "空心方", "hollow square", "square"),
        "boardroom": ("长桌", "长条桌", "董事会", "会议桌", "boardroom", "board", "conference"),
        "herringbone": ("鱼骨", "人字形", "herringbone", "chevron", "fishbone"),
        "banquet": ("圆桌", "宴会", "banquet", "banquet rounds", "rounds", "round tables"),
        "crescent": ("半圆桌", "月牙", "半月", "crescent", "crescent rounds", "half rounds", "cabaret"),
        "reception": ("会见", "会谈", "沙发", "八字沙发", "会客", "reception", "lounge"),
        "signing": ("签约", "签字", "签署", "signing", "signing ceremony"),
    }
)
_CANCELLED = frozenset({"取消", "已取消", "会议取消", "取消会议", "作废", "撤销", "已撤销", "cancelled", "canceled", "cancel"})
_CANCELLED_MARK = re.compile(r"[(\[{【〔] ?(?:已?取消|作废|cancell?ed) ?[)\]}】〕]|^(?:已取消|取消|cancell?ed) ?:", re.IGNORECASE)
_BRACKETED = re.compile(r"\((?![^()]*(?:保证|保底|guarantee))[^()]*\)", re.IGNORECASE)
_COUNT = r"(?P<{0}>\d{{1,5}})(?: ?(?:-|–|—|~|至|到|to) ?(?P<{0}_most>\d{{1,5}}))?"
_PEOPLE = r" ?(?:余|多)? ?(?:人|位|名|座|席|people|persons?|pax|guests?)? ?(?:左右|上下|以内|以上|\+)?"
_GUARANTEE = r"(?:保证|保底|guaranteed?|gtd)(?:人数)? ?:? ?"
_HEADCOUNT = re.compile(
    rf"(?:(?:约|大约|预计|共|计|about|approx\.?|ca\.?|c\.|~|≈)* ?{_COUNT.format('count')}{_PEOPLE})?"
    rf"(?:[ ,;/(]*{_GUARANTEE}{_COUNT.format('sure')}{_PEOPLE}\)?)?",
    re.IGNORECASE,
)
_MINUTES = re.compile(r"(?:每隔?|间隔|every)? ?(\d{1,3}) ?(?:分钟?|min(?:ute)?s?\.?|')? ?(?:一次|1次)?", re.IGNORECASE)


def category_of(text: str) -> str:
    """Return the category a text names, ``""`` for no text; refuses ``category_unknown``."""
    return _one_of(text, _CATEGORIES, field="category")


def layout_of(text: str) -> str:
    """Return the layout a text names, ``""`` for no text; refuses ``layout_unknown``."""
    return _one_of(text, _LAYOUTS, field="layout")


def headcount_of(text: str, *, field: str) -> tuple[int | None, int | None]:
    """Return how many are expected and how many are guaranteed (``约30人，保证24``); refuses ``number_unclear``.

    Of a span the upper end counts, for seats must be there for all.
    """
    line = _BRACKETED.sub(" ", normal(text)).strip()
    line = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", line)
    match = _HEADCOUNT.fullmatch(line)
    if match is None:
        raise BadInput("number_unclear", field=field)
    return _number(match, "count", field=field), _number(match, "sure", field=field)


def minutes_of(text: str, *, field: str) -> int | None:
    """Return a number of minutes (``每20分钟``), None for no text; refuses ``number_unclear``."""
    line = normal(text)
    if not line:
        return None
    match = _MINUTES.fullmatch(line)
    if match is None or not 1 <= int(match[1]) <= MOST_TEA_MINUTES:
        raise BadInput("number_unclear", field=field)
    return int(match[1])


def is_cancelled(text: str) -> bool:
    """Tell whether a text says nothing but that the meeting is cancelled."""
    return _folded(text) in _CANCELLED


def without_mark(title: str) -> tuple[str, bool]:
    """Return a title without ``（取消）``, and whether it was there."""
    line = normal(title)
    found = _CANCELLED_MARK.sub(" ", line)
    return (found.strip(), True) if found != line else (title, False)


def _number(match: re.Match[str], name: str, *, field: str) -> int | None:
    text = match[f"{name}_most"] or match[name]
    if text is None:
        return None
    if not 1 <= int(text) <= MOST_PEOPLE or int(text) < int(match[name]):
        raise BadInput("number_unclear", field=field)
    return int(text)


def _one_of(text: str, words: Sequence[_Word], *, field: str) -> str:
    """Return the one thing whose word is the text, or stands in it: the longest word first, so that a half moon is no round table."""
    said = _folded(text)
    if not said:
        return ""
    exact = [word.name for word in words if word.folded == said]
    found = set(exact)
    english = f" {' '.join(re.findall('[a-z0-9]+', normal(text).casefold()))} "
    for word in () if exact else words:
        if word.is_english and f" {word.text} " in english:
            english = english.replace(f" {word.text} ", "  ")
            found.add(word.name)
        if not word.is_english and word.text in said:
            said = said.replace(word.text, " ")
            found.add(word.name)
    if len(found) != 1:
        raise BadInput(f"{field}_unknown", field=field)
    return found.pop()
