"""What is measured of one server: B1 to B5 of the performance goals, and a meeting that is moved."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.bench import servers
from tests.bench.load import Heard, Load, percentile
from tests.bench.park import Made, Park
from tests.bench.servers import Running
from tests.services.process import free_port

Who = Literal["ours", "peer", "twin"]
"""Our house, the Node peer, and the peer with renderings put together as ours are."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long each thing is measured."""

    posts: int
    warm_posts: int
    full_speed_seconds: float
    slow_seconds: float
    fast_seconds: float


SHORT = Pace(posts=40, warm_posts=15, full_speed_seconds=4, slow_seconds=3, fast_seconds=3)
FULL = Pace(posts=200, warm_posts=40, full_speed_seconds=12, slow_seconds=15, fast_seconds=10)
SLOW, FAST = 20, 200
"""Sign-ins a second of B2b."""


@dataclass
class Alone:
    """B1, B3, B5 at one number of screens: sign-ins one after the other."""

    delivered: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    cpu_a_post: list[float] = field(default_factory=list)
    cpu_a_message: list[float] = field(default_factory=list)
    rest_kb: float = 0
    whole_kb: float = 0
    kb_a_screen: float = 0


@dataclass(frozen=True, kw_only=True)
class FullSpeed:
    """B2: eight clients as fast as they are answered."""

    per_second: float
    p99: float
    cpu_a_post: float
    messages_a_post: float


@dataclass(frozen=True, kw_only=True)
class Steady:
    """B2b: delivery at a steady rate."""

    p50: float
    p99: float
    lost: int


@contextlib.contextmanager
def serving(who: Who, made: Made, folder: Path) -> Iterator[Running]:
    """Serve a fresh copy of ``made``."""
    copy = made.copy(folder / who, free_port())
    log = folder / f"{who}.log"
    try:
        with servers.ours(copy, log) if who == "ours" else servers.peer(copy, log, coalesce=who == "twin") as running:
            yield running
    except (ConnectionError, TimeoutError, AssertionError) as error:
        raise RuntimeError(f"{who}: {error}\n{log.read_text(errors='replace')[-3000:]}") from error
    finally:
        servers.empty(copy.settings.data)


@contextlib.contextmanager
def loading(running: Running, clients: int) -> Iterator[Load]:
    """Connect clients; screens come later."""
    load = Load(running.target)
    load.between = running.made.tidy
    load.connect_clients(clients)
    gc.disable()
    try:
        yield load
    finally:
        gc.enable()
        load.close()


def alone(running: Running, load: Load, screens: int, pace: Pace, found: Alone) -> None:
    """Add to ``found`` what sign-ins one after the other cost at so many screens."""
    load.connect_screens(1)
    load.one_by_one(pace.warm_posts)
    found.rest_kb, found.whole_kb = running.memory_kb(), running.whole_memory_kb()
    load.connect_screens(screens)
    load.one_by_one(3)
    found.kb_a_screen = (running.memory_kb() - found.rest_kb) / max(1, screens - 1)
    cpu, received = running.cpu_seconds(), load.received()
    heard = load.one_by_one(pace.posts)
    cpu, received = running.cpu_seconds() - cpu, load.received() - received
    _refuse_refusals(heard)
    found.delivered += _certain(heard, running.made.revs())
    found.answered += heard.answers
    found.cpu_a_post.append(cpu / pace.posts)
    found.cpu_a_message.append(cpu / received)


def moved(running: Running, load: Load, screens: int, pace: Pace, delivered: list[float]) -> None:
    """Add to ``delivered`` how long moves of a meeting, one after the other, took to the last screen that shows it."""
    load.connect_screens(screens)
    load.one_by_one(pace.warm_posts)
    heard = load.one_by_one(pace.posts)
    _refuse_refusals(heard)
    delivered += _certain(heard, running.made.revs())


def _certain(heard: Heard, revs: dict[int, int]) -> list[float]:
    # A rendering for another fact (a screen came online) may have come first: only what certainly held the post's fact counts.
    return [shown.seconds for shown in heard.shown if shown.before < revs[shown.number] <= shown.least]


def full_speed(running: Running, load: Load, pace: Pace) -> FullSpeed:
    """Measure how many sign-ins a second are answered."""
    load.at_full_speed(1)
    cpu, received = running.cpu_seconds(), load.received()
    heard = load.at_full_speed(pace.full_speed_seconds)
    cpu, received = running.cpu_seconds() - cpu, load.received() - received
    _refuse_refusals(heard)
    count = len(heard.answers)
    return FullSpeed(
        per_second=count / heard.seconds, p99=percentile(heard.answers, 0.99), cpu_a_post=cpu / count, messages_a_post=received / count
    )


def steady(running: Running, load: Load, screens: int, per_second: int, seconds: float) -> Steady:
    """Measure delivery to ten of the screens while sign-ins come on a fixed beat."""
    load.connect_screens(screens, looking=10)
    load.forget_logs()
    heard = load.at_a_rate(per_second, seconds)
    _refuse_refusals(heard)
    revs = running.made.revs()
    delays: list[float] = []
    lost = 0
    for screen in load.screens.values():
        if screen.looks:
            arrived = _arrivals(screen.log, sorted((revs[number], due) for number, due in heard.posted.items()))
            delays += arrived
            lost += len(heard.posted) - len(arrived)
    return Steady(p50=percentile(delays, 0.5), p99=percentile(delays, 0.99), lost=lost)


def _arrivals(log: list[tuple[float, int]], posted: list[tuple[int, float]]) -> list[float]:
    """Return for each posted (rev, when) how long it took until the log holds that rev or a later one."""
    delays = []
    place = 0
    for rev, due in posted:
        while place < len(log) and log[place][1] < rev:
            place += 1
        if place < len(log):
            delays.append(log[place][0] - due)
    return delays


def _refuse_refusals(heard: Heard) -> None:
    if heard.refused:
        raise AssertionError(f"{heard.refused} of {len(heard.answers)} posts were refused")


def answers(park: Park, folder: Path, posts: int) -> float:
    """Return the median answer of our house to a lone client with one screen."""
    with serving("ours", park, folder) as running, loading(running, 1) as load:
        load.connect_screens(1)
        load.one_by_one(posts // 4)
        heard = load.one_by_one(posts)
        _refuse_refusals(heard)
        return percentile(heard.answers, 0.5)
