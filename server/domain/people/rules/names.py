"""How a name is put together: surname and given name, and the letters it is compared by. Pure."""

from __future__ import annotations

import unicodedata

from server.domain.people.rules.surnames import COMPOUND

_UNMARKED = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
"""Letters that do not come apart into a letter and a mark."""


def is_han(letter: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff" or "\U00020000" <= letter <= "\U000323af" or letter == "〇"


def parts(name: str) -> tuple[str, str]:
    """Return surname and given name of a Chinese name: 欧阳修 is 欧阳 and 修, 欧阳 alone is 欧 and 阳."""
    length = 2 if len(name) > 2 and name[:2] in COMPOUND else 1
    return name[:length], name[length:]


def folded(text: str) -> str:
    """Return the letters and digits of a text as they are compared: no case, width, diacritics, blanks or marks; ü is u."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_UNMARKED)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if unicodedata.category(letter) != "Mn")
    return "".join(letter for letter in unicodedata.normalize("NFC", bare) if letter.isalnum())
