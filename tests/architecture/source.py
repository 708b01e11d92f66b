"""What the architecture tests read: the files of the repository, and Python files as syntax trees."""

from __future__ import annotations

import ast
import fnmatch
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("kiosk", "floor_tablet", "server")
"""The packages that are installed."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Return every file of the repository, relative to its root: all there are, less what .gitignore names."""
    return tuple(sorted(_walk(ROOT, _ignored_patterns())))


def _walk(folder: Path, ignored: tuple[str, ...]) -> Iterator[Path]:
    for entry in os.scandir(folder):
        path = Path(entry.path)
        relative = path.relative_to(ROOT)
        if entry.name == ".git" or any(_matches(relative, pattern) for pattern in ignored):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, ignored)
        else:
            yield relative


def _ignored_patterns() -> tuple[str, ...]:
    lines = (line.strip() for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def _matches(path: Path, pattern: str) -> bool:
    """Match one line of .gitignore, as far as ours go: a leading slash ties a pattern to the root."""
    bare = pattern.rstrip("/")
    return fnmatch.fnmatch(f"/{path}", bare) if bare.startswith("/") else fnmatch.fnmatch(path.name, bare)


def python_files(*folders: str) -> list[Path]:
    """Return the Python files under ``folders``, or all there are."""
    return [path for path in files() if path.suffix == ".py" and (not folders or path.parts[0] in folders)]


def text_files() -> Iterator[tuple[Path, str]]:
    """Give every file that is text, with its text."""
    for path in files():
        data = (ROOT / path).read_bytes()
        if b"\0" not in data[:8000]:
            yield path, data.decode("utf-8", "replace")


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Give every function and method of a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def calls(path: Path) -> Iterator[tuple[str, int]]:
    """Give the dotted name and the line of every call in a file, as far as it is a plain name (``time.sleep``, ``?.commit``)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield _dotted(node.func), node.lineno


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return "?"


def imported_names(path: Path) -> set[str]:
    """Return what a file imports by name, as ``module.name``."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{name.name}" for name in node.names)
    return found


def places(path: Path, names: tuple[str, ...]) -> list[str]:
    """Return ``file:line`` of each call whose dotted name is, or ends in, one of ``names``."""
    return [f"{path}:{line} {name}()" for name, line in calls(path) if any(name == one or name.endswith(f".{one}") for one in names)]
