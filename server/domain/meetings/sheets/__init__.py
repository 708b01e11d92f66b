"""Weekly schedules that people send (.xlsx, .xls, .ics), read in a process of its own into rows with faults named by cell."""

from __future__ import annotations

from server.domain.meetings.sheets.reading import KINDS, read
from server.domain.meetings.sheets.rows import FAULT_CODES, MOST_INSTANCES, MOST_MEETINGS, Schedule, ScheduleRow, Site, packed, unpacked
from server.domain.meetings.sheets.template import template
from server.sheets import Fault

__all__ = [
    "FAULT_CODES",
    "KINDS",
    "MOST_INSTANCES",
    "MOST_MEETINGS",
    "Fault",
    "Schedule",
    "ScheduleRow",
    "Site",
    "packed",
    "read",
    "template",
    "unpacked",
]
