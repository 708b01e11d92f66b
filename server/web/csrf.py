"""No request that changes something is taken from elsewhere.

Three locks: cookies that are not sent from other sites (SameSite=Strict), an Origin that must be one of ours, and a token that only
our own pages hold, bound to the cookie or link it is used with.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from server.errors import Refused
from server.web.access import Role
from server.web.auth import principal
from server.web.house import house

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
GUEST_COOKIE = "yb-guest"
"""Binds the token of somebody who has no proof yet (the login page, the enrolment page)."""


def csrf_token() -> str:
    """Return the token that a form on this page must send back."""
    return house().keys.digest("csrf", _bound_to())


def _bound_to() -> str:
    asker = principal()
    return asker.credential or _guest()


def _guest() -> str:
    if "guest" not in g:
        known = request.cookies.get(GUEST_COOKIE, "")
        g.guest = known if len(known) == 32 else secrets.token_hex(16)
        g.new_guest = g.guest != known
    found: str = g.guest
    return found


def is_from_here() -> bool:
    """Tell whether the browser says that the request comes from one of our own pages."""
    allowed = house().settings.allowed_origins
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin in allowed
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    referrer = urlsplit(request.headers.get("Referer", ""))
    return f"{referrer.scheme}://{referrer.netloc}" in allowed


def install(app: Flask) -> None:
    """Check every unsafe request, and keep the guest's cookie."""

    @app.before_request
    def check() -> None:
        if request.method in SAFE or request.endpoint is None:
            return
        if principal().role is Role.API:
            return  # Proved by a header that no browser adds by itself, on the one blueprint where cookies prove nothing.
        if not is_from_here():
            raise Refused("from_elsewhere")
        sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
        if not hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token().encode()):
            raise Refused("page_too_old")

    @app.after_request
    def keep(response: Response) -> Response:
        # A refusal has no form: what a browser asks for by itself must leave nothing on a kiosk.
        if g.get("new_guest") and response.status_code < 400:
            response.set_cookie(GUEST_COOKIE, g.guest, httponly=True, samesite="Strict", secure=house().settings.is_https)
        return response

    app.jinja_env.globals["csrf_token"] = csrf_token
