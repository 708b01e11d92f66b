"""What a kiosk may show of a name. Pure.

Enough for somebody who knows the person to nod, too little to learn the name: the given name's first characters are hidden.
"""

from __future__ import annotations

from server.domain.people.rules.names import folded, is_han, parts
from server.domain.people.rules.readings import is_surname_only

STARS = "***"
"""What stands for the rest of a Latin word: always as many, so that its length tells nothing."""


def mask(name: str) -> str:
    """Return 曾*怡 for 曾静怡, 李* for 李敏, 欧阳* for 欧阳修, ``Alexandra F***`` for Alexandra Featherstonehaugh."""
    name = name.strip()
    if not name:
        return ""
    if is_han(name[0]):
        return _mask_han(name)
    words = name.split()
    if len(words) == 1:
        return name[0] + STARS
    if words[0].endswith(","):
        words = [*words[1:], words[0].rstrip(",")]
    return f"{words[0]} {words[-1][0]}{STARS}"


def mask_found(name: str, key: str) -> str:
    """Return a name as a search by ``key`` may show it: a name of which more than the surname was typed shows no more than the surname.

    Otherwise trying 曾静, 曾敏 … would give away 曾静怡 one search a name: the typed part and the shown part would add up. Who typed all of
    it sees 曾*怡 again.
    """
    name = name.strip()
    if not name or not is_han(name[0]) or folded(name) == key or is_surname_only(name, key):
        return mask(name)
    surname, given = parts(name)
    return surname + "*" * len(given)


def _mask_han(name: str) -> str:
    surname, given = parts(name)
    if len(given) < 2:
        return surname + "*" * len(given)
    if len(surname) > 1:
        return surname + "*" * len(given)
    return surname + "*" * (len(given) - 1) + given[-1]
