"""Live regions of the enrolment pages: none. A browser without any proof has no socket; the pairing page asks by itself."""

from __future__ import annotations

from server.live.regions import Registry


def add_regions(registry: Registry) -> None:
    """Add nothing."""
