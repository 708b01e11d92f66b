"""Routes of the door sign: its one screen, the fault that somebody reports there, and whether it still stands where it stood."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.days import local_day
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.rules import Wish
from server.domain.devices import queries as devices
from server.domain.meetings.queries import doors
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import RoomCard
from server.errors import NotFound
from server.faces.door.regions import room_of
from server.web.auth import principal
from server.web.house import house
from server.web.operation import operation
from server.web.themes import theme_of

blueprint = Blueprint("door", __name__, template_folder="templates")

DAY_BEGINS, DAY_ENDS = 7, 18
"""Hours of the site between which a sign without a theme of its own is light."""
SOURCE = "door"


@blueprint.get("/door")
def door() -> ResponseReturnValue:
    """Show the sign of this device's room; where there is none, how to give it one."""
    room = room_of(principal().device_id)
    if room is None:
        with house().door.reading() as session:
            known = rooms.rooms(session)
        return render_template("door/nowhere.html", theme=_theme(), known=known, device=_device_name())
    return render_template("door/door.html", theme=_theme(), room=room)


@blueprint.post("/door/fault")
def report_fault() -> ResponseReturnValue:
    """Somebody in the corridor says that something is broken: a technician is called; a second tap is told since when."""
    room = _room()
    with house().door.reading() as session:
        current = doors.door(session, room.id, local_day(house().clock.now(), house().settings.zone)).current
    outcome = calls.call_for(
        house().door,
        operation(),
        room_id=room.id,
        meeting_id=current.meeting_id if current else None,
        wish=Wish.TECHNICIAN.value,
        source=SOURCE,
    )
    if outcome.code == "already_called":
        since = datetime.fromisoformat(str(outcome.ids["since"])).astimezone(house().settings.zone)
        said = gettext("Called since %(hour)s already; somebody comes.", hour=f"{since:%H:%M}")
        return render_template("door/_toast.html", text=said, undo=None)
    undo = url_for("door.undo_fault", call_id=int(outcome.ids["call"] or 0))
    return render_template("door/_toast.html", text=gettext("Thank you, a technician is called."), undo=undo)


@blueprint.post("/door/fault/<int:call_id>/undo")
def undo_fault(call_id: int) -> ResponseReturnValue:
    """It was a slip: the call that this door made is taken back."""
    room = _room()
    with house().door.reading() as session:
        call = calls_read.call_row(session, call_id)
    if call is None or call.room_id != room.id or call.source != SOURCE:
        raise NotFound("room_call_unknown")
    calls.withdraw_call(house().door, operation(), call_id=call_id)
    return render_template("door/_toast.html", text=gettext("Taken back."), undo=None)


@blueprint.get("/door/still")
def still() -> ResponseReturnValue:
    """Tell a sign whether its screen is still right: 204, or 205 when the device stands elsewhere by now, or the light has changed."""
    room = room_of(principal().device_id)
    as_shown = (request.args.get("room", ""), request.args.get("theme", ""))
    return "", 204 if as_shown == (str(room.id if room else 0), _theme()) else 205


def _room() -> RoomCard:
    room = room_of(principal().device_id)
    if room is None:
        raise NotFound("room_unknown")
    return room


def _theme() -> str:
    with house().door.reading() as session:
        chosen = devices.device_card(session, principal().device_id or 0).theme
    return theme_of(chosen, light_from=DAY_BEGINS, light_until=DAY_ENDS)


def _device_name() -> str:
    with house().door.reading() as session:
        return devices.device_card(session, principal().device_id or 0).name
