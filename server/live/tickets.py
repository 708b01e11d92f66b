"""Tickets: what a page shows to be let onto the live wire.

A ticket is signed, good for ten minutes, and says who asks and which regions may be watched. ``live.js`` fetches a new one
before each connect; revocation does not wait for it to run out (the socket is cut, and each watch asks again).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.keys import Keys

GOOD_FOR = timedelta(minutes=10)
PURPOSE = "live-ticket"
LONGEST = 3800
"""Characters of a ticket. It stands in the first line of a request, of which servers take four thousand."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Who may watch what.

    ``subject`` is what can be revoked (``device:3``, ``session:9``, ``visit:17``). ``regions`` are exact ids or prefixes that end
    in ``*``. ``with_cookie`` tells that the face's cookie must prove the same subject when the socket is opened.
    """

    face: str
    subject: str
    regions: tuple[str, ...]
    with_cookie: bool = True

    def allows(self, region_id: str) -> bool:
        """Tell whether the region ``region_id`` may be watched."""
        return any(region_id.startswith(pattern[:-1]) if pattern.endswith("*") else region_id == pattern for pattern in self.regions)


def make_ticket(keys: Keys, now: datetime, *, face: str, subject: str, regions: Iterable[str], with_cookie: bool = True) -> str:
    """Return a signed ticket, safe in a query."""
    until = int((now + GOOD_FOR).timestamp())
    # Made small: the page of a host for whom a hundred people wait is two hundred regions.
    body = _letters(zlib.compress(json.dumps([face, subject, list(regions), with_cookie, until], separators=(",", ":")).encode()))
    return f"{body}.{_letters(keys.mac(PURPOSE, body))}"


def read_ticket(keys: Keys, now: datetime, text: str) -> Ticket | None:
    """Return the ticket in ``text``, or None if it is not ours or its time is over."""
    body, _, signature = text.partition(".")
    if len(text) > LONGEST or not hmac.compare_digest(_letters(keys.mac(PURPOSE, body)).encode(), signature.encode("utf-8", "replace")):
        return None
    try:
        face, subject, regions, with_cookie, until = json.loads(zlib.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
    except (ValueError, binascii.Error, zlib.error):
        return None
    if now.timestamp() >= until:
        return None
    return Ticket(face=face, subject=subject, regions=tuple(regions), with_cookie=with_cookie)


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
