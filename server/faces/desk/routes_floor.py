"""What the desk does about a meeting: its course, tea, steps of its run sheet, who looks after it, calls from its room.

Each action answers with a toast, and with Undo where it can be taken back; a dialog that was refused is drawn again with what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.calls import queries as calls_read
from server.domain.calls import service as calls
from server.domain.meetings import service
from server.domain.meetings.plans import plan_of
from server.domain.meetings.queries import desk as meetings
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow, StepRow
from server.domain.meetings.tables import Meeting, Step
from server.errors import BadInput, Conflict, NotFound, YingbinError
from server.faces.desk import words, words_meetings
from server.faces.desk.blueprint import NO_FAULTS, Faults, blueprint, done, faults_of
from server.faces.desk.forms_meetings import (
    Attendant,
    Cancellation,
    Finished,
    Handed,
    Headcount,
    Longer,
    RoomCall,
    Skipped,
    quantities,
)
from server.faces.desk.regions_meetings import draw
from server.faces.desk.routes_meetings import find
from server.web import floor
from server.web.auth import principal
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.i18n import language
from server.web.operation import operation

Verb = Callable[..., Outcome]
LATEST = 4_102_444_800
"""The year 2100, in seconds: no meeting ends later."""
MORE_LINES = 2
"""Empty lines for what else was drawn or used."""


# --- the course of a meeting --------------------------------------------------------------------------------------------


def _start(door: Door, tap: Operation, *, meeting_id: int) -> Outcome:
    return service.start_meeting(door, tap, meeting_id=meeting_id, staff_id=principal().staff_id)


COURSE: Mapping[str, Verb] = {
    "start": _start,
    "take-back-start": service.take_back_start,
    "end": service.end_meeting,
    "resume": service.resume,
    "nobody-came": service.nobody_came,
    "take-back-nobody-came": service.take_back_nobody_came,
    "reinstate": service.reinstate,
    "do-not-disturb": service.do_not_disturb,
    "disturb-again": service.disturb_again,
}
"""Actions that need nothing but the meeting."""
UNDONE_BY = {
    "started": "take-back-start",
    "ended": "resume",
    "resumed": "end",
    "nobody_came": "take-back-nobody-came",
    "undisturbed": "disturb-again",
    "disturb_again": "do-not-disturb",
    "meeting_cancelled": "reinstate",
}
"""Outcome → the action that takes it back."""


@blueprint.post(f"/desk/meetings/<int:meeting_id>/<any({', '.join(repr(name) for name in COURSE)}):action>")
def act_on_meeting(meeting_id: int, action: str) -> ResponseReturnValue:
    """Do what the button says: it begins, ends, goes on, nobody came, they may still come, no service, service again, it takes place."""
    return _act(meeting_id, lambda: COURSE[action](house().door, operation(), meeting_id=meeting_id))


@blueprint.post("/desk/meetings/<int:meeting_id>/extend")
def extend_meeting(meeting_id: int) -> ResponseReturnValue:
    """Let a meeting last longer; the meeting after it, with its setting up, may stand in the way. Undo sets the end that was."""
    ended = int(find(meeting_id).ends_at.timestamp())

    def act() -> Outcome:
        service.extend(house().door, operation(), meeting_id=meeting_id, minutes=Longer.read().minutes)
        return Outcome(code="extended")

    return _act(meeting_id, act, undo=f"/desk/meetings/{meeting_id}/ends/{ended}")


@blueprint.post("/desk/meetings/<int:meeting_id>/ends/<int:at>")
def set_meeting_end(meeting_id: int, at: int) -> ResponseReturnValue:
    """Let a meeting end at an instant again, in seconds since 1970 (the Undo of lasting longer)."""
    with house().door.reading() as session:
        stands = session.get(Meeting, meeting_id)
        if stands is None:
            raise NotFound("meeting_unknown")
        plan, version = replace(plan_of(stands), ends_at=_instant(at)), stands.version

    def act() -> Outcome:
        service.change(house().door, operation(), meeting_id=meeting_id, version=version, plan=plan)
        return Outcome(code="change_to_see")

    return _act(meeting_id, act)


def _instant(at: int) -> datetime:
    if at > LATEST:
        raise BadInput("too_large", field="at")
    return datetime.fromtimestamp(at, UTC)


@blueprint.post("/desk/meetings/<int:meeting_id>/count")
def count_meeting(meeting_id: int) -> ResponseReturnValue:
    """Write down how many really came."""
    return _act(meeting_id, lambda: service.count_people(house().door, operation(), meeting_id=meeting_id, people=Headcount.read().people))


@blueprint.post("/desk/meetings/<int:meeting_id>/tea/<int:minutes>")
def set_meeting_tea(meeting_id: int, minutes: int) -> ResponseReturnValue:
    """Set the time between rounds of tea; nought is on call. Undo sets what was."""
    before = find(meeting_id).tea_minutes or 0
    undo = f"/desk/meetings/{meeting_id}/tea/{before}" if before != minutes else None
    return _act(meeting_id, lambda: service.set_tea(house().door, operation(), meeting_id=meeting_id, minutes=minutes or None), undo=undo)


@blueprint.get("/desk/meetings/<int:meeting_id>/cancel")
def cancel_form(meeting_id: int) -> ResponseReturnValue:
    """Ask whether, and why, a meeting is called off."""
    return _cancel(meeting_id, {"reason": ""}, NO_FAULTS)


@blueprint.post("/desk/meetings/<int:meeting_id>/cancel")
def cancel_meeting(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off; it can be taken back while its room is free."""

    def act() -> Outcome:
        return service.cancel(house().door, operation(), meeting_id=meeting_id, reason=Cancellation.read().reason)

    typed = Cancellation.typed()
    return _dialog(meeting_id, act, lambda wrong: _cancel(meeting_id, typed, wrong))


