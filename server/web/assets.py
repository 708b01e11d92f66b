"""Addresses of static files that change when the file does, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import current_app

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


def address(endpoint: str, **values: object) -> str:
    """Return the path of a route, in a request or outside one: regions are drawn without a request."""
    return current_app.url_map.bind("").build(endpoint, values)


@cache
def asset(name: str) -> str:
    """Return the address of ``static/<name>``."""
    return address("static", filename=name, v=version())
