"""Import of tenants and hosts from Excel or CSV: read, look at what would change, then commit."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from server.db.operations import Operation
from server.domain.people import queries, service, sheets
from server.errors import BadInput, Conflict
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, asked_page, blueprint, done, faults_of
from server.sheets import Fault
from server.web.auth import principal
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import language
from server.web.operation import operation
from server.web.sentences import sentence

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_A_PAGE = 100


@blueprint.get("/desk/people/import")
def import_people() -> ResponseReturnValue:
    """Ask for a file."""
    return _ask(NO_FAULTS)


def _ask(wrong: Faults) -> str:
    return render_template("desk/import.html", faults=wrong)


@blueprint.get("/desk/people/import/template")
def import_template() -> ResponseReturnValue:
    """Give an empty sheet with the right columns."""
    response = Response(sheets.template(language()), mimetype=EXCEL)
    response.headers["Content-Disposition"] = 'attachment; filename="yingbin-people.xlsx"'
    return response


@blueprint.post("/desk/people/import")
def keep_import() -> ResponseReturnValue:
    """Read the file and keep it beside the register: nothing is changed yet."""
    return answer(_keep_import, _ask)


def _keep_import() -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadInput("missing", field="file")
    tap = operation()
    sheet = sheets.read(file.stream.read(), file.filename)
    outcome = service.keep_import(house().door, tap, sheet=sheet)
    return url_for("desk.preview_import", import_id=int(outcome.ids["import"] or 0))


@blueprint.get("/desk/people/import/<int:import_id>")
def preview_import(import_id: int) -> ResponseReturnValue:
    """Show what the file would add and change, and which rows are faulty."""
    return _preview(import_id, NO_FAULTS)


@blueprint.post("/desk/people/import/<int:import_id>")
def commit_import(import_id: int) -> ResponseReturnValue:
    """Carry out what the preview showed; shown anew when the register changed meanwhile."""
    try:
        return go_to(done("people", service.commit_import(house().door, operation(), import_id=import_id)))
    except Conflict as conflict:
        if conflict.code == "import_outdated":
            service.renew_import(house().door, Operation.internal("renew import", actor=principal().actor), import_id=import_id)
        return _preview(import_id, faults_of(conflict)), conflict.status, {"X-Error-Code": conflict.code}


@blueprint.post("/desk/people/import/<int:import_id>/withdraw")
def withdraw_import(import_id: int) -> ResponseReturnValue:
    """Leave the register as it is and forget the file."""
    return go_to(done("people", service.withdraw_import(house().door, operation(), import_id=import_id)))


def _preview(import_id: int, wrong: Faults) -> str:
    with house().door.reading() as session:
        preview = queries.import_preview(session, import_id)
    wanted = request.args.get("kind", "")
    rows = [row for row in preview.rows if wanted in ("", row.kind.value)]
    page = asked_page(len(rows) // ROWS_A_PAGE + 1)
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    return render_template(
        "desk/import_preview.html",
        preview=preview,
        rows=shown,
        kind=wanted,
        page=page,
        pages=-(-len(rows) // ROWS_A_PAGE),
        faults=wrong,
        fault_words=_fault_words,
    )


def _fault_words(fault: Fault) -> str:
    return sentence(fault.code, {"field": fault.field})
