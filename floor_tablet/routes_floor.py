"""Meetings and rooms on the tablet: the days, the rooms, one meeting with all that can be done for it, and the manuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from floor_tablet.blueprint import blueprint, said
from floor_tablet.forms_work import Count, Interval, Minutes
from server.db.operations import Outcome
from server.domain.meetings import service
from server.domain.meetings.queries import doors, papers
from server.domain.meetings.queries import rows as read
from server.domain.meetings.rules import Category, State
from server.errors import NotFound
from server.web import floor, manuals, qr
from server.web.house import house
from server.web.i18n import language
from server.web.operation import operation

Verb = Callable[..., Outcome]

SHOWS_PAGE = (State.PREPARING, State.READY, State.IN_SESSION, State.ENDED)
"""While a meeting is here, the QR of its room page is shown."""


@blueprint.get("/tablet/meetings")
def meetings() -> ResponseReturnValue:
    """Show the meetings of today and tomorrow."""
    return render_template("tablet/meetings.html")


@blueprint.get("/tablet/rooms")
def rooms() -> ResponseReturnValue:
    """Show how every room stands."""
    return render_template("tablet/rooms.html")


@blueprint.get("/tablet/meetings/<int:meeting_id>")
def meeting(meeting_id: int) -> ResponseReturnValue:
    """Show one meeting."""
    with house().door.reading() as session:
        row = read.one(session, meeting_id)
        if row is None:
            raise NotFound("meeting_unknown")
        token = doors.room_token(session, house().keys, meeting_id) if row.state in SHOWS_PAGE else ""
    names = ("contingency", "vip" if row.category is Category.VIP else "daily")
    return render_template(
        "tablet/meeting.html",
        meeting=row,
        token=token,
        qr=lambda text: qr.svg(qr.link(house().settings, "r", text)),
        manuals=[(name, floor.MANUALS[name]) for name in names],
    )


@blueprint.get("/tablet/manuals/<any(contingency, daily, vip):name>")
def manual(name: str) -> ResponseReturnValue:
    """Show one of the department's texts: what to do if something goes wrong is one tap away (S138)."""
    with house().door.reading() as session:
        card = papers.manual(session, name)
    if card is None:
        raise NotFound("not_here")
    text, is_proposal = manuals.text_of(card, language())
    return render_template("tablet/manual.html", heading=floor.MANUALS[name], parts=manuals.parts_of(text), is_proposal=is_proposal)


PLAIN: Mapping[str, Verb] = {
    "end": service.end_meeting,
    "resume": service.resume,
    "nobody": service.nobody_came,
    "awaited": service.take_back_nobody_came,
    "quiet": service.do_not_disturb,
    "service": service.disturb_again,
    "unstart": service.take_back_start,
}
"""Actions that need nothing but the meeting."""
BACK: Mapping[str, str] = {"end": "resume", "quiet": "service", "start": "unstart", "nobody": "awaited"}
"""Action → the one that takes it back."""


@blueprint.post(f"/tablet/meetings/<int:meeting_id>/<any({', '.join(PLAIN)}):action>")
def act_on_meeting(meeting_id: int, action: str) -> ResponseReturnValue:
    """Do what the button says."""
    return said(PLAIN[action](house().door, operation(), meeting_id=meeting_id), undo=_undo(meeting_id, action))


@blueprint.post("/tablet/meetings/<int:meeting_id>/start")
def start(meeting_id: int) -> ResponseReturnValue:
    """The meeting has begun."""
    from floor_tablet.routes_work import me

    outcome = service.start_meeting(house().door, operation(), meeting_id=meeting_id, staff_id=me())
    return said(outcome, undo=_undo(meeting_id, "start"))


def _undo(meeting_id: int, action: str) -> str | None:
    if action not in BACK:
        return None
    return url_for("floor_tablet.act_on_meeting", meeting_id=meeting_id, action=BACK[action])


@blueprint.post("/tablet/meetings/<int:meeting_id>/extend")
def extend(meeting_id: int) -> ResponseReturnValue:
    """The meeting lasts longer; refused with what comes next in the room."""
    return said(service.extend(house().door, operation(), meeting_id=meeting_id, minutes=Minutes.read().minutes))


@blueprint.post("/tablet/meetings/<int:meeting_id>/tea")
def set_tea(meeting_id: int) -> ResponseReturnValue:
    """Change the time between rounds of tea."""
    return said(service.set_tea(house().door, operation(), meeting_id=meeting_id, minutes=Interval.read().minutes))


@blueprint.post("/tablet/meetings/<int:meeting_id>/people")
def count_people(meeting_id: int) -> ResponseReturnValue:
    """Write down how many came."""
    return said(service.count_people(house().door, operation(), meeting_id=meeting_id, people=Count.read().people))
