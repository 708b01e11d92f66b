"""The host's phone: the answer to one visit, the host's own page, and the evening's question to a tenant."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlmodel import Session

from server.domain.people import queries as people
from server.domain.visits import queries, service
from server.domain.visits.queries import Link
from server.domain.visits.rules import WAIT_MINUTES
from server.errors import BadInput, NotFound
from server.faces.phone.face import proper, shown_at
from server.faces.phone.forms import Handover, InMinutes, Refusal
from server.faces.phone.words import REASONS
from server.web.house import house
from server.web.htmx import go_to
from server.web.operation import operation

MOST_COLLEAGUES = 30
MOST_SEARCHED = 200
"""Found in the whole park, before those of other companies are left out."""


@shown_at("/h/<token>")
def host(token: str) -> ResponseReturnValue:
    """Show what a host's link leads to: one visit, the host's own page, or the evening's question."""
    invitation_id = request.args.get("invitation", type=int)
    if invitation_id is not None:
        # The list of a region cannot hold the token that an address needs.
        return redirect(url_for("phone.invitation", token=proper(token), invitation_id=invitation_id))
    return page(proper(token))


def page(token: str, *, said: str = "") -> str:
    """Draw a host's page, with a sentence above it where something was refused."""
    link = link_of(token)
    if link.kind == "farewell":
        return _farewell_page(token, link, said)
    visit_id = request.args.get("visit", type=int) or (request.view_args or {}).get("visit_id") or link.visit_id
    if visit_id is not None:
        return _visit_page(token, link, visit_id, said)
    return _own_page(token, link, said)


def link_of(token: str) -> Link:
    """Return what a host's token leads to; raises NotFound alike for an unknown, expired or withdrawn one."""
    with house().door.reading() as session:
        return queries.link_of(session, house().keys, token, house().clock.now())


def _own_page(token: str, link: Link, said: str) -> str:
    with house().door.reading() as session:
        shown = queries.host_page(session, house().keys, link.host_id, house().clock.now())
    return render_template("phone/host.html", token=token, said=said, host=shown)


def _visit_page(token: str, link: Link, visit_id: int, said: str) -> str:
    if link.kind == "answer" and visit_id != link.visit_id:
        raise NotFound("link_unknown")
    with house().door.reading() as session:
        visit = queries.host_visit(session, visit_id, link.host_id)
    if request.args.get("pick"):
        return _colleagues_page(token, link, visit)
    return render_template(
        "phone/answer.html",
        token=token,
        said=said,
        visit=visit,
        host_id=link.host_id,
        base=_base(token, visit_id),
        own_page=url_for("phone.host", token=token) if link.kind == "host" else "",
        reasons=REASONS,
        wait_minutes=WAIT_MINUTES,
    )


def _colleagues_page(token: str, link: Link, visit: queries.HostVisit) -> str:
    who = request.args.get("who", "")[:60].strip()
    with house().door.reading() as session:
        found = _colleagues(session, link, who)
    return render_template(
        "phone/pick.html",
        token=token,
        visit=visit,
        who=who,
        colleagues=found[:MOST_COLLEAGUES],
        more=len(found) > MOST_COLLEAGUES,
        base=_base(token, visit.visit_id),
    )


def _colleagues(session: Session, link: Link, who: str) -> list[people.HostCard]:
    try:
        found = people.search_hosts(session, who, limit=MOST_SEARCHED) if who else people.hosts_of(session, link.tenant_id)
    except BadInput:
        return []
    return [card for card in found if card.tenant_id == link.tenant_id and card.id != link.host_id and card.active]


def _farewell_page(token: str, link: Link, said: str) -> str:
    with house().door.reading() as session:
        farewell = queries.farewell_of(session, link.tenant_id)
    return render_template("phone/farewell.html", token=token, said=said, farewell=farewell)


def _base(token: str, visit_id: int) -> str:
    return url_for("phone.host", token=token) + f"/visits/{visit_id}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who answers for which visit."""

    visit_id: int
    host_id: int


