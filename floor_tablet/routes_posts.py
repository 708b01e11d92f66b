"""Posts: where I am, one tap each; who is where; taking over for somebody."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from floor_tablet.blueprint import answered, blueprint
from floor_tablet.forms import AskLeave, ClockOut
from server.db.operations import Outcome
from server.domain.posts import queries, service
from server.web.auth import principal
from server.web.house import house
from server.web.operation import operation

Verb = Callable[..., Outcome]


@blueprint.get("/tablet/posts")
def posts() -> ResponseReturnValue:
    """Show my post with what I can do, and everybody's."""
    return render_template("tablet/posts.html")


@blueprint.post("/tablet/posts/clock-in")
def clock_in() -> ResponseReturnValue:
    """Begin duty again."""
    return _moved(service.clock_in)


@blueprint.post("/tablet/posts/meal")
def go_to_meal() -> ResponseReturnValue:
    """Go to a meal."""
    return _moved(service.go_to_meal)


@blueprint.post("/tablet/posts/back")
def come_back() -> ResponseReturnValue:
    """Be on post again; who covered for me is free."""
    return _moved(service.come_back)


@blueprint.post("/tablet/posts/leave")
def leave_post() -> ResponseReturnValue:
    """Go, as the supervisor has approved."""
    return _moved(service.leave_post)


@blueprint.post("/tablet/posts/clock-out")
def clock_out() -> ResponseReturnValue:
    """End duty."""
    return _moved(service.clock_out, closing=ClockOut.read().closing == "yes")


@blueprint.post("/tablet/posts/undo/<int:stint_id>")
def undo_post(stint_id: int) -> ResponseReturnValue:
    """Take my last change back."""
    return answered(service.undo(house().door, operation(), staff_id=_me(), stint_id=stint_id))


@blueprint.post("/tablet/posts/ask-leave")
def ask_leave() -> ResponseReturnValue:
    """Ask the supervisor to be let go for a while."""
    form = AskLeave.read()
    return answered(service.ask_leave(house().door, operation(), staff_id=_me(), reason=form.words or form.reason))


@blueprint.post("/tablet/posts/leaves/<int:leave_id>/withdraw")
def withdraw_leave(leave_id: int) -> ResponseReturnValue:
    """Stay after all."""
    return answered(service.withdraw_leave(house().door, operation(), leave_id=leave_id))


@blueprint.post("/tablet/posts/ask-cover")
def ask_cover() -> ResponseReturnValue:
    """Ask the others to take over from me."""
    return answered(service.ask_cover(house().door, operation(), staff_id=_me()))


@blueprint.post("/tablet/posts/covers/<int:cover_id>/accept")
def accept_cover(cover_id: int) -> ResponseReturnValue:
    """Take over."""
    outcome = service.accept_cover(house().door, operation(), cover_id=cover_id, staff_id=_me())
    with house().door.reading() as session:
        covered = queries.post_of(session, _me()).covers
    return answered(outcome, gettext("You cover for %(who)s now.", who=covered) if covered else "", undo=_undo(outcome))


@blueprint.post("/tablet/posts/covers/<int:cover_id>/withdraw")
def withdraw_cover(cover_id: int) -> ResponseReturnValue:
    """Need nobody to take over any more."""
    return answered(service.withdraw_cover(house().door, operation(), cover_id=cover_id))


def _moved(verb: Verb, **more: object) -> ResponseReturnValue:
    outcome = verb(house().door, operation(), staff_id=_me(), **more)
    return answered(outcome, undo=_undo(outcome))


def _undo(outcome: Outcome) -> str:
    return url_for("floor_tablet.undo_post", stint_id=outcome.ids["stint"])


def _me() -> int:
    return principal().staff_id or 0
