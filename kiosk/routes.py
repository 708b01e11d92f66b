"""The kiosk's buttons: the home screen, how it is shown, back, help, and the wipe. Arriving and leaving have files of their own."""

from __future__ import annotations

from flask import Response, g, request
from flask.typing import ResponseReturnValue

from kiosk import arriving, leaving
from kiosk.face import blueprint, in_progress, show
from kiosk.forms import Lane, Scan, View
from kiosk.progress import Progress, begin_again, begin_anew, begun, device_id, keep, part, progress, typed, wipe
from kiosk.screens import draw
from kiosk.steps import HELP, HOME, LANES, STEPS
from server.db.operations import Operation
from server.domain.assistance import service as assistance
from server.web.auth import principal
from server.web.house import house
from server.web.i18n import language_cookie
from server.web.operation import operation

__all__ = ["arriving", "blueprint", "leaving"]


@blueprint.get("/kiosk")
def home() -> ResponseReturnValue:
    """Show the step that the person here has reached; the home screen when nobody has begun."""
    return draw()


@blueprint.post("/kiosk/begin")
def begin() -> ResponseReturnValue:
    """Enter a lane."""
    keep(operation(), step=LANES[Lane.read().lane])
    return show()


@blueprint.post("/kiosk/view")
def view() -> ResponseReturnValue:
    """Change language, size of text or reach; what stands in the fields is kept."""
    form = View.read()
    chosen = {name: value for name, value in (("text_size", form.text_size), ("reach", form.reach)) if value is not None}
    keep(operation(), **typed(), **chosen)
    return show()


@blueprint.post("/kiosk/back")
@in_progress
def back(here: Progress) -> ResponseReturnValue:
    """Go one step back; what stands in the fields is kept, unless the step before is the home screen."""
    before = here.text("before_help") if here.step == HELP else here.rules.back
    if before not in STEPS or before == HOME:
        begin_again(operation())
    else:
        keep(operation(), **typed(), step=before)
    return show()


@blueprint.post("/kiosk/home")
@in_progress
def start(_here: Progress) -> ResponseReturnValue:
    """Leave a lane for the home screen, where the next person may stand already: nothing typed is kept."""
    begin_again(operation())
    return show()


@blueprint.post("/kiosk/scan")
def scan() -> ResponseReturnValue:
    """Take what a scanner or the camera read: its holder arrives, or leaves if that is what was asked for."""
    token = Scan.read().scanned
    here = begin_anew(operation()) if progress().rules.is_end else begun(operation())
    return leaving.leave_with(token) if here.rules.leaves else arriving.arrive_with(here, token)


@blueprint.post("/kiosk/call")
def call() -> ResponseReturnValue:
    """Call a person to this kiosk; the step that was reached is kept."""
    here = begun(operation())
    assistance.call_person(house().door, part(operation(), "call"), device_id=device_id())
    if here.step != HELP:
        keep(operation(), **typed(), before_help=here.step, step=HELP)
    return show()


@blueprint.post("/kiosk/wipe")
def forget() -> ResponseReturnValue:
    """Forget the person here: the draft, its key, the language. Sent by the idle timer too, which holds no operation id."""
    wipe(Operation.internal(f"POST {request.path}", principal().actor))
    g.forget_language = True
    response = Response(status=204)
    response.delete_cookie(language_cookie("kiosk"), samesite="Strict", httponly=True, secure=request.is_secure)
    return response
