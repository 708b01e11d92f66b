"""The desk's day: when somebody stood there, and when nobody did (S54, S111). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """Somebody was at the desk; ``until`` is None while it lasts, ``closes`` tells that the desk was closed on purpose then."""

    staff_id: int
    since: datetime
    until: datetime | None
    closes: bool = False


@dataclass(frozen=True, kw_only=True)
class Gap:
    """The desk stood empty; those who had left it answer for that. ``until`` is None while it does."""

    since: datetime
    until: datetime | None
    answer_ids: tuple[int, ...]


def gaps(attendances: Sequence[Attendance], off_since: Mapping[int, datetime]) -> tuple[Gap, ...]:
    """Return when the desk stood empty, in order.

    ``off_since`` tells of people who are off duty since when: a gap that nobody ended ends when all who answer for it went home.
    A desk that was closed on purpose is closed, not empty, until it is opened again.
    """
    return tuple(_gaps(sorted(attendances, key=lambda one: one.since), off_since))


def _gaps(attendances: Sequence[Attendance], off_since: Mapping[int, datetime]) -> Iterator[Gap]:
    for place in range(len(attendances)):
        so_far = attendances[: place + 1]
        if any(earlier.until is None for earlier in so_far):
            return
        end = max(earlier.until for earlier in so_far if earlier.until is not None)
        following = attendances[place + 1].since if place + 1 < len(attendances) else None
        last = [earlier for earlier in so_far if earlier.until == end]
        if (following is not None and following <= end) or any(earlier.closes for earlier in last):
            continue
        answer = tuple(sorted({earlier.staff_id for earlier in last}))
        until = following or _all_gone(answer, off_since, end)
        if until != end:
            yield Gap(since=end, until=until, answer_ids=answer)


def _all_gone(staff_ids: Iterable[int], off_since: Mapping[int, datetime], since: datetime) -> datetime | None:
    ends = [off_since.get(staff_id) for staff_id in staff_ids]
    known = [end for end in ends if end is not None]
    return max(since, *known) if known and len(known) == len(ends) else None
