"""Meetings at the desk: a day's list, new ones, one meeting with its papers, changed, reconfirmed the day before, called off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlmodel import Session
from werkzeug.wrappers import Response

from server.days import at_local
from server.db.operations import Outcome
from server.domain.meetings import service
from server.domain.meetings.queries import doors
from server.domain.meetings.queries import rows as meeting_rows
from server.domain.meetings.queries.rows import MeetingRow
from server.domain.meetings.rules import CONFIRM_BY, TEA_MINUTES, Category, Phase
from server.domain.meetings.service import Plan
from server.domain.people import queries as people
from server.domain.rooms import queries as rooms
from server.domain.rooms.queries import RoomCard
from server.errors import BadInput, Conflict, NotFound, YingbinError
from server.faces.desk import words
from server.faces.desk.blueprint import NO_FAULTS, Faults, blueprint, done, faults_of
from server.faces.desk.forms_meetings import ON_CALL, USUAL, AdhocPlan, MeetingPlan, Reconfirmation
from server.faces.desk.regions_meetings import TEA_CHOICES, draw, local, today
from server.web import floor, qr
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import day_words, in_language, language
from server.web.operation import operation

Typed = dict[str, Any]
LONG_TEA = (45, 60)
QUARTER = timedelta(minutes=15)
FURTHEST_DAY = timedelta(days=3650)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The meeting that holds the room; the template names its hours."""

    row: MeetingRow


@dataclass(frozen=True, kw_only=True)
class Free:
    """The next slot that is free: what its button says, and the fields it fills."""

    words: str
    fields: str


# --- a day --------------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings")
def meetings() -> ResponseReturnValue:
    """Show the meetings of a day by their hour, calls from rooms, and whether there are enough attendants."""
    day = asked_day()
    before, after = (day + timedelta(days=step) for step in (-1, 1))
    return draw("meetings.html", day=day, today=today(), before=before.isoformat(), after=after.isoformat())


def asked_day() -> date:
    """Return the day the address asks for; today when it is none that this calendar shows."""
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return today()
    return day if abs(day - today()) < FURTHEST_DAY else today()


# --- new ones -----------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings/new")
def new_meeting() -> ResponseReturnValue:
    """Ask what a meeting is to be."""
    return _form(_blank(), NO_FAULTS)


@blueprint.post("/desk/meetings/new")
def register_meeting() -> ResponseReturnValue:
    """Register a meeting; a room that is taken names what it is taken by, and offers the next free slot."""

    def act() -> str:
        outcome = service.register(house().door, operation(), plan=_plan(MeetingPlan.read()))
        return done("meeting", outcome, meeting_id=int(outcome.ids["meeting"] or 0))

    typed = MeetingPlan.typed()
    return _answer(act, lambda wrong, error: _form(typed, wrong, error))


@blueprint.get("/desk/meetings/adhoc")
def new_adhoc() -> ResponseReturnValue:
    """Ask about a meeting at short notice: the contact form (S115, F18)."""
    return _form(_blank(soon=True), NO_FAULTS, adhoc=True)


@blueprint.post("/desk/meetings/adhoc")
def register_adhoc() -> ResponseReturnValue:
    """Register a meeting at short notice; where nobody is free, only with a reason."""

    def act() -> str:
        form = AdhocPlan.read()
        outcome = service.register_adhoc(house().door, operation(), plan=_plan(form), reason=form.reason)
        return done("meeting", outcome, meeting_id=int(outcome.ids["meeting"] or 0))

    typed = AdhocPlan.typed()
    return _answer(act, lambda wrong, error: _form(typed, wrong, error, adhoc=True))


@blueprint.get("/desk/meetings/options")
def meeting_options() -> ResponseReturnValue:
    """Give the layouts of a room and the usual tea of a category: the form follows what is chosen in it."""
    typed = {name: request.args.get(name, "") for name in ("room_id", "layout", "category", "tea")}
    with house().door.reading() as session:
        card = _chosen(rooms.rooms(session, retired=True), typed["room_id"])
    return draw("meeting_options.html", layouts=floor.layout_choices(card) if card else [], teas=_teas(typed), typed=typed)


