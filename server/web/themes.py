"""Light or dark: as the device is set, or by the hour of the site."""

from __future__ import annotations

from server.web.house import house


def theme_of(chosen: str, *, light_from: int, light_until: int) -> str:
    """Return ``day`` or ``night``: what was chosen for the device, else ``day`` from ``light_from`` until ``light_until`` o'clock."""
    if chosen in ("day", "night"):
        return chosen
    hour = house().clock.now().astimezone(house().settings.zone).hour
    return "day" if light_from <= hour < light_until else "night"
