"""The department's papers: run sheets of each category, the manuals, and the sheets printed for a day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.db.operations import Outcome
from server.domain.meetings import service
from server.domain.meetings.queries import papers
from server.domain.meetings.queries.papers import ManualCard, Paper, SheetCard
from server.domain.meetings.rules import Anchor, Category
from server.errors import BadInput, NotFound
from server.faces.desk import words_papers
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done, faults_of
from server.faces.desk.forms_papers import Manual, OneDay, SheetLine
from server.web import floor, manuals, qr
from server.web.house import house
from server.web.i18n import language
from server.web.operation import operation

BEFORE, AFTER = "before", "after"


# --- run sheets ---------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/sheets")
def sheets() -> ResponseReturnValue:
    """Show the run sheet of one category, and the manuals."""
    asked = request.args.get("category", "")
    category = Category(asked) if asked in list(Category) else Category.ORDINARY
    with house().door.reading() as session:
        lines = papers.sheet(session, category)
        texts = [papers.manual(session, name) for name in papers.MANUALS]
    phases = [(phase, list(cards)) for phase, cards in groupby(lines, key=lambda card: card.plan.phase)]
    return render_template(
        "desk/sheets.html", category=category, phases=phases, texts=texts, floor=floor, papers=words_papers, manuals=manuals.MANUALS
    )


@blueprint.get("/desk/sheets/<category>/<kind>")
def sheet_line(category: str, kind: str) -> ResponseReturnValue:
    """Show one line of a run sheet, to be changed."""
    return _line_form(category, kind, {}, NO_FAULTS)


@blueprint.post("/desk/sheets/<category>/<kind>")
def set_sheet_line(category: str, kind: str) -> ResponseReturnValue:
    """Change a line: its hour, whether it is done, what is shown at it."""
    card = _card(category, kind)

    def act() -> str:
        form = SheetLine.read()
        minutes = _minutes(card, form)
        enabled = form.enabled or not card.may_leave_out
        outcome = service.set_sheet_line(
            house().door, operation(), category=category, kind=kind, minutes=minutes, enabled=enabled, sop=form.sop, sop_en=form.sop_en
        )
        return done("sheets", outcome, category=category)

    typed = SheetLine.typed()
    return answer(act, lambda wrong: _line_form(category, kind, typed, wrong))


@blueprint.post("/desk/sheets/<category>/<kind>/back")
def set_line_back(category: str, kind: str) -> ResponseReturnValue:
    """Let a line stand as the plan has it: its hour, and done. What is shown at it stays."""
    card = _card(category, kind)
    before = f"{category}/{kind}/at/{card.minutes}/{'on' if card.enabled else 'off'}"

    def act() -> str:
        service.set_sheet_line(house().door, operation(), category=category, kind=kind, minutes=card.plan.minutes)
        return done("sheets", Outcome(code="sheet_back"), of=before, category=category)

    return answer(act, lambda wrong: _line_form(category, kind, {}, wrong))


@blueprint.post("/desk/sheets/<category>/<kind>/at/<int(signed=True):minutes>/<any(on, off):state>")
def put_line(category: str, kind: str, minutes: int, state: str) -> ResponseReturnValue:
    """Give a line the hour it had before it was set back."""

    def act() -> str:
        outcome = service.set_sheet_line(house().door, operation(), category=category, kind=kind, minutes=minutes, enabled=state == "on")
        return done("sheets", outcome, category=category)

    _card(category, kind)
    return answer(act, lambda wrong: _line_form(category, kind, {}, wrong))


def _minutes(card: SheetCard, form: SheetLine) -> int:
    """Return the minutes of a form as the template counts them: before an anchor they are negative."""
    if card.plan.anchor is Anchor.DAY_BEFORE:
        if form.hour is None:
            raise BadInput("missing", field="hour")
        return form.hour.hour * 60 + form.hour.minute
    return -form.minutes if form.side == BEFORE else form.minutes


def _card(category: str, kind: str) -> SheetCard:
    if category in list(Category):
        with house().door.reading() as session:
            lines = papers.sheet(session, Category(category))
        found = next((card for card in lines if card.plan.kind == kind), None)
        if found is not None:
            return found
    raise NotFound("step_not_in_sheet")


def _line_form(category: str, kind: str, typed: dict[str, str], wrong: Faults) -> str:
    card = _card(category, kind)
    if not typed or not wrong.fields:
        typed = {
            "minutes": str(abs(card.minutes)),
            "side": BEFORE if card.minutes < 0 else AFTER,
            "hour": f"{card.minutes // 60:02d}:{card.minutes % 60:02d}",
            "enabled": "1" if card.enabled else "",
            "sop": card.sop,
            "sop_en": card.sop_en,
        }
    return render_template(
        "desk/sheet_line.html", category=category, card=card, typed=typed, faults=wrong, floor=floor, papers=words_papers
    )


# --- manuals ------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/manuals/<name>")
def manual(name: str) -> ResponseReturnValue:
    """Show one of the department's texts."""
    card = _manual(name)
    text, is_proposal = manuals.text_of(card, language())
    parts = manuals.parts_of(text)
    return render_template(
        "desk/manual.html", card=card, parts=parts, is_proposal=is_proposal, title=floor.MANUALS[name], about=manuals.MANUALS[name]
    )