def _asked(token: str, visit_id: int) -> Asked:
    """Return whose link this is for that visit; raises NotFound when the link does not speak for it."""
    link = link_of(proper(token))
    if link.kind == "farewell" or (link.kind == "answer" and link.visit_id != visit_id):
        raise NotFound("link_unknown")
    return Asked(visit_id=visit_id, host_id=link.host_id)


def _back(token: str, visit_id: int) -> ResponseReturnValue:
    return go_to(url_for("phone.host", token=proper(token), visit=visit_id, just=1))


@shown_at("/h/<token>/visits/<int:visit_id>/seen", "POST")
def seen(token: str, visit_id: int) -> ResponseReturnValue:
    """The opened page says so itself; a link preview cannot."""
    asked = _asked(token, visit_id)
    service.mark_seen(house().door, operation(), visit_id=visit_id, host_id=asked.host_id)
    return "", 204


@shown_at("/h/<token>/visits/<int:visit_id>/coming", "POST")
def coming(token: str, visit_id: int) -> ResponseReturnValue:
    """The host comes."""
    asked = _asked(token, visit_id)
    form = InMinutes.read()
    service.answer_coming(house().door, operation(), visit_id=visit_id, host_id=asked.host_id, minutes=form.minutes)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/wait", "POST")
def wait(token: str, visit_id: int) -> ResponseReturnValue:
    """The host asks the visitor to wait."""
    asked = _asked(token, visit_id)
    form = InMinutes.read()
    service.answer_wait(house().door, operation(), visit_id=visit_id, host_id=asked.host_id, minutes=form.minutes)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/decline", "POST")
def decline(token: str, visit_id: int) -> ResponseReturnValue:
    """The host cannot receive the visitor."""
    asked = _asked(token, visit_id)
    form = Refusal.read()
    service.answer_declined(house().door, operation(), visit_id=visit_id, host_id=asked.host_id, reason=form.reason or "other")
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/undo-decline", "POST")
def undo_decline(token: str, visit_id: int) -> ResponseReturnValue:
    """The host did not mean to decline."""
    asked = _asked(token, visit_id)
    service.undo_decline(house().door, operation(), visit_id=visit_id, host_id=asked.host_id)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/reassign", "POST")
def reassign(token: str, visit_id: int) -> ResponseReturnValue:
    """Somebody else of the same company comes."""
    asked = _asked(token, visit_id)
    form = Handover.read()
    service.reassign(house().door, operation(), visit_id=visit_id, host_id=asked.host_id, to_host_id=form.to)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/met", "POST")
def met(token: str, visit_id: int) -> ResponseReturnValue:
    """The host has met the visitor."""
    asked = _asked(token, visit_id)
    service.mark_met(house().door, operation(), visit_id=visit_id, host_id=asked.host_id)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/sign-out", "POST")
def sign_out_visitor(token: str, visit_id: int) -> ResponseReturnValue:
    """The host's visitor has left."""
    asked = _asked(token, visit_id)
    service.sign_out_by_host(house().door, operation(), visit_id=visit_id, host_id=asked.host_id)
    return _back(token, visit_id)


@shown_at("/h/<token>/visits/<int:visit_id>/undo-sign-out", "POST")
def undo_visitor(token: str, visit_id: int) -> ResponseReturnValue:
    """The host's visitor had not left."""
    asked = _asked(token, visit_id)
    with house().door.reading() as session:
        queries.host_visit(session, visit_id, asked.host_id)
    service.undo_sign_out(house().door, operation(), visit_id=visit_id)
    return _back(token, visit_id)


@shown_at("/h/<token>/farewell", "POST")
def answer_farewell(token: str) -> ResponseReturnValue:
    """The tenant says who is still there and who has left."""
    tidy = proper(token)
    here, left = (tuple(_numbers(name)) for name in ("here", "left"))
    service.answer_farewell(house().door, operation(), token=tidy, left=left, here=here)
    return go_to(url_for("phone.host", token=tidy, thanks=1))


def _numbers(name: str) -> list[int]:
    return [int(number) for number in request.form.getlist(name) if number.isdecimal() and len(number) < 18]
