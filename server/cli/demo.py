"""``yingbin demo``: what ``make run`` calls. Make the data folder, fill it with the demo park, print how to get in, serve it."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from multiprocessing import get_context
from pathlib import Path

import click
from pydantic import ValidationError

from server import schema
from server.cli import main, read_settings, stop
from server.cli.serving import make_key
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.keys import Keys

PARTS = {
    "staff": ("员工", "staff"),
    "posts": ("岗位", "posts"),
    "people": ("租户与被访人", "tenants and hosts"),
    "rooms": ("会议室", "meeting rooms"),
    "visits": ("今天的来访", "visits of today"),
    "meetings": ("今明会议", "meetings"),
    "links": ("屏幕链接", "links"),
}
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, so that people are given an address that leads here


@main.command()
def demo() -> None:
    """Fill the data folder with a demo park and serve it. A second start keeps the data."""
    settings = demo_settings(read_settings())
    _refuse_busy_port(settings)
    # In a process of its own, so that the server's workers begin with nothing imported or opened.
    filling = get_context("spawn").Process(target=fill, args=(settings,))
    filling.start()
    filling.join()
    if filling.exitcode:
        sys.exit(filling.exitcode)
    from server.wsgi import Production, make_cooperative

    make_cooperative()
    Production(settings).run()


def fill(settings: Settings) -> None:
    """Make the data folder of ``settings`` if there is none, fill what is missing, and print how to get in."""
    settings.data.mkdir(parents=True, exist_ok=True)
    is_new = not settings.key_file.exists()
    make_key(settings)
    schema.migrate(settings.database)
    for line in _fill(settings, durable=not is_new):
        click.echo(line)
    sys.stdout.flush()


def demo_settings(chosen: Settings) -> Settings:
    """Return the settings of a demo: open around the clock, and reached where HOST says.

    What was set stays. On an address of the local network it is served over plain HTTP, in the basic mode that says so.
    """
    update: dict[str, object] = {"mode": "demo"}
    if "sweep_at" not in chosen.model_fields_set:
        update["sweep_at"] = "04:00"
    if not chosen.origins and not is_loopback(chosen.host):
        update["basic_mode"] = True
        addresses = (_address_on_network() if chosen.host in EVERYWHERE else chosen.host, "127.0.0.1", "localhost")
        update["origins"] = tuple(f"http://{address}:{chosen.port}" for address in dict.fromkeys(addresses))
    try:
        return Settings(**{**chosen.model_dump(exclude_unset=True), **update})
    except ValidationError as error:
        stop("; ".join(item["msg"] for item in error.errors()))
        raise


def is_loopback(host: str) -> bool:
    """Tell whether an address leads back to this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _address_on_network() -> str:
    """Return this machine's address on its network; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address of the documentation: choosing the way there is enough.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _refuse_busy_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            stop(f"{settings.host}:{settings.port}: {error.strerror}. Choose another: make run PORT=8081")


def _fill(settings: Settings, *, durable: bool) -> list[str]:
    from server import demo as park
    from server.app import make_clock
    from server.demo import handout

    engines = open_engines(settings.database, durable=durable)
    try:
        door = Door(engines, clock=make_clock(settings), settings=settings, keys=Keys.from_file(settings.key_file))
        now = door.clock.now()
        park.fill(door, park.SEED, now, tell=_Progress())
        held = handout.write(door, park.SEED, now)
    finally:
        engines.dispose()
    if not durable:
        _settle(settings.data)
    return list(handout.table(held, on_network=not is_loopback(settings.host)))


def _settle(folder: Path) -> None:
    """Bring to disk what was written in a hurry, before anybody is told that it is there."""
    for path in (*(file for file in folder.iterdir() if file.is_file()), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class _Progress:
    """A line for each part, redrawn while it is filled; where nobody looks, once when it is done."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, name: str, done: int, of: int) -> None:
        share = f"{100 * done // max(of, 1):>3} %"
        chinese, english = PARTS.get(name, (name, name))
        line = f"  {chinese} {english} … {share}"
        if line == self._shown:
            return
        self._shown = line
        if sys.stdout.isatty():
            click.echo(f"\r\x1b[2K{line}", nl=done >= of)
        elif done >= of:
            click.echo(line)
