"""The desk's live board, its roll call on paper, search, and what a scanner reads."""

from __future__ import annotations

import re
from datetime import date

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.domain.meetings.queries import desk as meetings
from server.domain.meetings.rules import ESCALATE_AT
from server.domain.people import queries as people
from server.domain.visits import queries, service
from server.domain.visits.queries import passes
from server.domain.visits.rules import local_day, tidy_code
from server.errors import NotFound
from server.faces.desk.blueprint import blueprint
from server.faces.desk.forms_visits import Scanned, Search
from server.web import floor
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.operation import operation

MEETING_CODE = re.compile(r"/m/([0-9]{1,9})/?$", re.IGNORECASE | re.ASCII)
"""How the code on a printed run sheet ends."""
MOST_VISITORS, MOST_HOSTS = 20, 10
FEW_VISITORS, FEW_HOSTS = 6, 4
"""How many the box below the search shows; the page shows more."""


@blueprint.get("/desk")
def home() -> ResponseReturnValue:
    """Show who waits, who is in, who is expected and who has just left, each with what the desk can do."""
    return render_template("desk/home.html", paper_from=f"{ESCALATE_AT:%H:%M}")


@blueprint.get("/desk/rollcall")
def rollcall() -> ResponseReturnValue:
    """Show who is in the building now, to be printed and ticked."""
    with house().door.reading() as session:
        floors = queries.in_building(session)
    return render_template("desk/rollcall.html", floors=floors, people=sum(floor.people for floor in floors), at=house().clock.now())


@blueprint.get("/desk/search")
def search() -> ResponseReturnValue:
    """Find visitors, hosts and meetings by part of the name, pinyin, company, title, room or the end of a phone number."""
    wanted = Search.from_values({"q": request.args.get("q", "")}).q
    few = wants_fragment()
    with house().door.reading() as session:
        visitors = queries.search(session, wanted, limit=FEW_VISITORS if few else MOST_VISITORS)
        hosts = people.search_hosts(session, wanted, limit=FEW_HOSTS if few else MOST_HOSTS)
        found = meetings.search(session, wanted, limit=FEW_HOSTS if few else MOST_HOSTS)
    template = "desk/_found.html" if few else "desk/search.html"
    return render_template(template, wanted=wanted, visitors=visitors, hosts=hosts, meetings=found, floor=floor)


@blueprint.get("/desk/find-host")
def find_host() -> ResponseReturnValue:
    """Find hosts to choose one from: the list below the box in a form."""
    wanted = Search.from_values({"q": request.args.get("find", "")}).q
    field = "to_host_id" if request.args.get("field") == "to_host_id" else "host_id"
    with house().door.reading() as session:
        hosts = people.search_hosts(session, wanted, limit=8)
    return render_template("desk/_hosts.html", wanted=wanted, hosts=hosts, field=field)


@blueprint.post("/desk/scan")
def scan() -> ResponseReturnValue:
    """Open the record that a scanned code belongs to: the desk reads, and acts on the record."""
    text = Scanned.read().text
    if printed := MEETING_CODE.search(text):
        return go_to(url_for("shared.meeting", meeting_id=int(printed[1])))
    code = tidy_code(text)
    visit_id, invitation_id = _of_code(text) if code is not None else _of_token(text.rstrip("/").rpartition("/")[2])
    if visit_id is not None:
        return go_to(url_for("desk.record", visit_id=visit_id))
    return go_to(url_for("desk.invitation", invitation_id=invitation_id))


def _of_code(code: str) -> tuple[int | None, int | None]:
    # Guesses are counted for the desk too: a code is six digits only.
    if service.find_code(house().door, operation(), code=code).code != "found":
        raise NotFound("scan_unknown")
    with house().door.reading() as session:
        return _shown(passes.shown_code(session, house().keys, code, _today()))


def _of_token(token: str) -> tuple[int | None, int | None]:
    with house().door.reading() as session:
        return _shown(passes.shown_token(session, house().keys, token, _today()))


def _shown(shown: passes.Shown | None) -> tuple[int | None, int | None]:
    if shown is None:
        raise NotFound("scan_unknown")
    return shown.visit.id if shown.visit else None, shown.invitation.id if shown.invitation else None


def _today() -> date:
    return local_day(house().clock.now(), house().settings.zone)
