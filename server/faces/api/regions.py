"""Live regions of the API: none. Other programs ask."""

from __future__ import annotations

from server.live.regions import Registry


def add_regions(registry: Registry) -> None:
    """Add nothing."""
