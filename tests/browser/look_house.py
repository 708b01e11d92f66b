"""A tiny server for looking at the parts: real templates, sheets, scripts and content security policy, and no house behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from babel.messages.pofile import read_po
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader

from server.web.headers import POLICY
from server.web.i18n import day_words
from server.web.qr import svg

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

Query = dict[str, str]
Answer = tuple[int, str, str]
"""Status, content type, text."""


def chinese() -> dict[str, str]:
    """Return the parts' own sentences."""
    with (ROOT / "server/web/translations/zh_Hans_CN/areas/parts.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def environment(lang: str, query: Query, pages: dict[str, str]) -> Environment:
    """Return Jinja as the house sets it up, as far as the parts use it."""
    templates = ChoiceLoader([DictLoader(pages), FileSystemLoader(ROOT / "server/web/templates")])
    env = Environment(loader=templates, autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    words = chinese() if lang == "zh" else {}

    def translate(message: str) -> str:
        return words.get(message, message)

    env.install_gettext_callables(translate, lambda one, many, n: translate(one if n == 1 else many), newstyle=True)  # type: ignore[attr-defined]  # given by the extension
    env.filters.update(iso=lambda instant: instant.isoformat(), day=lambda instant: day_words(_local_day(instant), lang))
    env.globals.update(
        asset=lambda name: f"/static/{name}",
        csrf_token=lambda: "the-token",
        language=lambda: lang,
        now=lambda: NOW,
        page_data=lambda data: {f"data-{name}": value for name, value in data.items()},
        qr=svg,
        request=SimpleNamespace(args=query),
        settings=SimpleNamespace(timezone="Asia/Shanghai", basic_mode=False),
        site_name=lambda: "Wangjiang Park" if lang == "en" else "望江产业园",
        theme=query.get("theme", "day"),
        density=query.get("density", "desk"),
        live=False,
    )
    return env


def _local_day(instant: datetime) -> date:
    return instant.date()


@dataclass(kw_only=True)
class Look:
    """The running server: its address, its pages, what was posted to it and what it answers."""

    address: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    """Path → source of a template; ``/parts`` is always there."""
    posted: list[tuple[str, dict[str, list[str]], dict[str, str]]] = field(default_factory=list)
    """Every POST: path, form fields, headers."""
    answers: dict[str, Callable[[], Answer | None]] = field(default_factory=dict)
    """Path → what a POST gets; None drops the connection without an answer."""

    def page(self, path: str, body: str, *, density: str = "desk", data: str = "{}", lang: str = "en") -> str:
        """Put a page at ``path`` whose body is ``body`` (Jinja, with ``ui``) and return its address."""
        self.pages[path] = (
            f"{{% set face = 'web' %}}{{% set density = '{density}' %}}{{% set live = false %}}{{% set data = {data} %}}"
            f"{{% extends 'web/page.html' %}}{{% block body %}}{body}{{% endblock %}}"
        )
        return f"{self.address}{path}?lang={lang}"

    def render(self, path: str, query: Query) -> str | None:
        """Return the page at ``path``, or None."""
        env = environment(query.get("lang", "zh"), query, self.pages)
        if path == "/parts":
            return env.get_template("web/parts_page.html").render()
        return env.get_template(path).render() if path in self.pages else None


def _handler(look: Look) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path.startswith("/static/"):
                self._send_file(ROOT / asked.path.lstrip("/"))
                return
            page = look.render(asked.path, {name: values[-1] for name, values in parse_qs(asked.query).items()})
            self._send(404 if page is None else 200, "text/html; charset=utf-8", (page or "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            path = urlsplit(self.path).path
            look.posted.append((path, parse_qs(body, keep_blank_values=True), dict(self.headers.items())))
            answer = look.answers.get(path, lambda: (204, "text/plain", ""))()
            if answer is None:
                self.close_connection = True
                return
            status, kind, text = answer
            self._send(status, kind, text.encode())

        def _send_file(self, path: Path) -> None:
            if not path.is_file():
                self._send(404, "text/plain", b"")
                return
            self._send(200, guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            if status == 303:
                self.send_header("Location", body.decode())
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def open_look() -> Iterator[Look]:
    """Serve on a free port of the loopback until the block ends."""
    look = Look()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(look))
    server.daemon_threads = True
    look.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, name="look", daemon=True)
    thread.start()
    try:
        yield look
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
