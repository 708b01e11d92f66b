"""Leaving by the kiosk: by the pass, by its code, or by one's own phone number; and taking that back."""

from __future__ import annotations

from collections.abc import Callable

from flask.typing import ResponseReturnValue

from kiosk.arriving import arrive_with
from kiosk.face import blueprint, in_progress, show
from kiosk.forms import LeaveBy, LeaveByCode, LeaveByPhone
from kiosk.progress import Progress, keep, part, typed
from kiosk.refusals import refused_with
from kiosk.screens import draw
from server.db.operations import Outcome
from server.domain.visits import service as visits
from server.errors import Conflict, NotFound, TooMany
from server.web.forms import BadForm
from server.web.house import house
from server.web.operation import operation
from server.web.sentences import error_sentence, field_sentences, sentence


@blueprint.post("/kiosk/leave-by")
@in_progress
def leave_by(_here: Progress) -> ResponseReturnValue:
    """Choose to leave without the pass at hand."""
    keep(operation(), step=LeaveBy.read().by, surname="")
    return show()


@blueprint.post("/kiosk/leave-code")
@in_progress
def leave_code(_here: Progress) -> ResponseReturnValue:
    """Leave by the six-digit code and the surname."""

    def by_code() -> Outcome:
        form = LeaveByCode.read()
        return visits.sign_out_by_code(house().door, part(operation(), "leave"), code=form.code, surname=form.surname)

    return _leave_as_typed(by_code)


@blueprint.post("/kiosk/leave-phone")
@in_progress
def leave_phone(_here: Progress) -> ResponseReturnValue:
    """Leave by the last four digits of one's own phone and the surname."""

    def by_phone() -> Outcome:
        form = LeaveByPhone.read()
        return visits.sign_out_by_phone(house().door, part(operation(), "leave"), tail=form.tail, surname=form.surname)

    return _leave_as_typed(by_phone)


@blueprint.post("/kiosk/way")
@in_progress
def way_on(here: Progress) -> ResponseReturnValue:
    """Turn a refusal round: who was already in leaves, who was not in comes in, by the pass or code just shown."""
    token, code = here.text("token"), here.text("code")
    if here.text("refusal") == "already_in" and token:
        return leave_with(token)
    if here.text("refusal") == "already_in" and code:
        return _leave_as_typed(
            lambda: visits.sign_out_by_code(house().door, part(operation(), "leave"), code=code, surname=here.text("surname"))
        )
    if here.text("refusal") == "not_in" and token:
        return arrive_with(here, token)
    return show()


@blueprint.post("/kiosk/undo")
@in_progress
def undo(here: Progress) -> ResponseReturnValue:
    """Take the sign-out back that this person has just made."""
    try:
        visits.undo_sign_out(house().door, part(operation(), "undo"), visit_id=int(here.text("left_visit") or 0))
    except (Conflict, NotFound) as refused:
        keep(operation(), **refused_with(refused))
        return show()
    keep(operation(), step="stayed")
    return show()


def leave_with(token: str) -> ResponseReturnValue:
    """Sign out the holder of a pass, or say kindly why not."""
    try:
        outcome = visits.sign_out_by_token(house().door, part(operation(), "leave"), token=token)
    except (NotFound, Conflict) as refused:
        keep(operation(), **refused_with(refused), token=token)
        return show()
    return _goodbye(outcome)


def _leave_as_typed(leave: Callable[[], Outcome]) -> ResponseReturnValue:
    keep(operation(), **typed())
    try:
        outcome = leave()
    except BadForm as bad:
        return draw(errors=field_sentences(bad), status=bad.status)
    except TooMany as refused:
        return draw(errors={"surname": error_sentence(refused)}, status=refused.status)
    except (NotFound, Conflict) as refused:
        keep(part(operation(), "refused"), **refused_with(refused), token="")
        return show()
    if outcome.code == "no_match":
        return draw(errors={"surname": sentence("no_match", {})}, status=422)
    return _goodbye(outcome)


def _goodbye(outcome: Outcome) -> ResponseReturnValue:
    # What was typed to leave by is not needed any more.
    keep(part(operation(), "goodbye"), step="left", left_visit=str(outcome.ids["visit"]), surname="", tail="", code="", token="")
    return show()
