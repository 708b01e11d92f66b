"""Posts: who is where, who covers for whom, who may leave; and the register of a day with the gaps at the desk (S50 to S54, S111)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.days import local_day
from server.db.operations import Outcome
from server.domain.posts import queries, service
from server.domain.posts.rules import PostState
from server.domain.staff.queries import staff_card
from server.faces.desk import timeline, words
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done, faults_of
from server.faces.desk.forms_posts import AskedDay, AskLeave, FoundAway, PostMove
from server.web.auth import principal
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.operation import operation

Verb = Callable[..., Outcome]

MOVES: Mapping[str, Verb] = {
    "clock-in": service.clock_in,
    "meal": service.go_to_meal,
    "back": service.come_back,
    "leave": service.leave_post,
    "clock-out": service.clock_out,
}
"""Part of the address → the verb that moves a post."""


@blueprint.get("/desk/posts")
def posts() -> ResponseReturnValue:
    """Show who is on post, at a meal, away or covering, with what the desk can do about it."""
    return _posts(NO_FAULTS)


def _posts(wrong: Faults) -> str:
    with house().door.reading() as session:
        everyone = queries.everyone(session)
    mine = next((row for row in everyone if row.staff_id == principal().staff_id), None)
    on_duty = [(row.staff_id, row.name) for row in everyone if row.state is not PostState.OFF]
    return render_template("desk/posts.html", names=on_duty, mine=mine, faults=wrong)


@blueprint.get("/desk/posts/register")
def post_register() -> ResponseReturnValue:
    """Show a day: everybody's times, and when the desk stood empty and who answers for it."""
    now, zone = house().clock.now(), house().settings.zone
    today = local_day(now, zone)
    try:
        day, wrong = AskedDay.from_values({"day": request.args.get("day", today.isoformat())}).day, NO_FAULTS
    except BadForm as bad:
        day, wrong = today, faults_of(bad)
    with house().door.reading() as session:
        rows, coverage = queries.history(session, day, zone), queries.coverage(session, day, zone)
    drawn = timeline.draw(rows, coverage, day=day, zone=zone, now=now)
    return render_template("desk/post_register.html", day=day, today=today, rows=rows, coverage=coverage, drawn=drawn, faults=wrong), (
        wrong.status
    )


@blueprint.post("/desk/posts/<int:staff_id>/<any('clock-in', 'meal', 'back', 'leave', 'clock-out'):action>")
def move_post(staff_id: int, action: str) -> ResponseReturnValue:
    """Move somebody's post: the own one, or as somebody asks the desk to."""
    more = {"closing": PostMove.read().closing == "yes"} if action == "clock-out" else {}
    outcome = MOVES[action](house().door, operation(), staff_id=staff_id, **more)
    undo = url_for("desk.undo_post", staff_id=staff_id, stint_id=outcome.ids["stint"])
    return _answered(outcome, undo=undo)


@blueprint.post("/desk/posts/<int:staff_id>/undo/<int:stint_id>")
def undo_post(staff_id: int, stint_id: int) -> ResponseReturnValue:
    """Take the last change of a post back."""
    return _answered(service.undo(house().door, operation(), staff_id=staff_id, stint_id=stint_id))


@blueprint.post("/desk/posts/<int:staff_id>/ask-cover")
def ask_cover(staff_id: int) -> ResponseReturnValue:
    """Ask on every tablet that somebody take over."""
    return _answered(service.ask_cover(house().door, operation(), staff_id=staff_id))


@blueprint.post("/desk/posts/covers/<int:cover_id>/withdraw")
def withdraw_cover(cover_id: int) -> ResponseReturnValue:
    """Need nobody to take over any more."""
    return _answered(service.withdraw_cover(house().door, operation(), cover_id=cover_id))


@blueprint.post("/desk/posts/covers/<int:cover_id>/accept")
def accept_cover(cover_id: int) -> ResponseReturnValue:
    """The supervisor takes over himself."""
    return _answered(service.accept_cover(house().door, operation(), cover_id=cover_id, staff_id=principal().staff_id or 0))


@blueprint.post("/desk/posts/ask-leave")
def ask_leave() -> ResponseReturnValue:
    """Ask to leave the own post."""

    def act() -> str:
        form = AskLeave.read()
        outcome = service.ask_leave(house().door, operation(), staff_id=principal().staff_id or 0, reason=form.words or form.reason)
        return done("posts", outcome)

    return answer(act, _posts)


@blueprint.post("/desk/posts/leaves/<int:leave_id>/withdraw")
def withdraw_leave(leave_id: int) -> ResponseReturnValue:
    """Stay after all."""
    return _answered(service.withdraw_leave(house().door, operation(), leave_id=leave_id))


@blueprint.post("/desk/posts/leaves/<int:leave_id>/approve")
def approve_leave(leave_id: int) -> ResponseReturnValue:
    """Let somebody leave the post."""
    return _answered(service.approve_leave(house().door, operation(), leave_id=leave_id))


@blueprint.post("/desk/posts/leaves/<int:leave_id>/refuse")
def refuse_leave(leave_id: int) -> ResponseReturnValue:
    """Keep somebody at the post."""
    return _answered(service.refuse_leave(house().door, operation(), leave_id=leave_id))


@blueprint.post("/desk/posts/found-away")
def note_away() -> ResponseReturnValue:
    """Write down that somebody was found away from the post without leave."""

    def act() -> str:
        form = FoundAway.read()
        return done("posts", service.note_away(house().door, operation(), staff_id=form.staff_id, reason=form.words))

    return answer(act, _posts)


def _answered(outcome: Outcome, *, undo: str | None = None) -> ResponseReturnValue:
    if not wants_fragment():
        return go_to(done("posts", outcome))
    with house().door.reading() as session:
        card = staff_card(session, int(outcome.ids["staff"] or 0))
    return render_template("desk/_toast.html", text=words.post_sentence(outcome.code, card.name if card else ""), undo=undo)
