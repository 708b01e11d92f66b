"""What a kiosk keeps of a half-filled form, and for how long. Pure."""

from __future__ import annotations

from datetime import timedelta

MOST_BYTES = 8 * 1024
"""A draft holds no more than this, as JSON in UTF-8."""
LIFE = timedelta(minutes=10)
"""A draft that nobody touches is emptied after this long, even if the kiosk could not do it."""
KEY_BYTES = 18
"""Randomness in the key that names a kiosk's session."""

Value = str | int | bool | None
"""What a field of a form may hold."""
