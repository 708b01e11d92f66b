"""Every way in which somebody may type a host's name. Pure.

A Chinese name is found by its characters, its pinyin, its initials, and the surname in full with initials; by every reading of
each character, because 曾 is Zeng but half the lobby types ceng; and by the given name alone. A Latin name is found from either
end. All are lower case without blanks or diacritics; ü is typed as v, u or yu.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import islice, product
from operator import ne

from server.domain.people.rules.names import folded, is_han, parts
from server.domain.people.rules.surnames import COMPOUND, SINGLE

MOST_READINGS = 64
"""Of one name; the right ones come first, so that what is dropped is a rare reading of a rare reading."""
LONGEST_READING = 120
"""Characters kept of one reading."""
FEWEST_LETTERS = 2
"""What must be typed to search, unless it is a Chinese character."""


class Rank(IntEnum):
    """How near a reading is to the name; nearer ones are shown first."""

    NAME = 0
    MISREAD = 1
    GIVEN = 2


Readings = dict[str, Rank]
"""Reading → its rank, the right ones first."""


def search_key(text: str) -> str | None:
    """Return what is looked for when ``text`` was typed, None if that is too little: under two letters and no Chinese character."""
    key = folded(text)[:LONGEST_READING]
    if len(key) < FEWEST_LETTERS and not any(is_han(letter) for letter in key):
        return None
    return key


def readings(name: str, name_en: str = "") -> Readings:
    """Return every reading of a name and, if there is one, of the English name."""
    found: Readings = {}
    for text, most in ((name_en, MOST_READINGS // 4), (name, MOST_READINGS)):
        for reading, rank in _of(text):
            kept = reading[:LONGEST_READING]
            if kept in found or (kept and len(found) < most):
                found[kept] = min(rank, found.get(kept, rank))
    return found


def is_surname_only(name: str, key: str) -> bool:
    """Tell whether ``key``, by which a Chinese name was found, says no more of it than the surname, as a whole or in part."""
    surname, _ = parts(name)
    first = [_surname_syllables(surname)] if len(surname) == 1 else _compound_syllables(surname)
    spelt = (spelling for choice in product(*first) for spelling in _spellings("".join(choice)))
    return any(whole.startswith(key) for whole in (surname, *spelt))


def _of(name: str) -> Iterator[tuple[str, Rank]]:
    words = [word for word in (folded(word) for word in name.replace("-", " ").replace("·", " ").split()) if word]
    yield "".join(words), Rank.NAME
    if len(words) > 1:
        yield words[-1] + "".join(words[:-1]), Rank.NAME
        yield "".join(word[0] for word in words), Rank.NAME
        for start in range(1, len(words) - 1):
            yield "".join(words[start:]), Rank.GIVEN
    for word in words:
        if all(is_han(letter) for letter in word):
            yield from _of_chinese(word)


def _of_chinese(name: str) -> Iterator[tuple[str, Rank]]:
    surname, given = parts(name)
    first = [_surname_syllables(surname)] if len(surname) == 1 else _compound_syllables(surname)
    rest = [_syllables(letter) for letter in given]
    yield name, Rank.NAME
    if len(given) > 1:
        yield given, Rank.GIVEN
    for syllables in islice(product(*(_typed(options) for options in rest)), MOST_READINGS // 4):
        yield "".join(syllables), Rank.GIVEN
    yield from _spelt(first, rest)


def _spelt(first: Sequence[tuple[str, ...]], rest: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, Rank]]:
    right = tuple(options[0] for options in (*first, *rest))
    choices = islice(product(*first, *rest), MOST_READINGS * 4)
    for choice in sorted(choices, key=lambda choice: sum(map(ne, choice, right))):
        rank = Rank.NAME if choice == right else Rank.MISREAD
        surname, given = choice[: len(first)], choice[len(first) :]
        initials = "".join(syllable[0] for syllable in given)
        for spelling in _spellings("".join(choice)):
            yield spelling, rank
        for spelling in _spellings("".join(surname)):
            yield spelling + initials, rank
        yield "".join(syllable[0] for syllable in surname) + initials, rank


def _spellings(pinyin: str) -> tuple[str, ...]:
    """Return how keyboards without ü write it: lü is typed lv, lu or lyu."""
    if "ü" not in pinyin:
        return (pinyin,)
    return tuple(pinyin.replace("ü", instead) for instead in ("v", "u", "yu"))


def _typed(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(spelling for option in options for spelling in _spellings(option))


def _surname_syllables(surname: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*SINGLE.get(surname, ()), *_syllables(surname))))


def _compound_syllables(surname: str) -> list[tuple[str, ...]]:
    known = [reading.split() for reading in COMPOUND[surname]]
    return [tuple(dict.fromkeys((*(reading[place] for reading in known), *_syllables(letter)))) for place, letter in enumerate(surname)]


@lru_cache(maxsize=8192)
def _syllables(letter: str) -> tuple[str, ...]:
    """Return the usual readings of a character, the most usual first; the character itself if it has none."""
    # Loads its dictionary, so only who needs it pays for it; that of phrases (four fifths of it) is never asked here.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    options = pinyin(letter, style=Style.NORMAL, heteronym=True, v_to_u=True)[0]
    return tuple(dict.fromkeys(option for option in options if option)) or (letter,)