# --- one meeting --------------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings/<int:meeting_id>")
def meeting(meeting_id: int) -> ResponseReturnValue:
    """Show everything about a meeting, with what the desk can do."""
    return draw("meeting.html", row=find(meeting_id))


@blueprint.get("/desk/meetings/<int:meeting_id>/code")
def meeting_code(meeting_id: int) -> ResponseReturnValue:
    """Show the QR of the meeting's room page, to be printed and laid on the table."""
    row = find(meeting_id)
    with house().door.reading() as session:
        token = doors.room_token(session, house().keys, meeting_id)
    address = f"{house().settings.allowed_origins[0]}/r/{token}"
    return draw("meeting_code.html", row=row, svg=qr.svg(qr.link(house().settings, "r", token)), address=address, lines=_in_both())


def _in_both() -> list[tuple[str, str]]:
    """Return what the card on the table says, in both languages, whoever prints it."""
    lines = []
    for lang, tag in (("zh", "zh-Hans"), ("en", "en")):
        with in_language(lang):
            lines.append((tag, str(gettext("Scan for tea, cleaning, a technician, more time, or quiet."))))
    return lines


@blueprint.get("/desk/meetings/<int:meeting_id>/sheet")
def meeting_sheet(meeting_id: int) -> ResponseReturnValue:
    """Show the run sheet for paper."""
    row = find(meeting_id)
    return draw("meeting_sheet.html", row=row, phases=[(phase, [step for step in row.steps if step.phase is phase]) for phase in Phase])


@blueprint.get("/desk/meetings/<int:meeting_id>/change")
def meeting_form(meeting_id: int) -> ResponseReturnValue:
    """Show a meeting, to be changed."""
    row = find(meeting_id)
    return _form(_as_typed(row), NO_FAULTS, row=row)


@blueprint.post("/desk/meetings/<int:meeting_id>/change")
def change_meeting(meeting_id: int) -> ResponseReturnValue:
    """Change a meeting; what people work by must be acknowledged by whoever looks after it."""

    def act() -> str:
        form = MeetingPlan.read()
        outcome = service.change(house().door, operation(), meeting_id=meeting_id, version=form.version, plan=_plan(form))
        code = "change_to_see" if outcome.ids.get("change") else outcome.code
        return done("meeting", Outcome(code=code), meeting_id=meeting_id)

    typed = MeetingPlan.typed()
    return _answer(act, lambda wrong, error: _form_again(meeting_id, typed, wrong, error))


def _form_again(meeting_id: int, typed: Typed, wrong: Faults, error: YingbinError) -> str:
    row = find(meeting_id)
    is_stale = error.code == "meeting_changed_meanwhile"
    return _form(_as_typed(row) if is_stale else typed, wrong, error, row=row)


# --- the day before -----------------------------------------------------------------------------------------------------


@blueprint.get("/desk/meetings/reconfirm")
def reconfirm_queue() -> ResponseReturnValue:
    """Show what is to be reconfirmed, in order, each with its form (S114)."""
    return draw("meetings_reconfirm.html", confirm_by=f"{CONFIRM_BY:%H:%M}")


@blueprint.get("/desk/meetings/<int:meeting_id>/reconfirm")
def reconfirm_form(meeting_id: int) -> ResponseReturnValue:
    """Show one meeting's three questions of the day before."""
    return _reconfirmation(meeting_id, {}, NO_FAULTS)


@blueprint.post("/desk/meetings/<int:meeting_id>/reconfirm")
def reconfirm_meeting(meeting_id: int) -> ResponseReturnValue:
    """Write down what the contact said; then the queue again."""

    def act() -> str:
        outcome = service.reconfirm(house().door, operation(), meeting_id=meeting_id, **Reconfirmation.read().model_dump())
        return done("reconfirm_queue", outcome)

    typed = Reconfirmation.typed()
    return _answer(act, lambda wrong, error: _reconfirmation(meeting_id, typed, wrong, error))


