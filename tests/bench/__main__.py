"""``make bench``: measure our house and the Node peer side by side, print the ratios, and write them into the docs.

python -m tests.bench            a minute or two: 100 and 500 screens, the meeting day, the long schedule
FULL=1 python -m tests.bench     all of B1 to B5 and the same, several rounds, written into docs/performance.md
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import measure, servers
from tests.bench.floor import make_day
from tests.bench.importing import Imported, imported
from tests.bench.load import Load, percentile
from tests.bench.measure import FAST, SHORT, SLOW, Alone, FullSpeed, Pace, Steady, Who
from tests.bench.park import make_park
from tests.bench.report import Curve, Line, plot, table, write
from tests.services.process import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
DRAWN: tuple[tuple[Who, str, str], ...] = (("ours", "Yingbin", "#0E6B5C"), ("peer", "Node peer", "#B4632D"))
HISTORIES = (1_000, 200_000)
TABLETS, BOARDS = 100, 4
SCHEDULES = (500, 5_000)
FLAT_MB = 32
"""A schedule ten times as long may take so much more memory at its peak: its rows and what each came to, but no pile of objects."""


@dataclass
class Found:
    """Everything that was measured."""

    alone: dict[tuple[Who, int], Alone] = field(default_factory=lambda: defaultdict(Alone))
    speed: dict[Who, list[FullSpeed]] = field(default_factory=lambda: defaultdict(list))
    steady: dict[tuple[Who, int], list[Steady]] = field(default_factory=lambda: defaultdict(list))
    history: dict[int, float] = field(default_factory=dict)
    moved: dict[Who, list[float]] = field(default_factory=lambda: defaultdict(list))
    imports: dict[int, list[Imported]] = field(default_factory=lambda: defaultdict(list))


def main() -> int:
    """Measure and report; the status says only whether it could be measured."""
    is_full = bool(os.environ.get("FULL"))
    servers.build_peer()
    screens, pace, rounds = ((100, 500, 1000), measure.FULL, 3) if is_full else ((100, 500), SHORT, 1)
    found = Found()
    with tempfile.TemporaryDirectory(prefix="yingbin-bench-", dir="/var/tmp") as temporary:
        folder = Path(temporary)
        say("making a park …")
        park = make_park(folder / "park", max(screens))
        servers.pin_the_load()
        for number in range(rounds):
            for count in screens:
                for who in paired(number):
                    say(f"{who}, {count} screens …")
                    with measure.serving(who, park, folder) as running, measure.loading(running, 8) as load:
                        measure.alone(running, load, count, pace, found.alone[who, count])
                        more(found, who, count, running, load, pace)
        meeting_day(found, folder, pace, rounds)
        schedules(found, folder, rounds)
        say("the peer with coalescing …")
        with measure.serving("twin", park, folder) as running, measure.loading(running, 8) as load:
            load.connect_screens(100)
            found.speed["twin"].append(measure.full_speed(running, load, pace))
        if is_full:
            for visits in HISTORIES:
                say(f"{visits} visits …")
                older = park.copy(folder / f"history{visits}", 0)
                older.add_history(visits)
                found.history[visits] = measure.answers(older, folder, 200)
    measured = described(found, screens, form="full" if is_full else "short")
    print(measured)
    if is_full or os.environ.get("WRITE"):
        write(PAGE, measured)
        PLOT.write_text(plot("One sign-in to the last of N screens, p50", curves(found, screens)), encoding="utf-8")
    return 0


def paired(number: int) -> tuple[Who, ...]:
    """Return both, turned about from round to round: what disturbs the machine disturbs both."""
    return ("peer", "ours") if number % 2 == 0 else ("ours", "peer")


def meeting_day(found: Found, folder: Path, pace: Pace, rounds: int) -> None:
    """Measure a meeting that is moved, on tablets, boards and door signs."""
    say("making a meeting day …")
    day = make_day(folder / "day", tablets=TABLETS, boards=BOARDS)
    for number in range(rounds):
        for who in paired(number):
            say(f"{who}, a moved meeting …")
            with measure.serving(who, day, folder) as running, measure.loading(running, 1) as load:
                measure.moved(running, load, len(day.screens), pace, found.moved[who])


def schedules(found: Found, folder: Path, rounds: int) -> None:
    """Measure B10: a long schedule and a short one."""
    for number in range(rounds):
        for count in SCHEDULES:
            say(f"a schedule of {count} rows …")
            found.imports[count].append(imported(count, folder / f"schedule{count}-{number}"))


def more(found: Found, who: Who, count: int, running: servers.Running, load: Load, pace: Pace) -> None:
    """Measure B2 at a hundred screens and B2b at five hundred, on what is connected already."""
    if count == 100:
        found.speed[who].append(measure.full_speed(running, load, pace))
    if count == 500:
        load.connect_clients(32)
        found.steady[who, SLOW].append(measure.steady(running, load, count, SLOW, pace.slow_seconds))
        found.steady[who, FAST].append(measure.steady(running, load, count, FAST, pace.fast_seconds))


def described(found: Found, screens: tuple[int, ...], *, form: str) -> str:
    """Return the whole report in Markdown."""
    lines = [*delivery_lines(found, screens), *speed_lines(found), *cost_lines(found, screens), *moved_lines(found), *import_lines(found)]
    met = sum(line.is_met for line in lines)
    twin = found.speed["twin"][0]
    where = f"Measured in the {form} form on {servers.machine()}; server pinned to one core, load to the other"
    notes = [
        f"{where}; load average at the end {os.getloadavg()[0]:.1f}.",
        f"{met} of {len(lines)} goals met.",
        "",
        table(lines),
        "",
        f"The peer sends every rendering; with one in 5 ms, as ours, it answers {twin.per_second:.0f} a second, p99 {ms(twin.p99)}.",
        f"With its master the house takes {mb(found.alone['ours', screens[0]].whole_kb)} at rest.",
    ]
    return "\n".join(notes)


def delivery_lines(found: Found, screens: tuple[int, ...]) -> list[Line]:
    """B1."""
    lines = []
    for count in screens:
        ours, peer = found.alone["ours", count].delivered, found.alone["peer", count].delivered
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            mine, theirs = percentile(ours, share), percentile(peer, share)
            goal = 1.5 if count == 100 else 1.0
            lines.append(Line(name=f"B1 {name}, {count} screens", ours=ms(mine), other=ms(theirs), ratio=mine / theirs, goal=goal))
    return lines


def speed_lines(found: Found) -> list[Line]:
    """B2 and B2b."""
    mine, theirs = (middle([one.per_second for one in found.speed[who]]) for who in ("ours", "peer"))
    my_p99, their_p99 = (middle([one.p99 for one in found.speed[who]]) for who in ("ours", "peer"))
    slow, fast, peers = (middle([one.p99 for one in found.steady[key]]) for key in (("ours", SLOW), ("ours", FAST), ("peer", FAST)))
    return [
        Line(
            name="B2 sign-ins a second, 100 screens",
            ours=f"{mine:.0f}",
            other=f"{theirs:.0f}",
            ratio=mine / theirs,
            goal=1,
            more_is_better=True,
        ),
        Line(name="B2 p99 of the answer", ours=ms(my_p99), other=ms(their_p99), ratio=my_p99 / their_p99, goal=1),
        Line(name="B2b delivery p99, 200 a second against 20", ours=ms(fast), other=ms(slow), ratio=fast / slow, goal=3),
        Line(name="B2b delivery p99, 200 a second", ours=ms(fast), other=ms(peers), ratio=fast / peers, goal=1.5),
    ]


def cost_lines(found: Found, screens: tuple[int, ...]) -> list[Line]:
    """B3, B4 and B5."""
    mine, theirs = (middle(found.alone[who, 500].cpu_a_message) * 1e6 for who in ("ours", "peer"))
    few, many = screens[0], screens[-1]
    slope = (middle(found.alone["ours", many].cpu_a_post) - middle(found.alone["ours", few].cpu_a_post)) / (many - few) * 1e6
    their_slope = (middle(found.alone["peer", many].cpu_a_post) - middle(found.alone["peer", few].cpu_a_post)) / (many - few) * 1e6
    big = found.alone["ours", many]
    peers = found.alone["peer", many]
    lines = [
        Line(name="B3 processor time a delivered message, 500 screens", ours=us(mine), other=us(theirs), ratio=mine / theirs, goal=1),
        Line(name="B4 processor time a screen added (µs)", ours=us(slope), other=us(their_slope), ratio=slope, goal=12),
        Line(
            name="B5 memory a screen (KB)",
            ours=f"{big.kb_a_screen:.0f} KB",
            other=f"{peers.kb_a_screen:.0f} KB",
            ratio=big.kb_a_screen,
            goal=130,
        ),
        Line(
            name="B5 memory of the serving process at rest (MB)",
            ours=mb(big.rest_kb),
            other=mb(peers.rest_kb),
            ratio=big.rest_kb / 1024,
            goal=150,
        ),
    ]
    if found.history:
        short, long = (found.history[visits] for visits in HISTORIES)
        lines.append(Line(name="B4 answer at 200,000 visits against 1,000", ours=ms(long), other=ms(short), ratio=long / short, goal=1.1))
    return lines


def moved_lines(found: Found) -> list[Line]:
    """Return one moved meeting, to the last screen that shows it."""
    lines = []
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        mine, theirs = (percentile(found.moved[who], share) for who in ("ours", "peer"))
        words = f"Moved meeting {name}, {TABLETS} tablets, boards and door signs"
        lines.append(Line(name=words, ours=ms(mine), other=ms(theirs), ratio=mine / theirs, goal=1.5))
    return lines


def import_lines(found: Found) -> list[Line]:
    """B10."""
    short, long = (found.imports[count] for count in SCHEDULES)
    seconds = [middle([one.seconds for one in each]) for each in (long, short)]
    peaks = [middle([one.kilobytes for one in each]) for each in (long, short)]
    few, many = (f"{count:,}" for count in SCHEDULES)
    return [
        Line(
            name=f"B10 schedule of {many} rows (s), against {few}",
            ours=f"{seconds[0]:.1f} s",
            other=f"{seconds[1]:.1f} s",
            ratio=seconds[0],
            goal=5,
        ),
        Line(
            name=f"B10 peak of memory of {many} rows over that of {few} (MB)",
            ours=mb(peaks[0]),
            other=mb(peaks[1]),
            ratio=(peaks[0] - peaks[1]) / 1024,
            goal=FLAT_MB,
        ),
    ]


def curves(found: Found, screens: tuple[int, ...]) -> list[Curve]:
    """Return the plot's two curves."""
    return [
        Curve(
            name=name, colour=colour, points=tuple((count, 1e3 * percentile(found.alone[who, count].delivered, 0.5)) for count in screens)
        )
        for who, name, colour in DRAWN
    ]


def middle(values: list[float]) -> float:
    """Return the median."""
    return percentile(values, 0.5)


def ms(seconds: float) -> str:
    """Write milliseconds."""
    return f"{1e3 * seconds:.1f} ms"


def us(microseconds: float) -> str:
    """Write microseconds."""
    return f"{microseconds:.1f} µs"


def mb(kilobytes: float) -> str:
    """Write megabytes."""
    return f"{kilobytes / 1024:.0f} MB"


def say(words: str) -> None:
    """Tell what is going on, and when."""
    print(f"{time.strftime('%H:%M:%S')}  {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
