"""A small house with live regions and nothing else, served for real: in threads of the test process, or by gunicorn with gevent.

Its regions show what stands in the outbox. ``stage.calls`` counts the calls for a person, ``stage.kiosk:<device>`` those of one
kiosk, ``stage.long`` is long, ``stage.broken`` cannot be drawn while an odd number of calls was made, ``stage.secret`` is nobody's.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, request
from sqlalchemy import func, select, true
from sqlmodel import Session, SQLModel
from werkzeug.serving import BaseWSGIServer, make_server

from server.clock import Clock
from server.config import Settings
from server.db.engine import open_engines
from server.db.operations import Operation, Outcome
from server.db.transaction import Door, Unit, command
from server.events import DeviceRevoked, PersonCallAnswered, PersonCalled
from server.keys import Keys
from server.live import Live, Ticket, create_live
from server.live.regions import ROW, Region, RegionId, Registry
from tests.services.process import ROOT

WORDS = {"zh": "次呼叫", "en": " calls"}
FACTS = SQLModel.metadata.tables["event"]
PAGE = """<!doctype html><html lang="{lang}" data-face="board" data-tz="Asia/Shanghai"><head><meta charset="utf-8"><title>stage</title>
<link rel="stylesheet" href="/static/css/yingbin.css">
<script src="/static/vendor/htmx/htmx.min.js" defer></script><script src="/static/vendor/socket.io/socket.io.min.js" defer></script>
<script type="module" src="/static/js/live.js"></script><script type="module" src="/static/js/htmx-config.js"></script></head>
<body><div id="stale-band" class="stale-band" role="status" hidden><time data-stale-since></time></div>
<main>{regions}</main></body></html>"""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'"
PADDING = "很长的一段话。" * 4000


class StageClock(Clock):
    """The machine's clock, whose seconds can be moved ahead."""

    ahead_seconds = 0.0

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""
        return super().monotonic() + self.ahead_seconds


@command
def call_a_person(tx: Unit, *, device_id: int) -> Outcome:
    """Record one call."""
    tx.record(PersonCalled(assistance_id=1, device_id=device_id))
    return Outcome(code="called")


@command
def go_to_the_kiosk(tx: Unit, *, device_id: int) -> Outcome:
    """Record one answer: it touches no region that counts calls."""
    tx.record(PersonCallAnswered(assistance_id=1, device_id=device_id))
    return Outcome(code="answered")


@command
def revoke(tx: Unit, *, device_id: int) -> Outcome:
    """Record that a device's proof is no longer good."""
    tx.record(DeviceRevoked(device_id=device_id, role="board"))
    return Outcome(code="revoked")


@dataclass
class Stage:
    """The small house."""

    settings: Settings
    keys: Keys
    door: Door
    app: Flask
    live: Live
    drawn: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def ticket(
        self, subject: str = "device:1", *, regions: tuple[str, ...] = ("stage.calls", "stage.kiosk:*"), with_cookie: bool = False
    ) -> str:
        """Return a ticket for the small house."""
        return self.live.make_ticket(face="board", subject=subject, regions=regions, with_cookie=with_cookie)

    def call(self, device_id: int = 1) -> None:
        """Let somebody call a person."""
        call_a_person(self.door, Operation.internal("call"), device_id=device_id)

    def revoke(self, device_id: int) -> None:
        """Revoke a device."""
        revoke(self.door, Operation.internal("revoke"), device_id=device_id)


