"""The kiosk's blueprint, and how every button of it answers: by the step that the person has reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from kiosk.progress import Progress, keep_cookie, progress
from server.web.htmx import go_to

blueprint = Blueprint("kiosk", __name__, template_folder="templates")


def show() -> ResponseReturnValue:
    """Answer a button: the browser loads the kiosk's one address again, which leaves nothing behind in its history."""
    return go_to(url_for("kiosk.home"))


def in_progress(view: Callable[[Progress], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
    """Call ``view`` with the draft of the person here; without one (it was wiped meanwhile) show the home screen."""

    @wraps(view)
    def with_draft() -> ResponseReturnValue:
        here = progress()
        return view(here) if here.key else show()

    return with_draft


@blueprint.after_request
def _keep_cookie(response: Response) -> Response:
    return keep_cookie(response)
