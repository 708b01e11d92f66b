"""Who and what is taken when: rooms on reserved time (set-up and turn-over included), and people minute by minute."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.days import Window

STEP = timedelta(minutes=5)
"""Slots are offered on fives, so that people can say them."""


def next_free(wanted: Window, taken: Iterable[Window], *, until: datetime) -> datetime | None:
    """Return the first instant, not before ``wanted`` begins, from which its length is free of everything ``taken``; None by ``until``."""
    length = wanted.ends - wanted.begins
    begins = wanted.begins
    for other in sorted(taken, key=lambda window: window.begins):
        if Window(begins=begins, ends=begins + length).meets(other):
            begins = _on_five(other.ends)
    return begins if begins + length <= until else None


def _on_five(instant: datetime) -> datetime:
    rest = timedelta(minutes=instant.minute % 5, seconds=instant.second, microseconds=instant.microsecond)
    return instant if not rest else instant + STEP - rest


@dataclass(frozen=True, kw_only=True)
class Need:
    """So many people are needed for something between two instants; ``what`` is the step, ``room`` where."""

    window: Window
    people: int
    what: str
    room: str
    meeting_id: int


@dataclass(frozen=True, kw_only=True)
class Shortfall:
    """A stretch of time in which more people are needed than are there; ``needs`` are what they are needed for."""

    window: Window
    needed: int
    there: int
    needs: tuple[Need, ...]

    @property
    def missing(self) -> int:
        """How many are missing."""
        return self.needed - self.there


@dataclass(frozen=True, kw_only=True)
class Minute:
    """How many are needed and there from an instant on, until the next."""

    at: datetime
    needed: int
    there: int


def line(needs: Sequence[Need], there: Sequence[tuple[Window, int]], span: Window) -> list[Minute]:
    """Return the staffing line: needed against there, from each instant at which either changes."""
    edges = {span.begins}
    for window in (*(need.window for need in needs), *(window for window, _ in there)):
        edges.update(edge for edge in (window.begins, window.ends) if span.holds(edge))
    return [Minute(at=edge, needed=_needed(needs, edge), there=_there(there, edge)) for edge in sorted(edges)]


def shortfalls(needs: Sequence[Need], there: Sequence[tuple[Window, int]], span: Window) -> list[Shortfall]:
    """Return the stretches of a minute and more in which people are missing, each with what they are needed for."""
    minutes = line(needs, there, span)
    found: list[Shortfall] = []
    for place, minute in enumerate(minutes):
        if minute.needed <= minute.there:
            continue
        ends = minutes[place + 1].at if place + 1 < len(minutes) else span.ends
        if found and found[-1].window.ends == minute.at and (found[-1].needed, found[-1].there) == (minute.needed, minute.there):
            begins, needs_before = found[-1].window.begins, found.pop().needs
        else:
            begins, needs_before = minute.at, ()
        at_once = tuple(need for need in needs if need.window.holds(minute.at) and need not in needs_before)
        window = Window(begins=begins, ends=ends)
        found.append(Shortfall(window=window, needed=minute.needed, there=minute.there, needs=(*needs_before, *at_once)))
    # What is due at once begins at some second: where it overlaps with another for less than a minute nobody is missed.
    return [each for each in found if each.window.ends - each.window.begins >= timedelta(minutes=1)]


def least_busy(taken: dict[int, list[Window]], wanted: Window, people: Iterable[int]) -> list[int]:
    """Return ``people``, those first who are free during ``wanted`` and have the least to do that day."""

    def burden(person: int) -> tuple[bool, timedelta, int]:
        windows = taken.get(person, [])
        busy = sum((window.ends - window.begins for window in windows), timedelta())
        return (any(window.meets(wanted) for window in windows), busy, person)

    return sorted(people, key=burden)


def _needed(needs: Sequence[Need], at: datetime) -> int:
    return sum(need.people for need in needs if need.window.holds(at))


def _there(there: Sequence[tuple[Window, int]], at: datetime) -> int:
    return sum(people for window, people in there if window.holds(at))
