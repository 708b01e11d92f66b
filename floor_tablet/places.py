"""The places of the bar at the foot of the tablet."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, kw_only=True)
class Place:
    """One place: the ``key`` that its page sets as ``current``, the word, the endpoint's name in this blueprint, the icon."""

    key: str
    word: LazyString
    endpoint: str
    icon: str


PLACES: tuple[Place, ...] = (
    Place(key="now", word=lazy_gettext("Now"), endpoint="home", icon="clock"),
    Place(key="meetings", word=lazy_gettext("Meetings"), endpoint="meetings", icon="calendar"),
    Place(key="rooms", word=lazy_gettext("Meeting rooms"), endpoint="rooms", icon="door"),
    Place(key="posts", word=lazy_gettext("Posts"), endpoint="posts", icon="users"),
)
"""From left to right."""
