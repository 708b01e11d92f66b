"""The weekly schedule (S112): kept, looked at, then carried out some rows at a time, so that the lobby never waits for it.

Rows that are new are written together, without the ORM, since there may be thousands; what they become is what ``register`` makes of
one. A row that cannot be carried out is left out and named; the others go on.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, select

from server.days import Window, local_day
from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries import finding, importing
from server.domain.meetings.queries.doors import TOKEN
from server.domain.meetings.queries.importing import Judged, RowKind
from server.domain.meetings.rules import Action, Category, Kind, SheetStep, Source, State
from server.domain.meetings.service import booking, sheet
from server.domain.meetings.service.moving import about, find, move
from server.domain.meetings.service.planning import check
from server.domain.meetings.sheets import Schedule
from server.domain.meetings.sheets.rows import packed, unpacked
from server.domain.meetings.tables import Assignment, Meeting, ScheduleImport, Step
from server.errors import BadInput, Conflict, NotFound
from server.events import AttendantAssigned, MeetingRegistered, ScheduleImported
from server.sheets import Fault
from server.text import clean_line

SLICE = 250
"""Rows carried out in one transaction."""


@command
def keep_schedule(tx: Unit, *, schedule: Schedule, filename: str) -> Outcome:
    """Keep a schedule that was read, to be looked at: ``schedule_kept`` with ``import``; nothing is registered yet."""
    if not schedule.rows:
        raise BadInput("file_empty", field="file")
    kept = ScheduleImport(
        filename=clean_line(filename, field="file", most=120),
        rows=json.dumps(packed(schedule), ensure_ascii=False),
        total=len(schedule.rows),
        made_by=tx.actor,
        made_at=tx.now,
    )
    tx.session.add(kept)
    tx.session.flush()
    return Outcome(code="schedule_kept", ids={"import": kept.id})


@command
def withdraw_schedule(tx: Unit, *, import_id: int) -> Outcome:
    """Forget a kept schedule that was not carried out: ``schedule_withdrawn``."""
    kept = _kept(tx, import_id)
    if kept.taken:
        raise Conflict("schedule_begun", taken=kept.taken)
    kept.rows, kept.committed_at = "", tx.now
    return Outcome(code="schedule_withdrawn", ids={"import": import_id})


@command
def forget_schedules(tx: Unit) -> Outcome:
    """Forget the rows of schedules kept a day ago: what they became stands in the meetings."""
    old = select(ScheduleImport).where(col(ScheduleImport.rows) != "", col(ScheduleImport.made_at) < tx.now - importing.KEPT)
    forgotten = tx.session.exec(old).all()
    for kept in forgotten:
        kept.rows, kept.results = "", "[]"
    return Outcome(code="forgotten", ids={"count": len(forgotten)})


@command
def commit_schedule(tx: Unit, *, import_id: int) -> Outcome:
    """Carry out the next rows of a kept schedule: ``schedule_going_on`` with ``taken`` of ``total``, then ``schedule_done``.

    Each row is judged as things stand now. Call it again until it is done; done already stays done.
    """
    kept = _kept(tx, import_id)
    rows = unpacked(json.loads(kept.rows)).rows
    begins, ends = kept.taken, min(kept.taken + SLICE, len(rows))
    results = json.loads(kept.results)
    judged = importing.judge(tx.session, rows[begins:ends], tx.now)
    outcomes = _carry_out(tx, judged)
    results += [_result(begins + place, one, outcome) for place, (one, outcome) in enumerate(zip(judged, outcomes, strict=True))]
    kept.taken, kept.results = ends, json.dumps(results, ensure_ascii=False)
    counts = {kind.value: sum(each["kind"] == kind for each in results) for kind in RowKind}
    if ends == len(rows) and kept.committed_at is None:
        kept.committed_at = tx.now
        tx.record(ScheduleImported(added=counts["added"], changed=counts["changed"], cancelled=counts["cancelled"]))
    code = "schedule_done" if ends == len(rows) else "schedule_going_on"
    return Outcome(code=code, ids={"import": import_id, "taken": ends, "total": len(rows), **counts})


def _kept(tx: Unit, import_id: int) -> ScheduleImport:
    kept = tx.session.get(ScheduleImport, import_id)
    if kept is None or not kept.rows:
        raise NotFound("schedule_import_unknown")
    return kept


def _result(place: int, one: Judged, outcome: Judged) -> dict[str, Any]:
    faults = [asdict(fault) for fault in outcome.faults]
    return {"place": place, "kind": outcome.kind.value, "meeting": outcome.meeting_id, "faults": faults, "number": one.row.number}


def _carry_out(tx: Unit, judged: Sequence[Judged]) -> list[Judged]:
    """Carry rows out; return each as what it came to, in the same order."""
    added = [one for one in judged if one.kind is RowKind.ADDED]
    numbers = dict(zip(map(id, added), _add(tx, added), strict=True))
    return [replace(one, meeting_id=numbers[id(one)]) if id(one) in numbers else _change(tx, one) for one in judged]


def _change(tx: Unit, one: Judged) -> Judged:
    if one.kind not in (RowKind.CHANGED, RowKind.CANCELLED) or one.meeting_id is None:
        return one
    meeting = find(tx, one.meeting_id)
    try:
        if one.kind is RowKind.CANCELLED:
            booking.call_off(tx, meeting, "")
        elif one.plan is not None:
            booking.alter(tx, meeting, check(tx, one.plan))
    except (BadInput, Conflict) as refusal:
        where = refusal.field if isinstance(refusal, BadInput) else "room"
        fault = Fault(column=one.row.columns.get(where, "A"), field=where, code=refusal.code)
        return replace(one, kind=RowKind.FAULTY, faults=(*one.faults, fault))
    return one


def _add(tx: Unit, added: Sequence[Judged]) -> list[int]:
    """Write new meetings with their sheets and attendants; return their ids in order."""
    if not added:
        return []
    meetings = _meetings(tx, added)
    _steps(tx, meetings, _attendants(tx, meetings))
    return [finding.number(meeting) for meeting in meetings]


def _meetings(tx: Unit, added: Sequence[Judged]) -> list[Meeting]:
    made = []
    for one in added:
        assert one.plan is not None
        meeting = Meeting(
            **asdict(one.plan),
            day=local_day(one.plan.starts_at, tx.settings.zone),
            reserved_from=one.reserved.begins,
            reserved_until=one.reserved.ends,
            source=Source.SCHEDULE.value,
            source_key=importing.key_of(one.row),
            state=State.REGISTERED.value,
            link_number=secrets.randbits(62),
            made_by=tx.actor,
            made_at=tx.now,
            changed_at=tx.now,
        )
        meeting.link_digest = tx.keys.token_digest(TOKEN, meeting.link_number)
        booking.put_deadlines(tx, meeting)
        made.append(meeting)
    tx.session.add_all(made)
    tx.session.flush()
    for meeting in made:
        tx.record(MeetingRegistered(**about(meeting), source=Source.SCHEDULE.value))
        if meeting.reconfirm_opens_at is None:
            move(tx, meeting, Action.RECONFIRM)
            meeting.confirmed_at, meeting.confirmed_by = tx.now, tx.actor
    return made


def _attendants(tx: Unit, meetings: Sequence[Meeting]) -> dict[int, list[int]]:
    """Let attendants look after meetings, day by day, as one that is registered alone; return who by meeting."""
    people = finding.attendants(tx.session)
    engaged: dict[date, dict[int, list[Window]]] = {}
    chosen: dict[int, list[int]] = {}
    rows = []
    for meeting in meetings:
        taken = engaged.get(meeting.day)
        if taken is None:
            taken = engaged[meeting.day] = finding.engagements(tx.session, meeting.day)
        wanted = rules.ATTENDANTS[Category(meeting.category)]
        who = rules.least_busy(taken, finding.reserved(meeting), people)[:wanted]
        chosen[finding.number(meeting)] = who
        for person in who:
            taken.setdefault(person, []).append(finding.reserved(meeting))
            rows.append({"meeting_id": meeting.id, "staff_id": person, "since": tx.now, "version": 1})
            tx.record(AttendantAssigned(**about(meeting), staff_id=person))
    if rows:
        tx.session.execute(insert(Assignment), rows)
    return chosen


def _steps(tx: Unit, meetings: Sequence[Meeting], who: dict[int, list[int]]) -> None:
    sheets: dict[str, tuple[SheetStep, ...]] = {}
    hours = sheet.HoursOf(tx)
    rows: list[dict[str, Any]] = []
    for meeting in meetings:
        lines = sheets.get(meeting.category)
        if lines is None:
            category = Category(meeting.category)
            lines = sheets[meeting.category] = tuple(rules.steps_of(category, finding.sheet_changes(tx.session, category)))
        but = (Kind.RECONFIRM,) if meeting.state == State.CONFIRMED else ()
        for values in sheet.lines_of(meeting, lines, hours(meeting), tx.now, but=but):
            values["staff_id"] = sheet.whose(values["party"], values["kind"], who[finding.number(meeting)])
            rows.append(values | _PLAIN)
    if rows:
        tx.session.execute(insert(Step), rows)


_PLAIN: dict[str, Any] = {"settled_by": "", "answered_name": "", "reason": "", "version": 1}
