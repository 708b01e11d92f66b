"""Make drawn requests likely to be possible: a room and a host that are there, an hour to come. What is wrong in one stays wrong."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import schemathesis

INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
BEGIN = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
PAIRS = (("starts_at", "ends_at"), ("valid_from", "valid_until"))


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: Any) -> Any:
    """Put what is sound to where it can be."""
    if not isinstance(body, dict):
        return body
    hours = zlib.crc32(repr(sorted(body.items(), key=str)).encode("utf-8", "replace")) % 200
    begins = BEGIN + timedelta(hours=2 * hours)
    for first, last in PAIRS:
        for name, instant in ((first, begins), (last, begins + timedelta(hours=1))):
            if isinstance(body.get(name), str) and INSTANT.fullmatch(body[name]):
                body[name] = instant.isoformat()
    if type(body.get("room_id")) is int and 1 <= body["room_id"] < 2**31:
        body["room_id"] = 1 + hours % 2
    for name in ("estimated", "guaranteed"):
        if type(body.get(name)) is int and 0 <= body[name] <= 2000:
            body[name] %= 20
    for name, sound in (("break_at", None), ("tenant", ""), ("host", "曾静怡")):
        if isinstance(body.get(name), str) and 0 < len(body[name]) <= 60:
            body[name] = sound
    return body
