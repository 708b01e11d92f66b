"""Names and phone numbers: what is shown of them, and how a visitor proves to be the one they belong to. Pure."""

from __future__ import annotations

import re
import unicodedata

FEWEST_DIGITS = 5
MOST_DIGITS = 20
TAIL = 4
_PHONE = re.compile(r"\+?[0-9]+")
_BETWEEN_DIGITS = re.compile(r"[\s()./\-–]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")


def tidy_phone(text: str) -> str | None:
    """Return a phone number as digits with an optional leading plus; None if it cannot be one."""
    phone = _BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    if not _PHONE.fullmatch(phone) or not FEWEST_DIGITS <= len(phone.lstrip("+")) <= MOST_DIGITS:
        return None
    return phone


def phone_tail(phone: str) -> str:
    """Return the last four digits, by which a visitor signs out."""
    return phone[-TAIL:]


def mask_phone(phone: str) -> str:
    """Return ``138****1234``: enough to know one's own number by, too little to call it."""
    if not phone:
        return ""
    head = phone[:3] if len(phone) >= 2 * TAIL + 3 else ""
    return f"{head}****{phone[-TAIL:]}"


def tidy_tail(text: str) -> str | None:
    """Return the four digits that were typed; None if they are not four digits."""
    tail = unicodedata.normalize("NFKC", text).strip()
    return tail if len(tail) == TAIL and tail.isascii() and tail.isdigit() else None


def surname_matches(typed: str, name: str) -> bool:
    """Tell whether ``typed`` is the surname in ``name``: any first or last word, or the first one or two Han characters."""
    wanted = _folded(typed)
    return bool(wanted) and wanted in _surnames(name)


def _surnames(name: str) -> set[str]:
    folded = _folded(name)
    words = folded.replace("·", " ").split()
    if not words:
        return set()
    surnames = {words[0], words[-1], folded}
    letters = folded.replace(" ", "").replace("·", "")
    if _HAN.match(letters):
        surnames.add(letters[:1])
        if len(letters) > 2 and _HAN.match(letters[1]):
            surnames.add(letters[:2])
    return surnames


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def mask_surname(name: str) -> str:
    """Return a name without what :func:`surname_matches` asks for: ``**怡`` for 曾静怡, ``*敏`` for 李敏, ``A*** S***`` for Anna Smith."""
    words = name.replace("·", " ").split()
    if not words or not any(_HAN.match(word) for word in words):
        return " ".join(f"{word[0]}***" for word in words)
    first, *others = words
    return " ".join([_hidden(first, min(2, len(first) - 1)), *(_hidden(word, len(word) - 1) for word in others)])


def _hidden(word: str, letters: int) -> str:
    hidden = max(letters, 1)
    return "*" * hidden + word[hidden:]
