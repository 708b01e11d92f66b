"""The production server: gunicorn with gevent workers; loops start here when a worker is up, and nowhere else."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from gunicorn.app.base import BaseApplication

from server import collector
from server.config import Settings

T = TypeVar("T")

STOP_SECONDS = 8
"""How long a stopping worker may take to answer what it has begun."""


def make_cooperative() -> None:
    """Let waiting greenlets give way to others. In the master, before anything is opened: psycopg chooses its way of waiting at import."""
    from gevent import monkey

    monkey.patch_all()


class Production(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn set up from the house's settings."""

    def __init__(self, settings: Settings) -> None:
        """Serve ``settings``; nothing is opened in the master."""
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what it needs to know."""
        settings = self._settings
        for name, value in {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "worker_class": "gevent",
            "worker_connections": 5000,
            "backlog": 4096,
            "graceful_timeout": STOP_SECONDS,
            "timeout": 60,
            "keepalive": 30,
            "preload_app": False,
            "accesslog": None,
            "loglevel": "warning",
            "limit_request_line": 4094,
            "post_worker_init": _begin,
            "worker_exit": _stop_loops,
            "when_ready": _set_user_timeout,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app, in the worker."""
        from server.app import create_app

        return create_app(self._settings, aside=_aside)


def _aside(work: Callable[[], T], /) -> T:
    """Do work that blocks on a thread of its own, so that sockets and other requests go on meanwhile."""
    from gevent import get_hub

    done: T = get_hub().threadpool.apply(work)
    return done


def _begin(worker: Any) -> None:
    _start_loops(worker)
    collector.leave_out_what_stays()


def _start_loops(worker: Any) -> None:
    house = worker.app.callable.extensions["yingbin"]
    house.live.start()
    for loop in house.loops:
        if loop is not house.live.relay:
            loop.start()


def _stop_loops(_server: Any, worker: Any) -> None:
    house = getattr(worker.app.callable, "extensions", {}).get("yingbin")
    if house is None:
        return
    house.live.stop()
    for loop in house.loops:
        loop.stop()
    house.door.engines.dispose()


def _set_user_timeout(arbiter: Any) -> None:
    """Free what a frozen tablet holds: its kernel still answers pings of TCP, but takes no more data."""
    from server.live.socket import USER_TIMEOUT_MILLISECONDS

    for listener in arbiter.LISTENERS:
        listener.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLISECONDS)
