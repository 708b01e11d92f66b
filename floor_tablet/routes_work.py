"""The work: steps, tea, changes and calls, one tap each; a step's own page where finishing it needs more than a tap."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from floor_tablet.blueprint import blueprint, said
from floor_tablet.forms_work import Finished, Why, quantities, round_ids
from server.db.operations import Outcome
from server.domain.calls import service as calls
from server.domain.meetings import service as meetings
from server.domain.meetings.queries import papers
from server.domain.meetings.queries import rows as read
from server.domain.meetings.queries.rows import MeetingRow, StepRow
from server.domain.meetings.rules import is_too_early, opens_at
from server.errors import BadInput, Conflict, NotFound, YingbinError
from server.web import floor
from server.web.auth import principal
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.i18n import language
from server.web.operation import operation
from server.web.sentences import error_sentence, field_sentences, sentence

Verb = Callable[..., Outcome]

TOO_EARLY = "step_too_early"
"""The one refusal of a card's tap that is no end of it: the step's own page has the place for the reason."""


def me() -> int:
    """Return who has the tablet open."""
    return principal().staff_id or 0


@blueprint.get("/tablet/steps/<int:step_id>")
def step(step_id: int) -> ResponseReturnValue:
    """Show one step by itself, with its procedure and what finishing it needs; ``?skip`` asks only why it is left out."""
    return _step_page(step_id, is_skipped="skip" in request.args)


@blueprint.post("/tablet/steps/<int:step_id>/finish")
def finish_step(step_id: int) -> ResponseReturnValue:
    """A step is done."""

    def act() -> Outcome:
        form = Finished.read()
        return meetings.finish_step(house().door, operation(), step_id=step_id, staff_id=me(), quantities=quantities(), **form.model_dump())

    return _from_step(step_id, act)


@blueprint.post("/tablet/steps/<int:step_id>/skip")
def skip_step(step_id: int) -> ResponseReturnValue:
    """A step is left out, and why."""

    def act() -> Outcome:
        return meetings.skip_step(house().door, operation(), step_id=step_id, staff_id=me(), reason=Why.read().reason)

    return _from_step(step_id, act, is_skipped=True)


@blueprint.post("/tablet/steps/<int:step_id>/undo")
def undo_step(step_id: int) -> ResponseReturnValue:
    """Take back what was said of a step."""
    return said(meetings.undo_step(house().door, operation(), step_id=step_id))


def _from_step(step_id: int, act: Callable[[], Outcome], *, is_skipped: bool = False) -> ResponseReturnValue:
    """Do it and say so, with Undo. What a card's tap cannot do is asked for on the step's own page, which keeps what was typed."""
    is_from_card = "page" not in request.form
    try:
        outcome = act()
    except (BadInput, Conflict) as refusal:
        if is_from_card and refusal.code != TOO_EARLY:
            raise
        if is_from_card and wants_fragment():
            return go_to(url_for("floor_tablet.step", step_id=step_id))
        return _step_page(step_id, refusal, is_skipped=is_skipped)
    if not is_from_card:
        return go_to(url_for("floor_tablet.home", done=outcome.code, of=step_id))
    return said(outcome, text=step_said(step_id, outcome.code), undo=url_for("floor_tablet.undo_step", step_id=step_id))


def step_said(step_id: int, code: str) -> str:
    """Return what was done with a step, by its name; empty for an unknown step or code."""
    with house().door.reading() as session:
        kind = read.kind_of_step(session, step_id)
    return floor.step_done(kind, code) if kind is not None else ""


def _step_page(step_id: int, refusal: YingbinError | None = None, *, is_skipped: bool = False) -> ResponseReturnValue:
    with house().door.reading() as session:
        meeting, row = _of_step(read.of_step(session, step_id), step_id)
        card = next((each for each in papers.sheet(session, meeting.category) if each.plan.kind is row.kind), None)
        names = read.names_answered(session, row.party) if row.asks_name else ()
    sop = (card.sop_en or card.sop if language() == "en" else card.sop or card.sop_en) if card else ""
    typed = {name: request.form.get(name, "") if refusal else "" for name in ("answered_name", "reason")}
    whole, errors = _faults(refusal)
    is_early = row.open and not is_skipped and is_too_early(row.due_at, house().clock.now())
    page = render_template(
        "tablet/step.html",
        step=row,
        meeting=meeting,
        floor=floor,
        sop=sop,
        names=names,
        typed=typed,
        whole=whole,
        errors=errors,
        is_skipped=is_skipped,
        is_early=is_early,
        told=sentence(TOO_EARLY, {"opens": opens_at(row.due_at).isoformat()}) if is_early and refusal is None else "",
        items=_items(meeting, row),
    )
    return page if refusal is None else (page, refusal.status, {"X-Error-Code": refusal.code})


def _faults(refusal: YingbinError | None) -> tuple[str, dict[str, str]]:
    if refusal is None:
        return "", {}
    if isinstance(refusal, BadForm):
        return "", field_sentences(refusal)
    if isinstance(refusal, BadInput):
        return "", {refusal.field: error_sentence(refusal)}
    return error_sentence(refusal), {}


def _of_step(meeting: MeetingRow | None, step_id: int) -> tuple[MeetingRow, StepRow]:
    row = next((each for each in meeting.steps if each.step_id == step_id), None) if meeting else None
    if meeting is None or row is None:
        raise NotFound("step_unknown")
    return meeting, row


def _items(meeting: MeetingRow, row: StepRow) -> list[tuple[str, int]]:
    """Return what is proposed: what was drawn is what was used, else what so many people take."""
    typed = dict(zip(request.form.getlist("item"), request.form.getlist("quantity"), strict=False))
    proposed = meeting.supplies(row)
    return [(item, int(typed[item]) if typed.get(item, "").isdecimal() else count) for item, count in proposed]


@blueprint.post("/tablet/rounds/<int:round_id>/finish")
def finish_round(round_id: int) -> ResponseReturnValue:
    """A round of tea is served."""
    outcome = meetings.finish_round(house().door, operation(), round_id=round_id, staff_id=me())
    return said(outcome, undo=url_for("floor_tablet.undo_round", round_id=round_id))


@blueprint.post("/tablet/rounds/<int:round_id>/skip")
def skip_round(round_id: int) -> ResponseReturnValue:
    """A round of tea is left out, and why."""
    outcome = meetings.skip_round(house().door, operation(), round_id=round_id, staff_id=me(), reason=Why.read().reason)
    return said(outcome, undo=url_for("floor_tablet.undo_round", round_id=round_id))


@blueprint.post("/tablet/rounds/<int:round_id>/undo")
def undo_round(round_id: int) -> ResponseReturnValue:
    """Take back that a round was served or left out."""
    return said(meetings.undo_round(house().door, operation(), round_id=round_id))


@blueprint.post("/tablet/trips/finish")
def finish_trip() -> ResponseReturnValue:
    """One trip of the trolley served several rooms."""
    return said(meetings.finish_trip(house().door, operation(), round_ids=round_ids(), staff_id=me()))


@blueprint.post("/tablet/changes/<int:change_id>/seen")
def see_change(change_id: int) -> ResponseReturnValue:
    """I have seen the change."""
    return said(meetings.acknowledge_change(house().door, operation(), change_id=change_id, staff_id=me()))


CALL_VERBS: dict[str, Verb] = {"ack": calls.ack_call, "arrive": calls.arrive, "finish": calls.finish_call}
"""What answers a call, by its word in the address."""
CALL_UNDO: dict[str, Verb] = {"ack": calls.release_call, "finish": calls.undo_call}
"""And what takes it back."""


@blueprint.post("/tablet/calls/<int:call_id>/<any(ack, arrive, finish):action>")
def answer_call(call_id: int, action: str) -> ResponseReturnValue:
    """I go, I am there, it is done."""
    outcome = CALL_VERBS[action](house().door, operation(), call_id=call_id, staff_id=me())
    undo = url_for("floor_tablet.undo_call", call_id=call_id, action=action) if action in CALL_UNDO else None
    return said(outcome, undo=undo)


@blueprint.post("/tablet/calls/<int:call_id>/<any(ack, finish):action>/undo")
def undo_call(call_id: int, action: str) -> ResponseReturnValue:
    """I cannot go after all; it is not done after all."""
    return said(CALL_UNDO[action](house().door, operation(), call_id=call_id))


@blueprint.post("/tablet/hand-over/<int:to_staff_id>")
def hand_over(to_staff_id: int) -> ResponseReturnValue:
    """Somebody else takes all that I have open today."""
    return said(meetings.hand_over(house().door, operation(), staff_id=me(), to_staff_id=to_staff_id))
