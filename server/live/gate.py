"""The gate before the live wire: who may open a websocket is decided on the request, before any socket or thread is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from http import HTTPStatus
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from server.live.tickets import Ticket

PATH = "/socket.io/"
TICKET = "yingbin.ticket"
"""Where the gate leaves the ticket for the socket's own handler."""
MOST_SOCKETS = 8
"""Sockets that one subject may hold on one worker: a tab left open here and there, not a flood."""

ReadTicket = Callable[[str], Ticket | None]
CookieSubject = Callable[[WSGIEnvironment, str], str | None]
"""Tell whom the cookie of a face proves (``device:3``), None if there is none or it is no longer good."""


class Gate:
    """Stands before the app; lets only websockets with a good ticket from a known origin through to Socket.IO."""

    def __init__(self, app: WSGIApplication, *, read_ticket: ReadTicket, cookie_subject: CookieSubject, origins: Collection[str]) -> None:
        """Guard ``app``; ``origins`` are those a browser may come from."""
        self._app = app
        self._read_ticket = read_ticket
        self._cookie_subject = cookie_subject
        self._origins = frozenset(origins)
        self._open: Counter[str] = Counter()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass what is not the wire's on, refuse, or serve a socket until it closes."""
        if not environ.get("PATH_INFO", "").startswith(PATH):
            return self._app(environ, start_response)
        query = parse_qs(environ.get("QUERY_STRING", ""))
        ticket = self._read_ticket(query.get("ticket", [""])[0])
        refusal = self._refusal(environ, query, ticket)
        if refusal is not None or ticket is None:
            return _answer(refusal or HTTPStatus.UNAUTHORIZED, start_response)
        environ[TICKET] = ticket
        # Should Engine.IO's own websocket class be in use: it accepts every offer to compress.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return self._serve(ticket, environ, start_response)

    def _refusal(self, environ: WSGIEnvironment, query: dict[str, list[str]], ticket: Ticket | None) -> HTTPStatus | None:
        if not _is_websocket(environ) or query.get("transport") != ["websocket"] or "sid" in query:
            return HTTPStatus.BAD_REQUEST
        if ticket is None:
            return HTTPStatus.UNAUTHORIZED
        origin = environ.get("HTTP_ORIGIN")
        # Only a browser sends an Origin, and it always does; whoever sends none must have the face's cookie.
        if origin not in self._origins if origin is not None else not ticket.with_cookie:
            return HTTPStatus.FORBIDDEN
        if ticket.with_cookie and self._cookie_subject(environ, ticket.face) != ticket.subject:
            return HTTPStatus.UNAUTHORIZED
        if self._open[ticket.subject] >= MOST_SOCKETS:
            return HTTPStatus.TOO_MANY_REQUESTS
        return None

    def _serve(self, ticket: Ticket, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._open[ticket.subject] += 1
        answered: list[str] = []

        def answer(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            answered.append(status)
            return start_response(status, headers, *rest)  # type: ignore[arg-type]  # passed on as it came

        try:
            body = self._app(environ, answer)  # type: ignore[arg-type]  # the same shape with looser words
        finally:
            self._open[ticket.subject] -= 1
            if not self._open[ticket.subject]:
                del self._open[ticket.subject]
        if answered:
            return body
        # The socket has been served and is closed: tell the server not to write an answer into it.
        raise StopIteration if "gunicorn.socket" in environ else ConnectionError


def _is_websocket(environ: WSGIEnvironment) -> bool:
    return (
        environ.get("REQUEST_METHOD") == "GET"
        and environ.get("HTTP_UPGRADE", "").lower() == "websocket"
        and "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and "HTTP_SEC_WEBSOCKET_KEY" in environ
    )


def _answer(status: HTTPStatus, start_response: StartResponse) -> Iterable[bytes]:
    words = f"{status.value} {status.phrase}"
    start_response(
        words, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(words))), ("Cache-Control", "no-store")]
    )
    return [words.encode()]
