"""What the properties of an event say of a meeting, as texts by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from icalendar import Component

from server.domain.meetings.sheets.columns import LONGEST
from server.domain.meetings.sheets.words import category_of
from server.errors import BadInput

PROPERTIES: Mapping[str, str] = {
    "number": "UID",
    "title": "SUMMARY",
    "room": "LOCATION",
    "category": "CATEGORIES",
    "layout": "X-LAYOUT",
    "estimated": "ATTENDEE",
    "guaranteed": "X-GUARANTEED",
    "contact_name": "CONTACT",
    "contact_phone": "X-CONTACT-PHONE",
    "tenant": "X-TENANT",
    "tea_minutes": "X-TEA-MINUTES",
    "equipment": "X-EQUIPMENT",
    "notes": "DESCRIPTION",
    "status": "STATUS",
}
"""Where each field stands; a property ``X-<FIELD>`` of our own says it more exactly."""

_ESCAPED = re.compile(r"\\([nN,;\\])")
_APART = frozenset({"ROOM", "RESOURCE"})


def first(event: Component, name: str) -> Any:
    """Return a property's value, the first of several, None if there is none."""
    found = event.get(name)
    return found[0] if isinstance(found, list) and found else found


def texts_of(event: Component) -> dict[str, str]:
    """Return the texts of an event by field.

    Programs write long invitations into descriptions: they are cut, not refused. A category nobody knows may be a colour.
    """
    texts = {field: _own(event, field) or _text(event, name) for field, name in PROPERTIES.items() if field not in {"number", "category"}}
    texts["category"] = _own(event, "category") or _category(event)
    texts["room"] = texts["room"] or ", ".join(_names(event, "ROOM"))
    texts["estimated"] = _own(event, "estimated") or _guests(event)
    texts["contact_name"] = texts["contact_name"] or _organizer(event)
    texts["notes"] = _cut(texts["notes"], LONGEST["notes"])
    return texts


def _own(event: Component, field: str) -> str:
    return _text(event, f"X-{field.upper().replace('_', '-')}")


def _text(event: Component, name: str) -> str:
    text = str(first(event, name) or "")
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], text) if name.startswith("X-") else text


def _category(event: Component) -> str:
    found = event.get("CATEGORIES", [])
    for each in found if isinstance(found, list) else [found]:
        for word in getattr(each, "cats", ()):
            try:
                return category_of(str(word))
            except BadInput:
                continue
    return ""


def _attendees(event: Component) -> Iterator[Any]:
    found = event.get("ATTENDEE", [])
    return (each for each in (found if isinstance(found, list) else [found]) if hasattr(each, "params"))


def _names(event: Component, kind: str) -> list[str]:
    return [str(each.params.get("CN", each)) for each in _attendees(event) if str(each.params.get("CUTYPE", "")).upper() == kind]


def _guests(event: Component) -> str:
    """Return how many people were asked and did not decline; rooms and beamers are invited too."""
    people = [each for each in _attendees(event) if str(each.params.get("CUTYPE", "")).upper() not in _APART]
    coming = [each for each in people if str(each.params.get("PARTSTAT", "")).upper() != "DECLINED"]
    return str(len(coming)) if coming else ""


def _organizer(event: Component) -> str:
    found = first(event, "ORGANIZER")
    name = getattr(found, "params", {}).get("CN", "")
    return str(name) or str(found or "").removeprefix("mailto:").removeprefix("MAILTO:")


def _cut(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
