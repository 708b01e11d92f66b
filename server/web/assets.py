"""Addresses of static files that change when the file does, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parents[2] / "static"


@cache
def version() -> str:
    """Return a short digest over every static file: one value for all, since scripts and styles import each other."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of ``static/<name>``."""
    return url_for("static", filename=name, v=version())
