"""The settings as the administrator sees them: each with its name, its meaning and its present value; no secret among them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from urllib.parse import urlsplit

from flask_babel import gettext, lazy_gettext

from server.config import Settings

MEANINGS = {
    "site_name": lazy_gettext("the park's name in Chinese"),
    "site_name_en": lazy_gettext("the park's name in English"),
    "timezone": lazy_gettext("the site's time zone"),
    "origins": lazy_gettext("addresses people use; the first is where QR codes lead"),
    "gate": lazy_gettext("gate of a device that has none of its own"),
    "seen_seconds": lazy_gettext("seconds until an unseen message also goes to the delegate"),
    "answer_seconds": lazy_gettext("seconds without an answer until the desk is asked"),
    "kiosk_idle_seconds": lazy_gettext("seconds of stillness before the kiosk asks “still there?”"),
    "kiosk_warning_seconds": lazy_gettext("seconds to answer that before everything is wiped"),
    "kiosk_wait_seconds": lazy_gettext("seconds the kiosk shows the wait for a host"),
    "farewell_at": lazy_gettext("the message “still with you?” to each tenant"),
    "sweep_at": lazy_gettext("who has not signed out by now is marked assumed left"),
    "retention_days": lazy_gettext("days until a visit's personal data is made anonymous"),
    "quiet_hours": lazy_gettext("hours in which boards and desk do not chime"),
    "desk_lock_minutes": lazy_gettext("minutes without use until the desk asks for the password again"),
    "tablet_lock_minutes": lazy_gettext("minutes without use until a floor tablet asks for the PIN again"),
    "upload_megabytes": lazy_gettext("largest upload in megabytes"),
    "mode": lazy_gettext("what may be relaxed: production relaxes nothing"),
    "basic_mode": lazy_gettext("plain HTTP on the local network, with its limits"),
    "database_url": lazy_gettext("where everything is kept"),
    "redis_url": lazy_gettext("what carries live state between server processes"),
    "workers": lazy_gettext("server processes"),
    "host": lazy_gettext("address the server listens on"),
    "port": lazy_gettext("port the server listens on"),
}
"""Setting → what it means. Left out: files of secrets, and what only tests use."""


@dataclass(frozen=True, kw_only=True)
class ShownSetting:
    """One setting: the variable that sets it, its meaning and its value in words; ``is_default`` when nobody has chosen it."""

    variable: str
    meaning: str
    value: str
    is_default: bool


def shown_settings(settings: Settings) -> tuple[ShownSetting, ...]:
    """Return every setting that may be shown, in the order of the table."""
    fields = Settings.model_fields
    return tuple(
        ShownSetting(
            variable=f"YINGBIN_{name.upper()}",
            meaning=str(meaning),
            value=_in_words(name, settings),
            is_default=getattr(settings, name) == fields[name].default,
        )
        for name, meaning in MEANINGS.items()
    )


def _in_words(name: str, settings: Settings) -> str:
    if name == "origins":
        return " · ".join(settings.allowed_origins)
    if name == "database_url":
        return _place(settings.database_url) or str(gettext("SQLite in the data folder"))
    if name == "redis_url":
        return _place(settings.redis_url) or str(gettext("none; one process needs none"))
    value: object = getattr(settings, name)
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    return f"{value:%H:%M}" if isinstance(value, time) else str(value)


def _place(address: str) -> str:
    """Return kind and host of an address: user names and passwords stay out of sight."""
    parts = urlsplit(address)
    return f"{parts.scheme.partition('+')[0]} · {parts.hostname or 'socket'}{parts.path}" if address else ""