def build(settings: Settings, *, clock: Clock | None = None) -> Stage:
    """Put the small house together."""
    clock = clock or StageClock()
    keys = Keys.from_file(settings.key_file)
    door = Door(open_engines(settings.database), clock=clock, settings=settings, keys=keys)
    app = Flask("stage", static_folder=str(ROOT / "static"), static_url_path="/static")
    language = threading.local()

    @contextmanager
    def speaking(lang: str) -> Iterator[None]:
        language.now = lang
        with app.app_context():
            yield

    stage: Stage

    def count(session: Session, device: str = "") -> int:
        calls = select(func.count()).where(FACTS.c.kind == "PersonCalled")
        return int(session.execute(calls.where(FACTS.c.facts.contains(f'"device_id":{device}') if device else true())).scalar_one())

    def draw(session: Session, region_id: RegionId) -> str:
        stage.drawn.append(f"{language.now} {region_id}")
        number = count(session, region_id.parameter)
        if region_id == "stage.broken" and number % 2:
            raise ValueError("an odd number of calls")
        if region_id == "stage.form":
            return f'<label>name <input id="stage-name"></label><button id="stage-button" type="button">go</button><b>{number}</b>'
        return f"<b>{number}</b>{WORDS[language.now]}" + (PADDING if region_id == "stage.long" else "")

    registry = Registry()
    for name in ("stage.calls", "stage.long", "stage.broken", "stage.form", "stage.secret"):
        registry.add(Region(name=name, touched_by=(PersonCalled,), render=draw))
    registry.add(
        Region(name="stage.kiosk", parameter=ROW, touched_by={PersonCalled: lambda fact: [f"stage.kiosk:{fact.device_id}"]}, render=draw)
    )
    refused: set[str] = set()
    live = create_live(
        app,
        door,
        registry,
        settings=settings,
        keys=keys,
        clock=clock,
        in_language=speaking,
        may_still_watch=lambda ticket: _is_good(ticket, refused),
        cookie_subject=lambda environ, _face: environ.get("HTTP_COOKIE", "").partition("=")[2] or None,
    )
    stage = Stage(settings=settings, keys=keys, door=door, app=app, live=live, refused=refused)
    _add_routes(stage)
    return stage


def _is_good(ticket: Ticket, refused: set[str]) -> bool:
    return ticket.subject not in refused


def _add_routes(stage: Stage) -> None:
    @stage.app.get("/readyz")
    def readyz() -> dict[str, Any]:
        return {"pid": os.getpid(), "well": stage.live.relay.is_well(), **stage.live.health()}

    @stage.app.post("/call/<int:device_id>")
    def call(device_id: int) -> dict[str, Any]:
        call_a_person(stage.door, Operation.internal("call"), device_id=device_id)
        return {"pid": os.getpid()}

    @stage.app.post("/revoke/<int:device_id>")
    def revoke_device(device_id: int) -> dict[str, Any]:
        stage.revoke(device_id)
        return {"pid": os.getpid()}

    @stage.app.get("/region/<path:region_id>")
    def region(region_id: str) -> str:
        return stage.live.render(region_id, request.args["lang"]).html

    @stage.app.get("/live/ticket")
    def ticket() -> tuple[dict[str, Any], int]:
        if "device:1" in stage.refused:
            return {"error": "unknown"}, 401
        return {"ticket": stage.ticket(regions=("stage.*",))}, 200

    @stage.app.get("/page/<lang>")
    def page(lang: str) -> Response:
        regions = "".join(stage.live.render(name, lang).html for name in ("stage.calls", "stage.form"))
        words = PAGE.format(lang="zh-Hans" if lang == "zh" else "en", regions=regions)
        return Response(words, headers={"Content-Security-Policy": POLICY})


class Serving:
    """The small house, served by threads of this process."""

    def __init__(self, stage: Stage) -> None:
        """Listen on the settings' port."""
        self._server: BaseWSGIServer = make_server("127.0.0.1", stage.settings.port, stage.app, threaded=True)
        self._server.daemon_threads = True  # type: ignore[attr-defined]  # of the threading mix-in
        self._server.block_on_close = False  # type: ignore[attr-defined]  # of the threading mix-in
        self._stage = stage
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        stage.live.start()

    def stop(self) -> None:
        """Close every socket and stop listening."""
        self._stage.live.stop()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._stage.door.engines.dispose()


def make() -> Flask:
    """Build the small house from the environment, for gunicorn; the relay starts with the first worker's first import."""
    stage = build(Settings())
    stage.live.start()
    return stage.app