def _reconfirmation(meeting_id: int, typed: Typed, wrong: Faults, error: YingbinError | None = None) -> str:
    row = find(meeting_id)
    if not typed or (error is not None and error.code == "meeting_changed_meanwhile"):
        typed = {**_as_typed(row), "guaranteed": row.people or ""}
    with house().door.reading() as session:
        layouts = floor.layout_choices(rooms.room_card(session, row.room_id), row.layout)
        other = _other(session, error)
    shown = wrong.told_in(Reconfirmation.model_fields)
    return draw("meeting_reconfirm.html", row=row, layouts=layouts, typed=typed, faults=shown, other=other)


# --- shared -------------------------------------------------------------------------------------------------------------


def find(meeting_id: int) -> MeetingRow:
    """Return a meeting; NotFound ``meeting_unknown``."""
    with house().door.reading() as session:
        row = meeting_rows.one(session, meeting_id)
    if row is None:
        raise NotFound("meeting_unknown")
    return row


def _answer(act: Callable[[], str | Response], again: Callable[[Faults, YingbinError], str]) -> ResponseReturnValue:
    """Do ``act`` and go on, or draw the form again: with the refusal itself too, which may name a meeting and a slot."""
    try:
        answered = act()
        return go_to(answered) if isinstance(answered, str) else answered
    except (BadInput, Conflict) as error:
        wrong = faults_of(error)
        return again(wrong, error), wrong.status, {"X-Error-Code": error.code}


def _plan(form: MeetingPlan) -> Plan:
    """Return what the service asks for: instants instead of a day and hours."""
    zone = house().settings.zone
    last = form.day + timedelta(days=1) if form.ends_next_day() else form.day
    pause = None
    if form.break_at is not None:
        pause = at_local(last if form.ends_next_day() and form.break_at < form.begins else form.day, form.break_at, zone)
    same = form.model_dump(include={"title", "category", "room_id", "layout", "estimated", "guaranteed", "tenant_id"})
    more = form.model_dump(include={"contact_name", "contact_phone", "equipment", "notes", "plan"})
    return Plan(
        **same,
        **more,
        starts_at=at_local(form.day, form.begins, zone),
        ends_at=at_local(last, form.ends, zone),
        break_at=pause,
        tea_minutes=form.tea_minutes,
    )


def _form(typed: Typed, wrong: Faults, error: YingbinError | None = None, *, row: MeetingRow | None = None, adhoc: bool = False) -> str:
    with house().door.reading() as session:
        cards = rooms.rooms(session, retired=True)
        tenants = people.tenants(session)
        other = _other(session, error)
    offered = [card for card in cards if card.active or (row is not None and card.id == row.room_id)]
    card = _chosen(offered, str(typed["room_id"])) or (offered[0] if offered else None)
    return draw(
        "meeting_form.html",
        row=row,
        adhoc=adhoc,
        address=f"/desk/meetings/{row.meeting_id}/change" if row else f"/desk/meetings/{'adhoc' if adhoc else 'new'}",
        title=_title(row, adhoc=adhoc),
        typed=typed,
        faults=wrong.told_in((*MeetingPlan.model_fields, "starts_at", "ends_at", "tea_minutes")),
        other=other,
        free=_free(error, typed),
        ask_reason=bool(typed["reason"]) or (error is not None and error.code == "nobody_free"),
        categories=[(code, word[0]) for code, word in floor.CATEGORIES.items()],
        rooms=[(each.id, _room_words(each)) for each in offered],
        layouts=floor.layout_choices(card, row.layout if row and row.room_id == card.id else "") if card else [],
        teas=_teas(typed),
        tenants=[("", gettext("none")), *((each.id, words.named(each.name, each.name_en, language())) for each in tenants)],
    )


def _title(row: MeetingRow | None, *, adhoc: bool) -> str:
    if row is not None:
        return str(gettext("Change %(name)s", name=row.title))
    return str(gettext("Meeting at short notice")) if adhoc else str(gettext("New meeting"))


