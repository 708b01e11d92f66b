"""Live regions of the desk."""

from __future__ import annotations

from server.live.regions import Registry


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
