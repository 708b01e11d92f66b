"""The department's papers: the templates of run sheets, the procedures at the step, the contingency plan (S121, S133, S138)."""

from __future__ import annotations

from sqlmodel import select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries.papers import MANUALS
from server.domain.meetings.rules import PLAN, Anchor, Category, SheetStep
from server.domain.meetings.tables import Manual, SheetLine
from server.errors import BadInput
from server.events import ManualChanged, SheetChanged
from server.text import clean_text

LONGEST_MANUAL = 8000
LONGEST_SOP = 500
FURTHEST_MINUTES = 24 * 60


@command
def set_sheet_line(
    tx: Unit, *, category: str, kind: str, minutes: int, enabled: bool = True, sop: str | None = None, sop_en: str | None = None
) -> Outcome:
    """Change a line of a category's run sheet: ``sheet_changed``; meetings registered or changed from now on follow it.

    ``minutes`` are as in the template (before a start they are negative); ``sop`` none leaves what is shown at the step as it is.
    Refused by field: an unknown line, an hour out of reach, leaving out (``enabled``) what the written plan demands, a text too long.
    """
    step = _planned(category, kind)
    low, high = _range(step)
    if not low <= minutes <= high:
        raise BadInput("minutes_out_of_range", field="minutes", least=low, most=high)
    if not enabled and not rules.may_leave_out(step):
        raise BadInput("plan_demands_it", field="enabled", rule=step.rule)
    row = tx.session.exec(select(SheetLine).where(SheetLine.category == category, SheetLine.kind == kind)).one_or_none()
    if row is None:
        row = SheetLine(category=category, kind=kind, minutes=minutes, changed_at=tx.now)
        tx.session.add(row)
    row.minutes, row.enabled, row.changed_at = minutes, enabled, tx.now
    if sop is not None:
        row.sop = clean_text(sop, field="sop", most=LONGEST_SOP)
    if sop_en is not None:
        row.sop_en = clean_text(sop_en, field="sop_en", most=LONGEST_SOP)
    tx.record(SheetChanged(category=category, step=kind))
    return Outcome(code="sheet_changed", ids={"category": category, "kind": kind})


def _planned(category: str, kind: str) -> SheetStep:
    if category not in {each.value for each in Category}:
        raise BadInput("category_unknown", field="category")
    found = next((step for step in PLAN[Category(category)] if step.kind == kind), None)
    if found is None:
        raise BadInput("step_not_in_sheet", field="kind")
    return found


def _range(step: SheetStep) -> tuple[int, int]:
    if step.anchor is Anchor.DAY_BEFORE:
        return 0, FURTHEST_MINUTES
    return (-FURTHEST_MINUTES, 60) if step.anchor is not Anchor.END else (0, 240)


@command
def set_manual(tx: Unit, *, name: str, text: str, text_en: str = "") -> Outcome:
    """Write one of the department's texts: ``manual_set``. Refused by field: an unknown name, a text that is broken or too long."""
    if name not in MANUALS:
        raise BadInput("not_a_choice", field="name")
    row = tx.session.get(Manual, name)
    if row is None:
        row = Manual(name=name, text="", changed_at=tx.now)
        tx.session.add(row)
    row.text = clean_text(text, field="text", most=LONGEST_MANUAL)
    row.text_en = clean_text(text_en, field="text_en", most=LONGEST_MANUAL)
    row.changed_at = tx.now
    tx.record(ManualChanged(name=name))
    return Outcome(code="manual_set", ids={"name": name})