def _cancel(meeting_id: int, typed: Mapping[str, str], wrong: Faults) -> str:
    row = find(meeting_id)
    return _drawn(row, "cancel", gettext("Cancel “%(title)s”?", title=row.title), wrong, typed=typed)


# --- the run sheet ------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings/steps/<int:step_id>")
def meeting_step(step_id: int) -> ResponseReturnValue:
    """Show what can be done about a step: finish it, skip it, hand it over."""
    row, step = _step(step_id)
    return _step_form(row, step, NO_FAULTS, {})


@blueprint.post("/desk/meetings/steps/<int:step_id>/finish")
def finish_meeting_step(step_id: int) -> ResponseReturnValue:
    """A step is done: with how much, or who of another department answered, where it asks so."""

    def act() -> Outcome:
        said, counted = Finished.read(), quantities()
        return service.finish_step(
            house().door,
            operation(),
            step_id=step_id,
            staff_id=principal().staff_id,
            reason=said.reason,
            answered_name=said.answered_name,
            quantities=counted,
        )

    return _on_step(step_id, act, "finish_reason")


@blueprint.post("/desk/meetings/steps/<int:step_id>/skip")
def skip_meeting_step(step_id: int) -> ResponseReturnValue:
    """A step is left out, and why."""

    def act() -> Outcome:
        reason = Skipped.read().reason
        return service.skip_step(house().door, operation(), step_id=step_id, staff_id=principal().staff_id, reason=reason)

    return _on_step(step_id, act, "skip_reason")


@blueprint.post("/desk/meetings/steps/<int:step_id>/undo")
def undo_meeting_step(step_id: int) -> ResponseReturnValue:
    """Take back what was said of a step."""
    return _on_step(step_id, lambda: service.undo_step(house().door, operation(), step_id=step_id), "")


@blueprint.post("/desk/meetings/steps/<int:step_id>/hand")
def hand_meeting_step(step_id: int) -> ResponseReturnValue:
    """Somebody else does a step."""
    return _on_step(step_id, lambda: service.hand_step(house().door, operation(), step_id=step_id, staff_id=Handed.read().staff_id), "")


def _on_step(step_id: int, act: Callable[[], Outcome], reason: str) -> ResponseReturnValue:
    row, step = _step(step_id)
    what = str(floor.STEPS[step.kind][0])
    undo = f"/desk/meetings/steps/{step_id}/undo"
    return _dialog(
        row.meeting_id, act, lambda wrong: _step_again(step_id, wrong, reason), what=what, undo={"step_done": undo, "step_skipped": undo}
    )


def _step(step_id: int) -> tuple[MeetingRow, StepRow]:
    with house().door.reading() as session:
        found = session.get(Step, step_id)
        row = meeting_rows.one(session, found.meeting_id) if found is not None else None
    step = next((each for each in row.steps if each.step_id == step_id), None) if row is not None else None
    if row is None or step is None:
        raise NotFound("step_unknown")
    return row, step


def _step_again(step_id: int, wrong: Faults, reason: str) -> str:
    # The two reasons of the dialog stand in fields of their own; the service knows but one.
    row, step = _step(step_id)
    fields = {reason if name == "reason" else name: said for name, said in wrong.fields.items()}
    shown = ("finish_reason", "skip_reason", "answered_name", "quantities", "staff_id")
    return _step_form(row, step, Faults(whole=wrong.whole, fields=fields, status=wrong.status).told_in(shown), request.form)


