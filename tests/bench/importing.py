"""B10: a long schedule through the house's own command, from its start to its end, and what it takes of memory.

``yingbin import-schedule`` reads the workbook, shows what would change and carries it out. A small program stands between, since a
process that is started inherits the peak of memory of whoever started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from server.app import open_door
from server.clock import Clock
from server.config import Settings
from server.keys import Keys
from server.schema import migrate
from tests.factories import make_attendant, make_room

HEADER = ("日期", "时间", "会议名称", "会议室", "类别", "台型", "人数", "联系人", "联系电话")
ROOMS = tuple(f"{floor}{number:02d}" for floor in (3, 4) for number in range(1, 11))
HOURS = ("8:30-9:30", "10:30-11:30", "12:30-13:30", "14:30-15:30", "16:30-17:30")
CATEGORIES = ("小型", "一般", "一般", "重要", "贵宾")
WATCH = """import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
seconds = time.perf_counter() - began
kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"seconds": seconds, "kilobytes": kilobytes, "status": done.returncode, "said": done.stdout + done.stderr}))
"""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What one import took: the whole command by the clock on the wall, and its peak of memory."""

    seconds: float
    kilobytes: float


def workbook(rows: int, first: date) -> Workbook:
    """Return a schedule with so many meetings, a hundred a day, none in another's way."""
    book = Workbook(write_only=True)
    page = book.create_sheet("会议安排")
    page.append(HEADER)
    for number in range(rows):
        day, place = divmod(number, len(ROOMS) * len(HOURS))
        hour, room = divmod(place, len(ROOMS))
        said = (f"部门会议{number + 1}", ROOMS[room], CATEGORIES[number % len(CATEGORIES)], "长桌", 6 + number % 9, "曾静怡", "13800001111")
        page.append(((first + timedelta(days=day)).isoformat(), HOURS[hour], *said))
    return book


def imported(rows: int, folder: Path) -> Imported:
    """Import so many rows into a new house."""
    folder.mkdir(parents=True)
    settings = Settings(mode="test", data=folder)
    migrate(settings.database)
    door = open_door(settings, Clock(), Keys.create_file(settings.key_file))
    for name in ROOMS:
        make_room(door, name=name, capacity=60)
    for name in ("孙悦", "马骏", "罗琳"):
        make_attendant(door, name=name)
    first = door.clock.now().astimezone(settings.zone).date() + timedelta(days=2)
    door.engines.dispose()
    file = folder / "schedule.xlsx"
    workbook(rows, first).save(file)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("YINGBIN_")}
    environment |= {"YINGBIN_MODE": "test", "YINGBIN_DATA": str(folder)}
    command = [str(Path(sys.executable).with_name("yingbin")), "import-schedule", str(file), "--yes"]
    watched = subprocess.run([sys.executable, "-I", "-c", WATCH, *command], env=environment, capture_output=True, text=True, check=True)
    told = json.loads(watched.stdout)
    if told["status"] or f"added {rows}," not in told["said"]:
        raise RuntimeError(f"the import of {rows} rows failed: {told['said'][-2000:]}")
    return Imported(seconds=told["seconds"], kilobytes=told["kilobytes"])
