"""The weekly schedule (S112): kept, looked at, then carried out some rows at a time, so that the lobby never waits for it.

Rows that are new are written together, without the ORM, since there may be thousands; what they become is what ``register`` makes of
one. A row that cannot be carried out is left out and named; the others go on.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import ColumnElement, Table, insert, literal_column
from sqlmodel import SQLModel, col, select

from server.days import Window, local_day
from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.meetings import rules
from server.domain.meetings.queries import finding, importing
from server.domain.meetings.queries.doors import TOKEN
from server.domain.meetings.queries.importing import Judged, RowKind
from server.domain.meetings.rules import Category, SheetStep, Source, State
from server.domain.meetings.service import booking, sheet
from server.domain.meetings.service.moving import about, find
from server.domain.meetings.service.planning import Checked, check, refuse_taken
from server.domain.meetings.sheets import Schedule, ScheduleRow
from server.domain.meetings.sheets.rows import packed
from server.domain.meetings.tables import Assignment, Meeting, ScheduleImport, ScheduleSlice, Step
from server.errors import BadInput, Conflict, NotFound
from server.events import AttendantAssigned, MeetingMoved, MeetingRegistered, ScheduleImported
from server.sheets import Fault
from server.text import clean_line

SLICE = 250
"""Rows carried out in one transaction at most."""
CHANGES = (RowKind.CHANGED, RowKind.CANCELLED)
MOST_CHANGES = 40
"""Of them those that change a meeting: each takes as long as thirty new ones do together."""


@command
def keep_schedule(tx: Unit, *, schedule: Schedule, filename: str) -> Outcome:
    """Keep a schedule that was read, to be looked at: ``schedule_kept`` with ``import``; nothing is registered yet."""
    if not schedule.rows:
        raise BadInput("file_empty", field="file")
    content = packed(replace(schedule, rows=tuple(importing.order_of_work(tx.session, schedule.rows, tx.now))))
    kept = ScheduleImport(
        filename=clean_line(filename[-120:], field="file", most=120),
        passed_over=_as_json(content["passed_over"]),
        total=len(schedule.rows),
        made_by=tx.actor,
        made_at=tx.now,
    )
    tx.session.add(kept)
    tx.session.flush()
    rows = content["rows"]
    for place, begins in enumerate(range(0, len(rows), SLICE)):
        tx.session.add(ScheduleSlice(import_id=kept.id or 0, place=place, rows=_as_json(rows[begins : begins + SLICE])))
    return Outcome(code="schedule_kept", ids={"import": kept.id})


@command
def withdraw_schedule(tx: Unit, *, import_id: int) -> Outcome:
    """Forget a kept schedule that was not carried out: ``schedule_withdrawn``."""
    kept = _kept(tx, import_id)
    if kept.taken:
        raise Conflict("schedule_begun", taken=kept.taken)
    _forget(tx, kept)
    return Outcome(code="schedule_withdrawn", ids={"import": import_id})


@command
def forget_schedules(tx: Unit) -> Outcome:
    """Forget the rows of schedules kept a day ago: what they became stands in the meetings."""
    old = select(ScheduleImport).where(col(ScheduleImport.gone_at).is_(None), col(ScheduleImport.made_at) < tx.now - importing.KEPT)
    forgotten = tx.session.exec(old).all()
    for kept in forgotten:
        _forget(tx, kept)
    return Outcome(code="forgotten", ids={"count": len(forgotten)})


def _forget(tx: Unit, kept: ScheduleImport) -> None:
    kept.gone_at = tx.now
    for part in tx.session.exec(select(ScheduleSlice).where(ScheduleSlice.import_id == kept.id)):
        part.rows, part.results = "[]", "[]"


@command
def commit_schedule(tx: Unit, *, import_id: int) -> Outcome:
    """Carry out the next rows of a kept schedule: ``schedule_going_on`` with ``taken`` of ``total``, then ``schedule_done``.

    Each row is judged as things stand now. Call it again until it is done; done already stays done.
    """
    kept = _kept(tx, import_id)
    counts = Counter(json.loads(kept.counts))
    part = _next_slice(tx, kept)
    if part is not None:
        outcomes = _carry_out(tx, _at_once(tx, importing.rows_of(part)[kept.taken % SLICE :]))
        part.results = _as_json([*json.loads(part.results), *map(importing.as_result, outcomes)])
        counts.update(outcome.kind.value for outcome in outcomes)
        kept.taken, kept.counts = kept.taken + len(outcomes), _as_json(counts)
    if kept.taken == kept.total and kept.committed_at is None:
        kept.committed_at = tx.now
        tx.record(ScheduleImported(added=counts["added"], changed=counts["changed"], cancelled=counts["cancelled"]))
    code = "schedule_done" if kept.taken == kept.total else "schedule_going_on"
    told = {kind.value: counts[kind.value] for kind in RowKind}
    return Outcome(code=code, ids={"import": import_id, "taken": kept.taken, "total": kept.total, **told})


def _kept(tx: Unit, import_id: int) -> ScheduleImport:
    kept = tx.session.get(ScheduleImport, import_id)
    if kept is None or kept.gone_at is not None:
        raise NotFound("schedule_import_unknown")
    return kept


def _next_slice(tx: Unit, kept: ScheduleImport) -> ScheduleSlice | None:
    place = kept.taken // SLICE
    return tx.session.exec(select(ScheduleSlice).where(ScheduleSlice.import_id == kept.id, ScheduleSlice.place == place)).one_or_none()


def _at_once(tx: Unit, rows: Sequence[ScheduleRow]) -> Sequence[Judged]:
    """Judge as many rows as the lobby does not notice; none by what only a later one would make possible. An exchange is not cut."""
    judged = importing.judge(tx.session, rows, tx.now)
    changes = [place for place, one in enumerate(judged) if one.kind in CHANGES]
    cuts = [place for before, place in pairwise(changes) if judged[before].turn != judged[place].turn]
    cut = next((place for place in cuts if place >= changes[MOST_CHANGES]), None) if len(changes) > MOST_CHANGES else None
    return judged if cut is None else importing.judge(tx.session, rows[:cut], tx.now)


def _as_json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _carry_out(tx: Unit, judged: Sequence[Judged]) -> list[Judged]:
    """Carry rows out, what leaves a room before what needs it; return each as what it came to, in the same order."""
    outcomes = dict(enumerate(judged))
    changes = sorted((place for place, one in outcomes.items() if one.kind in CHANGES), key=lambda place: judged[place].turn)
    for _, turn in groupby(changes, key=lambda place: judged[place].turn):
        places = tuple(turn)
        together = [judged[place] for place in places]
        outcomes.update(zip(places, _exchange(tx, together) if len(places) > 1 else [_change(tx, together[0])], strict=True))
    added = [place for place, one in outcomes.items() if one.kind is RowKind.ADDED]
    if any(after.kind is not before.kind for after, before in zip(outcomes.values(), judged, strict=True)):
        again = importing.judge(tx.session, [judged[place].row for place in added], tx.now)
        outcomes.update(zip(added, again, strict=True))
        added = [place for place in added if outcomes[place].kind is RowKind.ADDED]
    for place, number in zip(added, _add(tx, [outcomes[place] for place in added]), strict=True):
        outcomes[place] = replace(outcomes[place], meeting_id=number)
    return list(outcomes.values())


def _change(tx: Unit, one: Judged) -> Judged:
    meeting = find(tx, one.meeting_id or 0)
    try:
        if one.kind is RowKind.CANCELLED:
            booking.call_off(tx, meeting, "")
        elif one.plan is not None:
            booking.alter(tx, meeting, check(tx, one.plan))
    except (BadInput, Conflict) as refusal:
        return _refused(one, refusal)
    return one


def _exchange(tx: Unit, together: Sequence[Judged]) -> list[Judged]:
    """Let meetings change rooms with one another: all of them, or none where one of them is refused."""
    leaving = [one.meeting_id or 0 for one in together]
    checked: list[Checked] = []
    for one in together:
        try:
            assert one.plan is not None
            checked.append(check(tx, one.plan))
            refuse_taken(tx, checked[-1], but=leaving)
        except (BadInput, Conflict) as refusal:
            kept_back = Conflict(importing.ROOM_TAKEN)
            return [_refused(other, refusal if other is one else kept_back) for other in together]
    for one, plan in zip(together, checked, strict=True):
        booking.alter(tx, find(tx, one.meeting_id or 0), plan, leaving=leaving)
    return list(together)


def _refused(one: Judged, refusal: BadInput | Conflict) -> Judged:
    where = refusal.field if isinstance(refusal, BadInput) else "room"
    fault = Fault(column=one.row.columns.get(where, "A"), field=where, code=refusal.code)
    return replace(one, kind=RowKind.FAULTY, faults=(*one.faults, fault))


def _add(tx: Unit, added: Sequence[Judged]) -> list[int]:
    """Write new meetings with their sheets and attendants; return their ids in order."""
    if not added:
        return []
    hours = sheet.HoursOf(tx)
    meetings = _meetings(tx, added, hours)
    _steps(tx, meetings, _attendants(tx, meetings), hours)
    return [finding.number(meeting) for meeting in meetings]


def _meetings(tx: Unit, added: Sequence[Judged], hours: sheet.HoursOf) -> list[Meeting]:
    columns = [_columns(tx, one, hours) for one in added]
    written = {meeting.source_key: meeting for meeting in tx.session.scalars(insert(Meeting).returning(Meeting), columns)}
    meetings = [written[each["source_key"]] for each in columns]
    for meeting in meetings:
        tx.record(MeetingRegistered(**about(meeting), source=Source.SCHEDULE.value))
        if meeting.state == State.CONFIRMED:
            tx.record(MeetingMoved(**about(meeting), state=meeting.state))
    return meetings


def _columns(tx: Unit, one: Judged, hours: sheet.HoursOf) -> dict[str, Any]:
    """Return the columns of a new meeting, as ``booking.take_in`` writes them."""
    assert one.plan is not None
    day = local_day(one.plan.starts_at, tx.settings.zone)
    link = secrets.randbits(62)
    due = booking.deadlines_of(tx, one.plan.starts_at, hours.worked_before(day), state=State.REGISTERED)
    is_late = due.reconfirm_opens_at is None
    return {
        **vars(one.plan),
        **vars(due),
        "day": day,
        "reserved_from": one.reserved.begins,
        "reserved_until": one.reserved.ends,
        "source": Source.SCHEDULE.value,
        "source_key": importing.key_of(one.row),
        "state": (State.CONFIRMED if is_late else State.REGISTERED).value,
        "confirmed_at": tx.now if is_late else None,
        "confirmed_by": tx.actor if is_late else "",
        "link_number": link,
        "link_digest": tx.keys.token_digest(TOKEN, link),
        "made_by": tx.actor,
        "made_at": tx.now,
        "changed_at": tx.now,
        **_PLAIN_MEETING,
    }


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
        tx.session.execute(insert(_table_of(Assignment)), rows)
    return chosen


def _steps(tx: Unit, meetings: Sequence[Meeting], who: dict[int, list[int]], hours: sheet.HoursOf) -> None:
    sheets: dict[str, tuple[SheetStep, ...]] = {}
    rows: list[dict[str, Any]] = []
    for meeting in meetings:
        lines = sheets.get(meeting.category)
        if lines is None:
            category = Category(meeting.category)
            lines = sheets[meeting.category] = tuple(rules.steps_of(category, finding.sheet_changes(tx.session, category)))
        for values in sheet.lines_of(meeting, lines, hours(meeting), tx.now):
            values["staff_id"] = sheet.whose(values["party"], values["kind"], who[finding.number(meeting)])
            rows.append(values)
    if rows:
        tx.session.execute(_INSERT_STEPS, rows)


def _table_of(rows: type[SQLModel]) -> Table:
    table: Table = rows.__table__  # type: ignore[attr-defined]  # SQLModel adds it at class creation
    return table


_NOTHING: ColumnElement[str] = literal_column("''")
_FIRST: ColumnElement[int] = literal_column("1")
_INSERT_STEPS = insert(_table_of(Step)).values(settled_by=_NOTHING, answered_name=_NOTHING, reason=_NOTHING, version=_FIRST)
"""What nothing is known of yet stands in the statement, not in each of the eighty thousand rows of a long list."""
_PLAIN_MEETING: dict[str, Any] = {"override_reason": "", "cancel_reason": "", "revision": 1, "version": 1}
"""What stands in the columns that nothing is known of yet."""