def _step_form(row: MeetingRow, step: StepRow, wrong: Faults, sent: Mapping[str, str]) -> str:
    sent_lines = list(zip(request.form.getlist("item"), request.form.getlist("quantity"), strict=False))
    lines = sent_lines or [*((item, str(count)) for item, count in row.supplies(step)), *[("", "")] * MORE_LINES]
    typed = {"reason": sent.get("reason", ""), "skip_reason": "", "answered_name": sent.get("answered_name", ""), "lines": lines}
    with house().door.reading() as session:
        found = meetings.choices(session, row)
    people = [("", gettext("whoever comes first")), *((choice.person.staff_id, choice.person.name) for choice in found)]
    return _drawn(row, "step", str(floor.STEPS[step.kind][0]), wrong, step_row=step, typed=typed, people=people)


# --- who looks after it -------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings/<int:meeting_id>/attendants")
def meeting_attendants(meeting_id: int) -> ResponseReturnValue:
    """Show who looks after a meeting, and who could."""
    return _attendants(meeting_id, NO_FAULTS)


@blueprint.post("/desk/meetings/<int:meeting_id>/attendants")
def assign_to_meeting(meeting_id: int) -> ResponseReturnValue:
    """Let one more look after a meeting."""

    def act() -> Outcome:
        return service.assign_attendant(house().door, operation(), meeting_id=meeting_id, staff_id=Attendant.read().staff_id)

    undo = {"assigned": f"/desk/meetings/{meeting_id}/attendants/{_chosen()}/release"}
    return _dialog(meeting_id, act, lambda wrong: _attendants(meeting_id, wrong), undo=undo)


