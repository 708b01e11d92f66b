"""What text typed by anybody may hold, before it is stored or shown: one line, or several."""

from __future__ import annotations

import unicodedata

from server.errors import BadInput

DIRECTION_MARKS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the reading direction: dropped, since they can make one name look like another."""
INVISIBLE = frozenset("\u200b\u2060\ufeff\u00ad")
"""Letters of no width: dropped. (The joiners U+200C and U+200D stay: emoji and some scripts need them.)"""


def clean_line(text: str, *, field: str, most: int, least: int = 0) -> str:
    """Return ``text`` as one tidy line of ``least`` to ``most`` characters; refuses NUL, control and broken characters.

    Raises :class:`BadInput` naming ``field`` with the code ``broken_text``, ``too_long``, ``too_short`` or ``missing``.
    """
    if any(_is_broken(letter) for letter in text):
        raise BadInput("broken_text", field=field)
    kept = "".join(letter for letter in text if letter not in DIRECTION_MARKS and letter not in INVISIBLE)
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if len(line) > most:
        raise BadInput("too_long", field=field, most=most)
    if least and not line:
        raise BadInput("missing", field=field)
    if len(line) < least:
        raise BadInput("too_short", field=field, least=least)
    return line


def clean_text(text: str, *, field: str, most: int) -> str:
    """Return ``text`` of up to ``most`` characters with its line breaks, each line tidied as by :func:`clean_line`; blank ends go."""
    broken = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    whole = "\n".join(clean_line(line, field=field, most=len(text)) for line in broken).strip("\n")
    if len(whole) > most:
        raise BadInput("too_long", field=field, most=most)
    return whole


def _is_broken(letter: str) -> bool:
    return (unicodedata.category(letter) in {"Cc", "Cs"} and letter not in "\t\n\r") or letter == "\ufffd"