@blueprint.get("/desk/manuals/<name>/change")
def manual_form(name: str) -> ResponseReturnValue:
    """Show one of the department's texts, to be written."""
    return _manual_form(name, {}, NO_FAULTS)


@blueprint.post("/desk/manuals/<name>/change")
def set_manual(name: str) -> ResponseReturnValue:
    """Write one of the department's texts."""
    _manual(name)

    def act() -> str:
        return done("manual", service.set_manual(house().door, operation(), name=name, **Manual.read().model_dump()), name=name)

    typed = Manual.typed()
    return answer(act, lambda wrong: _manual_form(name, typed, wrong))


def _manual(name: str) -> ManualCard:
    with house().door.reading() as session:
        card = papers.manual(session, name)
    if card is None:
        raise NotFound("not_here")
    return card


def _manual_form(name: str, typed: dict[str, str], wrong: Faults) -> str:
    card = _manual(name)
    if not typed or not wrong.fields:
        typed = {"text": card.text or manuals.proposed(name, "zh"), "text_en": card.text_en or manuals.proposed(name, "en")}
    title, about = floor.MANUALS[name], manuals.MANUALS[name]
    return render_template("desk/manual_form.html", card=card, typed=typed, faults=wrong, title=title, about=about)


# --- the sheets of a day ------------------------------------------------------------------------------------------------


@blueprint.get("/desk/papers/run-sheet")
def run_sheet() -> ResponseReturnValue:
    """Show what everybody does on a day, one sheet of paper each, to be printed and ticked; tomorrow's unless another day is asked for."""
    wrong, status = NO_FAULTS, 200
    tomorrow = house().clock.now().astimezone(house().settings.zone).date() + timedelta(days=1)
    try:
        day = OneDay.from_values({"day": request.args.get("day", "")}).day or tomorrow
    except BadInput as bad:
        wrong, status, day = faults_of(bad), bad.status, tomorrow
    with house().door.reading() as session:
        found = papers.papers(session, day, house().settings.zone)
    page = render_template(
        "desk/run_sheet.html",
        day=day,
        before=_near(day, -1),
        after=_near(day, 1),
        sheets=found,
        faults=wrong,
        floor=floor,
        titles=_titles(found),
        code=meeting_code,
        at=house().clock.now(),
    )
    return page, status


def _near(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _titles(found: tuple[Paper, ...]) -> dict[int, int]:
    """Return a number for each meeting of the day, by which a row of the paper names its code at the foot."""
    ids = dict.fromkeys(meeting.meeting_id for paper in found for meeting in paper.meetings)
    return {meeting_id: number for number, meeting_id in enumerate(ids, start=1)}


def meeting_code(meeting_id: int) -> str:
    """Return the QR code that opens a meeting where it is scanned: at the desk, or on an open tablet."""
    return qr.svg(qr.link(house().settings, "m", str(meeting_id)))
