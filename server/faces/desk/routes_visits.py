"""One visitor at the desk: the walk-in, the record, and every action on it. An action answers with a toast that names the visitor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.db.operations import Operation, Outcome
from server.db.transaction import Door
from server.domain.people import queries as people
from server.domain.people.queries import HostCard
from server.domain.visits import queries, service
from server.domain.visits.rules import COMING_MINUTES, WAIT_MINUTES
from server.errors import NotFound
from server.faces.desk import words
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms_visits import Correction, Observed, Promise, Refusal, SomebodyElse, WalkIn
from server.web import qr
from server.web.auth import principal
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.operation import operation

NOBODY_YET = {"host_id": "", "name": "", "phone": "", "company": "", "purpose": "meeting", "companions": "0", "language": "zh"}

UNDONE_BY = {"signed_out": "take-back", "declined": "reopen"}
"""Outcome → the action that takes it back."""

Verb = Callable[..., Outcome]


# --- a walk-in ----------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/visits/new")
def new_visit() -> ResponseReturnValue:
    """Ask about somebody who stands at the desk."""
    return _walk_in({**NOBODY_YET, "host_id": request.args.get("host", "")}, NO_FAULTS)


@blueprint.post("/desk/visits/new")
def add_visit() -> ResponseReturnValue:
    """Sign in a walk-in; the host is told at once."""

    def act() -> str:
        form = WalkIn.read()
        outcome = service.sign_in_at_desk(house().door, operation(), gate=house().settings.gate, **form.model_dump())
        return done("record", outcome, visit_id=int(outcome.ids["visit"] or 0))

    typed = WalkIn.typed()
    return answer(act, lambda wrong: _walk_in(typed, wrong))


def _walk_in(typed: dict[str, str], wrong: Faults) -> str:
    return render_template("desk/walk_in.html", typed=typed, faults=wrong, chosen=chosen_host(typed["host_id"]))


def chosen_host(typed: str) -> HostCard | None:
    """Return the host that a form has chosen, None if it names none that may be visited."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        return None
    with house().door.reading() as session:
        card = people.host_card(session, int(typed))
    return card if card is not None and card.active else None


# --- the record ---------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/visits/<int:visit_id>")
def record(visit_id: int) -> ResponseReturnValue:
    """Show all that is known of a visit. That somebody looked is noted, and stands on the visitor's receipt."""
    service.open_record(house().door, Operation.internal(f"open record:{visit_id}", actor=principal().actor), visit_id=visit_id)
    return _record(visit_id, NO_FAULTS)


def _record(visit_id: int, wrong: Faults) -> str:
    with house().door.reading() as session:
        shown = queries.record_of(session, house().keys, visit_id)
    return render_template(
        "desk/record.html",
        record=shown,
        visit=shown.visit,
        faults=wrong,
        svg=_pass_svg(shown),
        observed=_observed_now(),
        coming=COMING_MINUTES,
        wait=WAIT_MINUTES,
    )


def _pass_svg(shown: queries.RecordView) -> str:
    return qr.svg(qr.link(house().settings, "v", shown.pass_token)) if shown.pass_token and shown.visit.open else ""


def _observed_now() -> dict[str, str]:
    local = house().clock.now().astimezone(house().settings.zone)
    return {"day": f"{local:%Y-%m-%d}", "hour": f"{local:%H:%M}"}


@blueprint.get("/desk/visits/<int:visit_id>/answer")
def answer_form(visit_id: int) -> ResponseReturnValue:
    """Show what can be answered for the host: a dialog, or a page where there is no script."""
    with house().door.reading() as session:
        shown = queries.record_of(session, house().keys, visit_id)
    template = "desk/_answer.html" if wants_fragment() else "desk/answer.html"
    return render_template(template, visit=shown.visit, may=shown.may, coming=COMING_MINUTES, wait=WAIT_MINUTES, faults=NO_FAULTS)


@blueprint.get("/desk/visits/<int:visit_id>/label")
def label(visit_id: int) -> ResponseReturnValue:
    """Show the badge of 62×90 mm, to be printed."""
    with house().door.reading() as session:
        shown = queries.record_of(session, house().keys, visit_id)
    if not shown.pass_token or not shown.visit.open:
        raise NotFound("no_pass")
    return render_template("desk/label.html", visit=shown.visit, code=shown.code, svg=_pass_svg(shown))


@blueprint.get("/desk/visits/<int:visit_id>/correct")
def correction(visit_id: int) -> ResponseReturnValue:
    """Show what stands about a visitor, to be corrected."""
    return _correction(visit_id, None, NO_FAULTS)


@blueprint.post("/desk/visits/<int:visit_id>/correct")
def correct(visit_id: int) -> ResponseReturnValue:
    """Correct what stands about a visitor; the earlier words are gone, that they were corrected stays in the history."""

    def act() -> str:
        outcome = service.correct(house().door, operation(), visit_id=visit_id, **Correction.read().model_dump())
        return done("record", outcome, visit_id=visit_id)

    typed = Correction.typed()
    return answer(act, lambda wrong: _correction(visit_id, typed, wrong))


