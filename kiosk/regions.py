"""Live regions of the kiosk: the host's answer, named by the draft that shows it, and the call for a person."""

from __future__ import annotations

from collections.abc import Iterable

from flask import render_template
from sqlmodel import Session

from kiosk import ladder
from kiosk.steps import AFTER_COMING_SECONDS
from server.domain.assistance import queries as assistance
from server.domain.drafts import queries as drafts
from server.domain.visits import queries as visits
from server.errors import NotFound
from server.events import NameEvent, PersonCallAnswered, PersonCalled, VisitEvent
from server.live.regions import ROW, SECRET, Region, RegionId, Registry, every
from server.web.auth import Principal
from server.web.house import house


def add_regions(registry: Registry) -> None:
    """Add this face's regions."""
    registry.add(
        Region(
            name="kiosk.wait",
            parameter=SECRET,
            touched_by={NameEvent: lambda _: every("kiosk.wait")},
            looked_up_by={VisitEvent: _waits_for},
            render=_draw_wait,
            css_class="kiosk-answer",
        )
    )
    registry.add(
        Region(
            name="kiosk.call",
            parameter=ROW,
            touched_by={PersonCalled: _calls_from, PersonCallAnswered: _calls_from},
            render=_draw_call,
            tag="div",
            css_class="kiosk-called",
            attributes={"aria-live": "polite"},
        )
    )


def opened_by(asker: Principal, key: str) -> Iterable[str]:
    """Open the calls of this kiosk to it, and the answer that its present draft waits for; a wiped draft opens nothing."""
    if asker.device_id is None:
        return ()
    opened = [f"kiosk.call:{asker.device_id}"]
    with house().door.reading() as session:
        try:
            waits = drafts.draft_of(session, key, asker.device_id).visit_id is not None
        except NotFound:
            waits = False
    return [*opened, f"kiosk.wait:{key}"] if waits else opened


def _waits_for(session: Session, fact: VisitEvent) -> Iterable[str]:
    return [f"kiosk.wait:{key}" for key in drafts.keys_of_visit(session, fact.visit_id)]


def _calls_from(fact: PersonCalled | PersonCallAnswered) -> Iterable[str]:
    return [f"kiosk.call:{fact.device_id}"] if fact.device_id is not None else []


def _draw_wait(session: Session, region_id: RegionId) -> str:
    visit_id = drafts.visit_of_key(session, region_id.parameter)
    if visit_id is None:
        raise NotFound("draft_unknown")
    shown = visits.ladder_of(session, visit_id)
    title, lead = ladder.headline(shown)
    return render_template(
        "kiosk/_wait.html",
        title=title,
        lead=lead,
        rungs=ladder.rungs(shown),
        is_settled=ladder.is_settled(shown),
        seconds=AFTER_COMING_SECONDS,
    )


def _draw_call(session: Session, region_id: RegionId) -> str:
    return render_template("kiosk/_call.html", call=assistance.newest_call_of(session, int(region_id.parameter)))
