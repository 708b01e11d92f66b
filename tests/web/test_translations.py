"""Chinese first, English equal: every sentence is in both."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from server.web.sentences import SENTENCES
from server.web.translate import merged as merged_now

ROOT = Path(__file__).parents[2]
PACKAGES = ("server", "kiosk", "floor_tablet")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "lazy_ngettext": (1, 2)}

merged = cache(merged_now)
Sentence = str | tuple[str, ...]


def sources(pattern: str) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob(pattern) if "migrations" not in path.parts)


def sentences_of(path: Path) -> set[Sentence]:
    if path.suffix == ".py":
        return _sentences_in_python(path)
    found = extract_from_file("jinja2.ext:babel_extract", path, keywords=KEYWORDS, options={"trimmed": "false", "silent": "false"})
    return {message for _, message, _, _ in found if message}


def _sentences_in_python(path: Path) -> set[Sentence]:
    # By the syntax tree, which sees a sentence inside an f-string too.
    found: set[Sentence] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in KEYWORDS:
            given = [each.value for each in node.args[: 2 if name.endswith("ngettext") else 1] if isinstance(each, ast.Constant)]
            words = [word for word in given if isinstance(word, str)]
            if words:
                found.add(words[0] if len(words) == 1 else (words[0], words[1]))
    return found


@pytest.mark.parametrize("path", sources("*.py") + sources("*.html"), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_sentence_has_its_chinese(path: Path) -> None:
    catalogue = merged()
    missing = [
        sentence
        for sentence in sentences_of(path)
        if not _translated(catalogue.get(sentence if isinstance(sentence, str) else sentence[0]))
    ]
    assert missing == []


def _translated(message: object) -> bool:
    string = getattr(message, "string", None)
    return all(string) if isinstance(string, tuple) else bool(string)


def test_no_translation_is_left_over() -> None:
    used: set[str] = set()
    for path in sources("*.py") + sources("*.html"):
        used |= {sentence if isinstance(sentence, str) else sentence[0] for sentence in sentences_of(path)}
    left = [message.id for message in merged() if message.id and (message.id if isinstance(message.id, str) else message.id[0]) not in used]
    assert left == []


def test_chinese_is_written_with_full_width_punctuation() -> None:
    wrong = []
    for message in merged():
        for string in message.string if isinstance(message.string, list | tuple) else (message.string or "",):
            if any(string[place] in ",?!;" and _is_han(string[place - 1]) for place in range(1, len(string))):
                wrong.append(string)
    assert wrong == []


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


REFUSALS = {"BadInput", "Unknown", "Refused", "NotFound", "Conflict", "Gone", "OtherBody", "TooMany", "Unavailable"}


def raised_codes() -> set[tuple[str, str]]:
    found = set()
    for path in sources("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add((first.value, str(path.relative_to(ROOT))))
    return found


def test_every_refusal_has_a_sentence() -> None:
    import server.app  # noqa: F401 - the faces enter their sentences when they are imported

    for name in __import__("server.app", fromlist=["FACES"]).FACES.values():
        __import__(f"{name}.routes")
    assert sorted((code, where) for code, where in raised_codes() if code not in SENTENCES) == []
