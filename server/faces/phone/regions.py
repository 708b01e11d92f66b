"""Live regions of the phone: a visit as its visitor sees it, as its host answers it, and a host's own page.

Nobody watches them by role: each is opened one by one to the holder of the link whose it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import render_template
from flask_babel import lazy_gettext
from sqlmodel import Session

from server.domain.visits import queries
from server.domain.visits.rules import local_day
from server.errors import NotFound
from server.events import Event, InvitationEvent, NameEvent, VisitEvent, VisitReassigned
from server.faces.phone.words import REASONS, invitation_words, visit_words, word
from server.live.regions import ROW, Region, RegionId, Registry, Touch, every
from server.web.auth import Principal
from server.web.house import house
from server.web.words import STEPS, floor, reason


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    for name, draw, label in (
        ("phone.visit", _draw_visit, lazy_gettext("Your visit")),
        ("phone.visit_actions", _draw_visit_actions, lazy_gettext("What you can do")),
        ("phone.answer", _draw_answer, lazy_gettext("Your visitor")),
        ("phone.answer_actions", _draw_answer_actions, lazy_gettext("Your answer")),
    ):
        attributes = {"aria-label": label} | ({} if name.endswith("_actions") else {"aria-live": "polite"})
        registry.add(Region(name=name, parameter=ROW, touched_by=_of_visit(name), render=draw, attributes=attributes))
    registry.add(
        Region(
            name="phone.host",
            parameter=ROW,
            touched_by={
                InvitationEvent: lambda fact: _hosts(fact.host_id),
                VisitReassigned: lambda fact: _hosts(fact.from_host_id),
                NameEvent: lambda _: every("phone.host"),
            },
            looked_up_by={VisitEvent: lambda session, fact: _hosts(*queries.hosts_concerned(session, fact.visit_id))},
            render=_draw_host,
            attributes={"aria-label": lazy_gettext("My visitors")},
        )
    )


def opened_by(_asker: Principal, key: str) -> Iterable[str]:
    """Return the regions that a link opens: those of its visit, or of its host with the visits on his page."""
    now = house().clock.now()
    with house().door.reading() as session:
        visit_id = queries.visit_of_token(session, house().keys, key, local_day(now, house().settings.zone))
        if visit_id is not None:
            return (f"phone.visit:{visit_id}", f"phone.visit_actions:{visit_id}")
        try:
            link = queries.link_of(session, house().keys, key, now)
            return _of_link(session, link)
        except NotFound:
            return ()


def _of_link(session: Session, link: queries.Link) -> tuple[str, ...]:
    if link.kind == "answer" and link.visit_id is not None:
        return _answers(link.visit_id)
    if link.kind != "host":
        return ()
    page = queries.host_page(session, house().keys, link.host_id, house().clock.now())
    shown = {visit.visit_id for visit in (*page.waiting, *page.inside, *page.expected)}
    return (f"phone.host:{link.host_id}", *(region for visit_id in sorted(shown) for region in _answers(visit_id)))


def _answers(visit_id: int) -> tuple[str, str]:
    return f"phone.answer:{visit_id}", f"phone.answer_actions:{visit_id}"


def _of_visit(name: str) -> Mapping[type[Event], Touch]:
    def touched(fact: VisitEvent | InvitationEvent) -> list[str]:
        return [] if fact.visit_id is None else [f"{name}:{fact.visit_id}"]

    return {VisitEvent: touched, InvitationEvent: touched, NameEvent: lambda _: every(name)}


def _hosts(*host_ids: int | None) -> list[str]:
    return [f"phone.host:{host_id}" for host_id in host_ids if host_id is not None]


def _draw_visit(session: Session, region_id: RegionId) -> str:
    return _draw_status("phone/_visit.html", session, region_id)


def _draw_visit_actions(session: Session, region_id: RegionId) -> str:
    return _draw_status("phone/_visit_actions.html", session, region_id)


def _draw_status(template: str, session: Session, region_id: RegionId) -> str:
    shown = queries.pass_of_visit(session, house().keys, int(region_id.parameter))
    return render_template(template, shown=shown, ladder=shown.ladder, reason=reason, floor=floor)


def _draw_answer(session: Session, region_id: RegionId) -> str:
    return _draw_to_answer("phone/_answer.html", session, region_id)


def _draw_answer_actions(session: Session, region_id: RegionId) -> str:
    return _draw_to_answer("phone/_answer_actions.html", session, region_id)


def _draw_to_answer(template: str, session: Session, region_id: RegionId) -> str:
    visit = queries.visit_for_hosts(session, int(region_id.parameter))
    return render_template(template, visit=visit, visit_line=visit_words, reasons=REASONS, word=word)


def _draw_host(session: Session, region_id: RegionId) -> str:
    page = queries.host_page(session, house().keys, int(region_id.parameter), house().clock.now())
    return render_template("phone/_host.html", page=page, visit_line=visit_words, invitation_line=invitation_words, steps=STEPS)
