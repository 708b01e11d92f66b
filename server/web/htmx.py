"""What htmx asks and what it is told: only parts of a page, redirects it follows itself, and toasts."""

from __future__ import annotations

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse


def wants_fragment() -> bool:
    """Tell whether htmx asks for a part of a page rather than a whole one."""
    return request.headers.get("HX-Request") == "true"


def go_to(address: str) -> AnyResponse:
    """Send the browser on to ``address``, whether it asked with htmx or with a plain form (303: the next request is a GET)."""
    if wants_fragment():
        response: Response = make_response("", 204)
        response.headers["HX-Redirect"] = address
        return response
    return redirect(address, 303)
