"""The composition root: the only file that knows every part."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from server.clock import Clock, TurnedClock
from server.config import Settings
from server.db.engine import open_engines
from server.db.transaction import Door
from server.deadlines import create_deadlines
from server.demo.life import create_life
from server.domain.staff.passwords import Run, run_here
from server.keys import Keys
from server.live import Live, create_live
from server.live.regions import Registry
from server.loops import Loop
from server.notify import create_notify
from server.web import assets, auth, csrf, error_pages, headers, i18n, pages, translate
from server.web.house import House
from server.web.limits import Limits
from server.web.presence import create_presence
from server.web.routes import web
from server.web.shared import shared
from server.web.watching import cookie_subject, cut_by, speaker, subject_check, watching

FACES = {
    "kiosk": "kiosk",
    "tablet": "floor_tablet",
    "board": "server.faces.board",
    "desk": "server.faces.desk",
    "phone": "server.faces.phone",
    "room": "server.faces.room",
    "door": "server.faces.door",
    "enrol": "server.faces.enrol",
    "api": "server.faces.api",
}
"""Face → package. Each has ``routes.blueprint``; ``regions.add_regions`` and ``regions.opened_by`` where it has live regions."""


def create_app(settings: Settings, *, clock: Clock | None = None, keys: Keys | None = None, aside: Run = run_here) -> Flask:
    """Put the house together for ``settings``; starts no thread and opens no connection. ``aside`` is where blocking work is done."""
    translate.compile_if_stale()
    clock = clock or make_clock(settings)
    keys = keys or Keys.from_file(settings.key_file)
    door = open_door(settings, clock, keys)
    app = Flask("server", static_folder=str(assets.STATIC), static_url_path="/static")
    _configure(app, settings)
    _install_web(app, settings)
    faces = {face: (import_module(f"{package}.routes"), import_module(f"{package}.regions")) for face, package in FACES.items()}
    for routes, _ in faces.values():
        app.register_blueprint(routes.blueprint)
    live = _make_live(app, door, [regions for _, regions in faces.values()])
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]  # Flask's documented place
    app.extensions["yingbin"] = House(
        settings=settings,
        door=door,
        keys=keys,
        clock=clock,
        live=live,
        limits=Limits(clock),
        owners={face: regions.opened_by for face, (_, regions) in faces.items() if hasattr(regions, "opened_by")},
        loops=(live.relay, *_other_loops(app, door, live)),
        aside=aside,
    )
    return app


def open_door(settings: Settings, clock: Clock, keys: Keys) -> Door:
    """Return the door to the settings' database, without anything of the web: for the command line and tests too."""
    return Door(open_engines(settings.database), clock=clock, settings=settings, keys=keys)


def make_clock(settings: Settings) -> Clock:
    """Return the machine's clock, or the turned one of a test."""
    return TurnedClock(settings.test_clock) if settings.test_clock else Clock()


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        TRUSTED_HOSTS=[urlsplit(origin).hostname or "" for origin in settings.allowed_origins],
        MAX_CONTENT_LENGTH=settings.upload_megabytes * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=512 * 1024,
        MAX_FORM_PARTS=200,
        SEND_FILE_MAX_AGE_DEFAULT=31536000,
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _install_web(app: Flask, settings: Settings) -> None:
    i18n.install(app, settings)
    headers.install(app, settings)
    error_pages.install(app)
    auth.install(app)
    csrf.install(app)
    pages.install(app, settings)
    app.register_blueprint(web)
    app.register_blueprint(watching)
    app.register_blueprint(shared)


def _make_live(app: Flask, door: Door, regions: list[ModuleType]) -> Live:
    registry = Registry()
    for module in regions:
        module.add_regions(registry)
    return create_live(
        app,
        door=door,
        registry=registry,
        settings=door.settings,
        keys=door.keys,
        clock=door.clock,
        in_language=speaker(app),
        may_still_watch=subject_check(door),
        cookie_subject=cookie_subject(app),
        cut_by=cut_by,
    )


def _other_loops(app: Flask, door: Door, live: Live) -> tuple[Loop, ...]:
    notices = create_notify(door, door.clock, door.settings, speaker(app))
    door.after_commit.append(notices.nudge)
    loops = (create_deadlines(door, door.clock), notices, create_presence(door, live, door.clock))
    return (*loops, create_life(door, door.clock)) if door.settings.mode == "demo" else loops