def _room_words(card: RoomCard) -> str:
    seats = gettext("up to %(seats)s", seats=card.capacity)
    return " · ".join(part for part in (words.named(card.name, card.name_en, language()), words.floor(card.floor), seats) if part)


def _chosen(cards: Any, typed: str) -> RoomCard | None:
    found: RoomCard | None = next((card for card in cards if str(card.id) == typed), None)
    return found


def _teas(typed: Typed) -> list[tuple[str, str]]:
    """Return the intervals to choose from; the usual one of the category first, and whatever stands."""
    known = typed["category"] in {each.value for each in Category}
    usual = floor.tea(TEA_MINUTES[Category(typed["category"]) if known else Category.ORDINARY])
    minutes = {each for each in (*TEA_CHOICES, *LONG_TEA) if each}
    standing = str(typed["tea"])
    if standing.isascii() and standing.isdigit() and len(standing) < 4:
        minutes.add(int(standing))
    shown = [(str(each), floor.tea(each)) for each in sorted(minutes)]
    return [(USUAL, str(gettext("as usual: %(how)s", how=usual))), (ON_CALL, floor.tea(None)), *shown]


def _other(session: Session, error: YingbinError | None) -> Taken | None:
    """Return the meeting that a refusal names."""
    number = error.facts.get("meeting") if error is not None and error.code == "room_taken" else None
    row = meeting_rows.one(session, int(number)) if isinstance(number, int) else None
    return Taken(row=row) if row is not None else None


def _free(error: YingbinError | None, typed: Typed) -> Free | bool | None:
    """Return the slot that a refusal offers; False where it offers none, None where nothing was refused for its room."""
    if error is None or error.code != "room_taken":
        return None
    said = error.facts.get("free_at")
    if not isinstance(said, str):
        return False
    form = MeetingPlan.from_values({name: value for name, value in typed.items() if value})
    plan, begins = _plan(form), datetime.fromisoformat(said)
    ends = begins + (plan.ends_at - plan.starts_at)
    fields = {"day": f"{local(begins):%Y-%m-%d}", "begins": f"{local(begins):%H:%M}", "ends": f"{local(ends):%H:%M}"}
    if plan.break_at is not None:
        fields["break_at"] = f"{local(begins + (plan.break_at - plan.starts_at)):%H:%M}"
    when = f"{fields['begins']}–{fields['ends']}"
    if fields["day"] != form.day.isoformat():
        when = f"{day_words(local(begins).date(), language())} {when}"
    return Free(
        words=str(gettext("Take %(when)s instead", when=when)), fields=" ".join(f"{name}={value}" for name, value in fields.items())
    )


def _blank(*, soon: bool = False) -> Typed:
    now = local(house().clock.now())
    hour = now.replace(minute=0, second=0, microsecond=0)
    begins = hour + (now.minute // 15 + 1) * QUARTER if soon else hour + timedelta(hours=1)
    day = asked_day() if request.args.get("day") else begins.date()
    plain = dict.fromkeys(MeetingPlan.model_fields, "")
    ends = begins + timedelta(hours=1)
    asked = {"category": "ordinary", "tea": USUAL, "room_id": request.args.get("room", "")}
    return {**plain, **asked, "day": day.isoformat(), "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}


def _as_typed(row: MeetingRow) -> Typed:
    kept = ("title", "category", "room_id", "layout", "estimated", "guaranteed", "tenant_id", "contact_name", "contact_phone")
    plain = {
        name: "" if getattr(row, name) is None else str(getattr(row, name)) for name in (*kept, "equipment", "notes", "plan", "version")
    }
    tea = USUAL if row.tea_minutes == TEA_MINUTES[row.category] else str(row.tea_minutes or ON_CALL)
    return {
        **plain,
        "day": f"{local(row.starts_at):%Y-%m-%d}",
        "begins": f"{local(row.starts_at):%H:%M}",
        "ends": f"{local(row.ends_at):%H:%M}",
        "break_at": f"{local(row.break_at):%H:%M}" if row.break_at else "",
        "tea": tea,
        "reason": "",
    }