def _chosen() -> int:
    """Return whom the form names; nobody while it is not known to be well formed."""
    typed = request.form.get("staff_id", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@blueprint.post("/desk/meetings/<int:meeting_id>/attendants/<int:staff_id>/<any('release', 'assign'):action>")
def move_attendant(meeting_id: int, staff_id: int, action: str) -> ResponseReturnValue:
    """Let somebody look after a meeting no longer, or (the Undo) again."""
    verb = service.release_attendant if action == "release" else service.assign_attendant
    undo = {"released": f"/desk/meetings/{meeting_id}/attendants/{staff_id}/assign"}

    def act() -> Outcome:
        return verb(house().door, operation(), meeting_id=meeting_id, staff_id=staff_id)

    return _dialog(meeting_id, act, lambda wrong: _attendants(meeting_id, wrong), undo=undo)


@blueprint.post("/desk/meetings/<int:meeting_id>/attendants/<int:staff_id>/replace")
def replace_on_meeting(meeting_id: int, staff_id: int) -> ResponseReturnValue:
    """Let somebody else look after a meeting instead; what is open goes with it."""
    return _replace(meeting_id, staff_id, lambda: Attendant.read().staff_id, _chosen())


@blueprint.post("/desk/meetings/<int:meeting_id>/attendants/<int:staff_id>/back/<int:to_staff_id>")
def put_back_on_meeting(meeting_id: int, staff_id: int, to_staff_id: int) -> ResponseReturnValue:
    """Take a replacement back (the Undo)."""
    return _replace(meeting_id, staff_id, lambda: to_staff_id, to_staff_id)


def _replace(meeting_id: int, staff_id: int, other: Callable[[], int], named: int) -> ResponseReturnValue:
    def act() -> Outcome:
        return service.replace_attendant(house().door, operation(), meeting_id=meeting_id, staff_id=staff_id, to_staff_id=other())

    undo = {"assigned": f"/desk/meetings/{meeting_id}/attendants/{named}/back/{staff_id}"}
    return _dialog(meeting_id, act, lambda wrong: _attendants(meeting_id, wrong), undo=undo)


def _attendants(meeting_id: int, wrong: Faults) -> str:
    row = find(meeting_id)
    with house().door.reading() as session:
        choices = meetings.choices(session, row)
    free, taken = gettext("free"), gettext("taken then")
    others = [(each.person.staff_id, f"{each.person.name} · {free if each.free else taken}") for each in choices if not each.there]
    title = gettext("Who looks after “%(title)s”", title=row.title)
    return _drawn(row, "attendants", title, wrong.told_in(()), choices=choices, others=others, typed={})


# --- calls from rooms ---------------------------------------------------------------------------------------------------


@blueprint.post("/desk/meetings/<int:meeting_id>/call")
def call_for_meeting(meeting_id: int) -> ResponseReturnValue:
    """Call the attendants to a room that rang the desk up."""
    row, said = find(meeting_id), RoomCall.read()
    outcome = calls.call_for(
        house().door, operation(), room_id=row.room_id, meeting_id=meeting_id, wish=said.wish, note=said.note, source="desk"
    )
    undo = f"/desk/room-calls/{outcome.ids['call']}/withdraw" if outcome.code == "called" else None
    return _said(meeting_id, outcome, what=_wish_words(row.room, row.room_en, said.wish), undo=undo)


CALLS: Mapping[str, Verb] = {
    "ack": calls.ack_call,
    "arrive": calls.arrive,
    "finish": calls.finish_call,
    "release": calls.release_call,
    "undo": calls.undo_call,
    "withdraw": calls.withdraw_call,
}
WITH_WHO = frozenset({"ack", "arrive", "finish"})
CALL_UNDONE_BY = {"call_acked": "release", "call_done": "undo", "call_released": "ack"}


@blueprint.post(f"/desk/room-calls/<int:call_id>/<any({', '.join(repr(name) for name in CALLS)}):action>")
def act_on_room_call(call_id: int, action: str) -> ResponseReturnValue:
    """Somebody goes, is there, it is done; and what takes these back."""
    who = {"staff_id": principal().staff_id} if action in WITH_WHO else {}
    outcome = CALLS[action](house().door, operation(), call_id=call_id, **who)
    with house().door.reading() as session:
        call = calls_read.call_row(session, call_id)
    assert call is not None
    back = CALL_UNDONE_BY.get(outcome.code)
    undo = f"/desk/room-calls/{call_id}/{back}" if back else None
    return _said(call.meeting_id, outcome, what=_wish_words(call.room, call.room_en, call.wish), undo=undo)


def _wish_words(room: str, room_en: str, wish: str) -> str:
    return f"{words.named(room, room_en, language())} · {floor.WISHES[wish][0]}"


# --- answers ------------------------------------------------------------------------------------------------------------


def _act(meeting_id: int, act: Callable[[], Outcome], *, undo: str | None = None) -> ResponseReturnValue:
    try:
        outcome = act()
    except Conflict as error:
        if error.code != "room_taken" or not wants_fragment():
            raise
        return _taken(error), error.status, {"X-Error-Code": error.code}
    back = UNDONE_BY.get(outcome.code)
    return _said(meeting_id, outcome, undo=undo or (f"/desk/meetings/{meeting_id}/{back}" if back else None))


def _said(meeting_id: int | None, outcome: Outcome, *, what: str = "", undo: str | None = None) -> ResponseReturnValue:
    if not wants_fragment():
        return go_to(
            done("meeting", outcome, meeting_id=meeting_id, of=meeting_id) if meeting_id is not None else done("meetings", outcome)
        )
    return render_template("desk/_toast.html", text=words_meetings.sentence(outcome.code, what), undo=undo)


def _taken(error: YingbinError) -> str:
    """Return the toast of a room that is taken: by which meeting, and the way there."""
    with house().door.reading() as session:
        row = meeting_rows.one(session, int(error.facts["meeting"] or 0))
    return draw("_taken_toast.html", row=row)


def _dialog(
    meeting_id: int,
    act: Callable[[], Outcome],
    again: Callable[[Faults], str],
    *,
    what: str = "",
    undo: Mapping[str, str] | None = None,
) -> ResponseReturnValue:
    """Do ``act`` and say so; or draw the dialog again, where it was, with what is wrong."""
    try:
        outcome = act()
    except (BadInput, Conflict) as error:
        wrong = faults_of(error)
        headers = {"X-Error-Code": error.code}
        if wants_fragment():
            headers |= {"HX-Retarget": "#sheet", "HX-Reswap": "innerHTML"}
        return again(wrong), wrong.status, headers
    back = UNDONE_BY.get(outcome.code)
    takes_back = (undo or {}).get(outcome.code) or (f"/desk/meetings/{meeting_id}/{back}" if back else None)
    return _said(meeting_id, outcome, what=what, undo=takes_back)


def _drawn(row: MeetingRow, form: str, title: str, wrong: Faults, **shown: Any) -> str:
    in_dialog = wants_fragment()
    template = "_meeting_dialog.html" if in_dialog else "meeting_dialog.html"
    return draw(template, row=row, form=form, title=title, faults=wrong, in_dialog=in_dialog, **shown)
