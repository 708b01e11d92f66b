"""Routes of the phone: what the links of visitors and of hosts lead to, and what they say when they lead nowhere."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from server.errors import BadInput, Conflict, Gone, NotFound
from server.faces.phone import host, invitations, visitor
from server.faces.phone.face import blueprint, token_here
from server.faces.phone.sentences import said
from server.web.words import floor

__all__ = ["blueprint", "host", "invitations", "visitor"]


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"floor": floor, "again": _same_page_in}


def _same_page_in(lang: str) -> str:
    """Return the query of this page in another language."""
    return "&".join(
        [*(f"{name}={int(value)}" for name, value in request.args.items() if name in KEPT and value.isdecimal()), f"lang={lang}"]
    )


KEPT = frozenset({"visit", "pick", "invitation"})
"""What a change of language keeps of the address."""


@blueprint.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """Answer alike, and kindly, whatever makes a link lead nowhere."""
    return render_template("phone/unknown.html", code="link_unknown"), 404, {"X-Error-Code": "link_unknown"}


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(Gone)
@blueprint.errorhandler(BadInput)
def stands(error: Conflict | Gone | BadInput) -> ResponseReturnValue:
    """Show how things stand, with why it could not be done."""
    page = visitor.page if request.path[:3].lower() == "/v/" else host.page
    return Response(page(token_here(), said=said(error)), error.status, {"X-Error-Code": error.code})
