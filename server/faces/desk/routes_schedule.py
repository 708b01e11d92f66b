"""The weekly schedule (S112): a file is read, looked at, then carried out some rows at a time; what each row came to stays for a day."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.days import local_day
from server.domain.meetings import service, sheets
from server.domain.meetings.queries import importing
from server.domain.meetings.queries.importing import KEPT, RowKind
from server.domain.people import queries as people
from server.domain.rooms import queries as rooms
from server.domain.rooms.rules import Layout
from server.errors import BadInput, Conflict
from server.faces.desk.blueprint import NO_FAULTS, Faults, asked_page, blueprint, done, faults_of
from server.web import floor, schedules
from server.web.house import house
from server.web.htmx import go_to, wants_fragment
from server.web.i18n import language
from server.web.operation import operation

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 100


@blueprint.get("/desk/meetings/schedule")
def schedule() -> ResponseReturnValue:
    """Ask for a schedule, and show those of the last day."""
    return _ask(NO_FAULTS)


def _ask(wrong: Faults) -> str:
    with house().door.reading() as session:
        kept = importing.kept_schedules(session)
    return render_template("desk/schedule.html", faults=wrong, kept=kept, stages=schedules.STAGES, hours=KEPT // timedelta(hours=1))


@blueprint.get("/desk/meetings/schedule/template")
def schedule_template() -> ResponseReturnValue:
    """Give an empty schedule with the right columns, in the reader's language; its example is of this park, a week from now."""
    response = Response(sheets.template(language(), _example()), mimetype=EXCEL)
    response.headers["Content-Disposition"] = 'attachment; filename="yingbin-schedule.xlsx"'
    return response


def _example() -> dict[str, str]:
    day = local_day(house().clock.now(), house().settings.zone) + timedelta(days=7)
    with house().door.reading() as session:
        there = rooms.rooms(session)
        tenants = people.tenants(session)
    # The example says "classroom, for thirty".
    room = next((card for card in there if (stands := card.layout(Layout.CLASSROOM)) and stands.capacity >= 30), None)
    tenant = tenants[0] if tenants else None
    is_chinese = language() == "zh"
    return {
        "day": day.isoformat(),
        "tenant": (tenant.name if is_chinese else tenant.name_en or tenant.name) if tenant else "",
        **({"room": room.name if is_chinese else room.name_en or room.name} if room else {}),
    }


@blueprint.post("/desk/meetings/schedule")
def keep_schedule() -> ResponseReturnValue:
    """Read a file and keep it beside the meetings: nothing is registered yet."""
    try:
        return go_to(_keep())
    except BadInput as error:
        wrong = Faults(fields={"file": schedules.file_sentence(error.code)}) if error.field == "file" else faults_of(error)
        return _ask(wrong), error.status, {"X-Error-Code": error.code}


def _keep() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", field="file")
    tap = operation()
    site = schedules.site_at(house().clock.now(), house().settings.zone)
    read = sheets.read(file.stream.read(), file.filename, site=site)
    outcome = service.keep_schedule(house().door, tap, schedule=read, filename=file.filename)
    return url_for("desk.preview_schedule", import_id=int(outcome.ids["import"] or 0))


@blueprint.get("/desk/meetings/schedule/<int:import_id>")
def preview_schedule(import_id: int) -> ResponseReturnValue:
    """Show what the schedule would add, change and cancel, what is faulty; once it is carried out, what each row came to."""
    return _preview(import_id, NO_FAULTS)


@blueprint.post("/desk/meetings/schedule/<int:import_id>")
def commit_schedule(import_id: int) -> ResponseReturnValue:
    """Carry out the next rows; the page asks again by itself until all are."""
    outcome = service.commit_schedule(house().door, operation(), import_id=import_id)
    if outcome.code == "schedule_done" or not wants_fragment():
        return go_to(done("preview_schedule", outcome, import_id=import_id))
    with house().door.reading() as session:
        kept = importing.kept_schedule(session, import_id)
    return render_template("desk/_schedule_progress.html", kept=kept, is_running=True)


@blueprint.post("/desk/meetings/schedule/<int:import_id>/withdraw")
def withdraw_schedule(import_id: int) -> ResponseReturnValue:
    """Forget a schedule of which nothing was carried out."""
    try:
        return go_to(done("schedule", service.withdraw_schedule(house().door, operation(), import_id=import_id)))
    except Conflict as conflict:
        return _preview(import_id, faults_of(conflict)), conflict.status, {"X-Error-Code": conflict.code}


def _preview(import_id: int, wrong: Faults) -> str:
    with house().door.reading() as session:
        preview = importing.preview(session, import_id, house().clock.now())
    wanted = request.args.get("kind", "")
    rows = [one for one in preview.rows if wanted in ("", one.kind.value)]
    page = asked_page(max(1, -(-len(rows) // ROWS_A_PAGE)))
    return render_template(
        "desk/schedule_preview.html",
        preview=preview,
        kept=preview.kept,
        has_work=any(preview.counts[kind] for kind in (RowKind.ADDED, RowKind.CHANGED, RowKind.CANCELLED)),
        rows=rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        sheets=len({one.row.sheet for one in preview.rows}),
        kind=wanted,
        page=page,
        pages=-(-len(rows) // ROWS_A_PAGE),
        faults=wrong,
        schedules=schedules,
        floor=floor,
        local=lambda instant: instant.astimezone(house().settings.zone),
    )
