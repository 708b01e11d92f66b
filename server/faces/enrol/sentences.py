"""The words of enrolment: the faces a device may show."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.devices.rules import DeviceRole

FACES: Mapping[str, tuple[LazyString, LazyString, str, str]] = {
    DeviceRole.KIOSK.value: (lazy_gettext("Lobby kiosk"), lazy_gettext("Visitors sign in and out"), "enter", "/kiosk"),
    DeviceRole.TABLET.value: (lazy_gettext("Floor tablet"), lazy_gettext("Rooms, tea and rounds"), "tablet", "/tablet"),
    DeviceRole.BOARD.value: (lazy_gettext("Live board"), lazy_gettext("Who waits, who is in the building"), "list", "/board"),
    DeviceRole.DOOR.value: (lazy_gettext("Door sign"), lazy_gettext("What happens in this room"), "door", "/door"),
}
"""Role → name, hint, icon and address of its face."""
