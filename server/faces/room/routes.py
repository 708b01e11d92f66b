"""Routes of the room page: what its link leads to while the meeting has the room, each button, and what is said when it leads nowhere.

Each button is a plain form: it works without a socket and without script, and the page that follows shows how things stand.
"""

from __future__ import annotations

import secrets

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.calls.queries import CallRow
from server.domain.meetings import service as meetings
from server.domain.meetings.queries.rows import MeetingRow
from server.errors import BadInput, Conflict, NotFound, TooMany
from server.faces.room import words
from server.faces.room.face import acting, blueprint, meeting_of, page_of, proper, shown_at
from server.faces.room.forms import Longer, Note, OneCall
from server.web import floor
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import language
from server.web.operation import operation

__all__ = ["blueprint"]


@shown_at("/r/<token>")
def room(token: str) -> ResponseReturnValue:
    """Show the page of the meeting that has the room."""
    meeting = meeting_of(token)
    return _page(meeting, said=_again(meeting) or _just_done(), token=proper(token))


@shown_at("/r/<token>/call/<wish>", "POST")
def call(token: str, wish: str) -> ResponseReturnValue:
    """Ask for something; a second tap is told since when it has been called for."""
    meeting = acting(token)
    outcome = calls.call_for(
        house().door, operation(), room_id=meeting.room_id, meeting_id=meeting.meeting_id, wish=wish, note=Note.read().note, source="room"
    )
    return go_to(page_of(token, again=wish) if outcome.code == "already_called" else page_of(token))


@shown_at("/r/<token>/withdraw", "POST")
def withdraw(token: str) -> ResponseReturnValue:
    """It is not needed any more."""
    mine = _own_call(acting(token))
    calls.withdraw_call(house().door, operation(), call_id=mine.call_id)
    return go_to(page_of(token))


@shown_at("/r/<token>/reopen", "POST")
def reopen(token: str) -> ResponseReturnValue:
    """It was not done well: somebody is called again."""
    mine = _own_call(acting(token))
    calls.reopen_call(house().door, operation(), call_id=mine.call_id)
    return go_to(page_of(token))


@shown_at("/r/<token>/quiet", "POST")
def quiet(token: str) -> ResponseReturnValue:
    """Nobody shall come in until it is taken back."""
    meetings.do_not_disturb(house().door, operation(), meeting_id=acting(token).meeting_id)
    return go_to(page_of(token))


@shown_at("/r/<token>/disturb", "POST")
def disturb(token: str) -> ResponseReturnValue:
    """Service may go on."""
    meetings.disturb_again(house().door, operation(), meeting_id=acting(token).meeting_id)
    return go_to(page_of(token))


@shown_at("/r/<token>/extend", "POST")
def extend(token: str) -> ResponseReturnValue:
    """The meeting takes longer; refused where the next one needs the room, with until when it may go on."""
    meeting, minutes = acting(token), int(Longer.read().minutes)
    meetings.extend(house().door, operation(), meeting_id=meeting.meeting_id, minutes=minutes)
    return go_to(page_of(token, done="longer"))


@shown_at("/r/<token>/begin", "POST")
def begin(token: str) -> ResponseReturnValue:
    """They have begun: the door says so."""
    meetings.start_from_room(house().door, operation(), meeting_id=acting(token).meeting_id)
    return go_to(page_of(token, done="begun"))


@shown_at("/r/<token>/end", "POST")
def end(token: str) -> ResponseReturnValue:
    """The meeting is over: its room is tidied at once."""
    meetings.end_meeting(house().door, operation(), meeting_id=acting(token).meeting_id)
    return go_to(page_of(token, done="over"))


@blueprint.errorhandler(NotFound)
def unknown(_error: NotFound) -> ResponseReturnValue:
    """Answer alike, and kindly, whatever makes a link lead nowhere."""
    return render_template("room/unknown.html", code="link_unknown"), 404, {"X-Error-Code": "link_unknown"}


@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(BadInput)
@blueprint.errorhandler(TooMany)
def stands(error: Conflict | BadInput | TooMany) -> ResponseReturnValue:
    """Show how things stand, with why it could not be done."""
    headers = {"X-Error-Code": error.code}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.facts.get("retry_seconds", 60))
    token = proper(str((request.view_args or {}).get("token", "")))
    return Response(_page(meeting_of(token), said=words.said(error), token=token), error.status, headers)


def _page(meeting: MeetingRow, *, said: str, token: str) -> str:
    return render_template(
        "room/room.html",
        meeting=meeting,
        token=token,
        said=said,
        wishes=floor.WISHES,
        title=words.title_of(meeting),
        room=floor.room(meeting.room, meeting.room_en, language()),
        # A browser without script sends this page's own: once a page, and the page that follows has the next.
        operation_here=secrets.token_hex(16),
    )


def _again(meeting: MeetingRow) -> str:
    """Return what a second tap is told, while that call is open."""
    with house().door.reading() as session:
        shown = calls_read.calls_of_room(session, meeting.room_id, meeting.meeting_id)
    standing = next((call for call in shown if call.open and call.wish == request.args.get("again")), None)
    return words.already(standing.called_at) if standing else ""


def _just_done() -> str:
    done = request.args.get("done", "")
    return str(words.DONE[done]) if done in words.DONE else ""


def _own_call(meeting: MeetingRow) -> CallRow:
    """Return the call that the form names, if it is this meeting's own; raises NotFound alike for another's and for none."""
    with house().door.reading() as session:
        found = calls_read.call_row(session, OneCall.read().call)
    if found is None or found.meeting_id != meeting.meeting_id:
        raise NotFound("room_call_unknown")
    return found
