"""Reading of a schedule: by the server, which asks a process of its own, and in that process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.domain.meetings.sheets.rows import MOST_MEETINGS, Schedule, Site, packed, unpacked
from server.sheets import ask_reader, checked_kind, pages

KINDS = frozenset({".xlsx", ".xls", ".ics"})
READER = "server.domain.meetings.sheets"


def read(content: bytes, filename: str, *, site: Site) -> Schedule:
    """Return what a schedule lists; refuses (field ``file``) with ``file_empty``, ``file_too_big``, ``file_kind_unknown``,
    ``file_no_header``, ``file_too_many_rows`` or ``file_unreadable``. What is wrong with a row is a fault of that row.
    """
    kind = checked_kind(content, filename, KINDS)
    words = json.dumps(
        {
            "filename": filename[-200:],
            "kind": kind,
            "zone": site.zone.key,
            "today": site.today.isoformat(),
            "since": site.since.isoformat(),
            "until": site.until.isoformat(),
        }
    )
    return unpacked(ask_reader(READER, words, content=content, most_rows=MOST_MEETINGS))


def answer(content: bytes, words: Mapping[str, str]) -> dict[str, Any]:
    """Return, in the reading process, what the file lists, as JSON holds it; raises :class:`Unreadable`."""
    site = Site(
        zone=ZoneInfo(words["zone"]),
        today=date.fromisoformat(words["today"]),
        since=datetime.fromisoformat(words["since"]),
        until=datetime.fromisoformat(words["until"]),
    )
    return packed(schedule(content, words["kind"], words["filename"], site))


def schedule(content: bytes, kind: str, filename: str, site: Site) -> Schedule:
    """Return what a file lists, read here and now; raises :class:`Unreadable`."""
    if kind == ".ics":
        from server.domain.meetings.sheets.calendars import calendar_of

        return calendar_of(content, site)
    from server.domain.meetings.sheets.lists import schedule_of

    return schedule_of(pages(content, kind, keep_errors=True), filename, site)