def _correction(visit_id: int, typed: dict[str, str] | None, wrong: Faults) -> str:
    with house().door.reading() as session:
        visit = queries.record_of(session, house().keys, visit_id).visit
    if not typed or not wrong.fields:
        typed = {field: str(getattr(visit, field)) for field in Correction.model_fields}
    return render_template("desk/correction.html", visit=visit, typed=typed, faults=wrong)


@blueprint.post("/desk/visits/<int:visit_id>/observed")
def observed(visit_id: int) -> ResponseReturnValue:
    """Record what was seen, afterwards: a fact that is never refused, unless it lies ahead."""

    def act() -> str:
        form = Observed.read()
        at = datetime.combine(form.day, form.hour, tzinfo=house().settings.zone).astimezone(UTC)
        verb = service.record_arrival if form.what == "arrival" else service.record_departure
        outcome = verb(house().door, operation(), visit_id=visit_id, at=at)
        code = "recorded_contradicting" if outcome.ids.get("contradicts") else "recorded"
        return done("record", Outcome(code=code), visit_id=visit_id)

    return answer(act, lambda wrong: _record(visit_id, wrong))


@blueprint.get("/desk/visits/<int:visit_id>/reassign")
def reassign_form(visit_id: int) -> ResponseReturnValue:
    """Ask who will come instead."""
    return _reassign(visit_id, "", NO_FAULTS)


@blueprint.post("/desk/visits/<int:visit_id>/reassign")
def reassign(visit_id: int) -> ResponseReturnValue:
    """Ask somebody else, of any tenant; that person is told at once."""

    def act() -> str:
        outcome = service.desk_reassign(house().door, operation(), visit_id=visit_id, to_host_id=SomebodyElse.read().to_host_id)
        return done("record", outcome, visit_id=visit_id)

    chosen = request.form.get("to_host_id", "")
    return answer(act, lambda wrong: _reassign(visit_id, chosen, wrong))


def _reassign(visit_id: int, chosen: str, wrong: Faults) -> str:
    with house().door.reading() as session:
        visit = queries.record_of(session, house().keys, visit_id).visit
    return render_template("desk/reassign.html", visit=visit, faults=wrong, chosen=chosen_host(chosen))


@blueprint.post("/desk/visits/<int:visit_id>/forget")
def forget_visit(visit_id: int) -> ResponseReturnValue:
    """Remove the visitor's personal data now; the counts stay."""

    def act() -> str:
        return done("record", service.forget_visit(house().door, operation(), visit_id=visit_id), visit_id=visit_id)

    return answer(act, lambda wrong: _record(visit_id, wrong))


# --- actions that answer with a toast -----------------------------------------------------------------------------------


@blueprint.post("/desk/visits/<int:visit_id>/coming")
def coming(visit_id: int) -> ResponseReturnValue:
    """Answer for the host: coming in so many minutes."""
    return _act(visit_id, service.desk_answer_coming, minutes=Promise.read().minutes)


@blueprint.post("/desk/visits/<int:visit_id>/wait")
def wait(visit_id: int) -> ResponseReturnValue:
    """Answer for the host: please wait so many minutes."""
    return _act(visit_id, service.desk_answer_wait, minutes=Promise.read().minutes)


@blueprint.post("/desk/visits/<int:visit_id>/decline")
def decline(visit_id: int) -> ResponseReturnValue:
    """Answer for the host: not possible, and why."""
    return _act(visit_id, service.desk_answer_declined, reason=Refusal.read().reason)


@blueprint.post("/desk/visits/<int:visit_id>/sign-in")
def sign_in(visit_id: int) -> ResponseReturnValue:
    """Sign in somebody who is expected, or who comes again."""
    return _act(visit_id, service.sign_in_visit, gate=house().settings.gate)


PLAIN: Mapping[str, Verb] = {
    "reopen": service.reopen,
    "met": service.desk_mark_met,
    "admit": service.admit,
    "call": service.call_again,
    "take-over": service.take_over,
    "sign-out": service.sign_out,
    "take-back": service.take_back_sign_out,
    "withdraw": service.withdraw_visit,
}
"""Actions that need nothing but the visit."""


@blueprint.post(f"/desk/visits/<int:visit_id>/<any({', '.join(repr(name) for name in PLAIN)}):action>")
def act_on_visit(visit_id: int, action: str) -> ResponseReturnValue:
    """Do what the button says: met, let in, call again, look after, sign out, and what takes them back."""
    return _act(visit_id, PLAIN[action])


def _act(visit_id: int, verb: Verb, **said: object) -> ResponseReturnValue:
    door: Door = house().door
    outcome = verb(door, operation(), visit_id=visit_id, **said)
    if not wants_fragment():
        return go_to(url_for("desk.record", visit_id=visit_id))
    with door.reading() as session:
        name = queries.record_of(session, house().keys, visit_id).visit.name
    back = UNDONE_BY.get(outcome.code)
    undo = f"/desk/visits/{visit_id}/{back}" if back else None
    return render_template("desk/_toast.html", text=words.visit_sentence(outcome.code, name), undo=undo)
