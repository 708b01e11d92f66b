"""Days and hours of the site: instants are UTC everywhere, a day is the site's. Pure; the zone is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, kw_only=True)
class Window:
    """From one instant to another; the end is not part of it."""

    begins: datetime
    ends: datetime

    def holds(self, instant: datetime) -> bool:
        """Tell whether the window is open at ``instant``."""
        return self.begins <= instant < self.ends

    def meets(self, other: Window) -> bool:
        """Tell whether two windows have any instant in common."""
        return self.begins < other.ends and other.begins < self.ends


def local_day(instant: datetime, zone: tzinfo) -> date:
    """Return the site's calendar day at ``instant``."""
    return instant.astimezone(zone).date()


def at_local(day: date, time_of_day: time, zone: tzinfo) -> datetime:
    """Return the instant at which ``time_of_day`` strikes at the site on ``day``, in UTC."""
    return datetime.combine(day, time_of_day, tzinfo=zone).astimezone(UTC)


def whole_day(day: date, zone: tzinfo) -> Window:
    """Return the site's ``day`` from midnight to midnight."""
    return Window(begins=at_local(day, time(), zone), ends=at_local(day + timedelta(days=1), time(), zone))


def last_strike(now: datetime, at: time, zone: tzinfo) -> datetime:
    """Return the newest instant, not after ``now``, at which the site's clock showed ``at``."""
    today = at_local(local_day(now, zone), at, zone)
    return today if today <= now else at_local(local_day(now, zone) - timedelta(days=1), at, zone)


def next_strike(now: datetime, at: time, zone: tzinfo) -> datetime:
    """Return the next instant after ``now`` at which the site's clock shows ``at``."""
    today = at_local(local_day(now, zone), at, zone)
    return today if today > now else at_local(local_day(now, zone) + timedelta(days=1), at, zone)
