"""What the faces call things of the meeting floor: states, steps, layouts, wishes, differences; and what is said when one is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from server.domain.meetings.queries.rows import ChangeRow, StepRow
from server.domain.meetings.queries.staffing import Proposal
from server.domain.meetings.rules import Difference, Shortfall
from server.domain.rooms.queries import RoomCard
from server.web import sentences
from server.web.i18n import language
from server.web.words import named

Word = tuple[LazyString, str, str]
"""A word, its tone and its icon."""

CATEGORIES: Mapping[str, Word] = {
    "small": (lazy_gettext("Small"), "calm", "users"),
    "ordinary": (lazy_gettext("Ordinary"), "calm", "users"),
    "important": (lazy_gettext("Important"), "info", "flag"),
    "vip": (lazy_gettext("VIP"), "due", "sun"),
}

MEETING_STATES: Mapping[str, Word] = {
    "registered": (lazy_gettext("Registered"), "calm", "calendar"),
    "to_reconfirm": (lazy_gettext("To be reconfirmed"), "due", "phone"),
    "confirmed": (lazy_gettext("Confirmed"), "info", "check"),
    "preparing": (lazy_gettext("Being set up"), "info", "turn"),
    "ready": (lazy_gettext("Room ready"), "ok", "check"),
    "in_session": (lazy_gettext("In session"), "calm", "users"),
    "ended": (lazy_gettext("Over, to be tidied"), "due", "clean"),
    "turning_over": (lazy_gettext("Being tidied"), "info", "clean"),
    "closed": (lazy_gettext("Closed"), "ok", "check-all"),
    "cancelled": (lazy_gettext("Cancelled"), "calm", "close"),
    "no_show": (lazy_gettext("Nobody came"), "calm", "dot"),
}

STEPS: Mapping[str, tuple[LazyString, str]] = {
    "reconfirm": (lazy_gettext("Reconfirm with the contact"), "phone"),
    "plan": (lazy_gettext("Make the reception plan"), "edit"),
    "pick_list": (lazy_gettext("Make the pick list"), "list"),
    "draw_supplies": (lazy_gettext("Draw supplies, check expiry"), "box"),
    "check_room": (lazy_gettext("Lay out and check the room"), "clean"),
    "check_equipment": (lazy_gettext("Check the equipment"), "settings"),
    "standby": (lazy_gettext("Equipment standby"), "wrench"),
    "security": (lazy_gettext("Ask security to help"), "lock"),
    "lights_on": (lazy_gettext("Lights on"), "light"),
    "greet_door": (lazy_gettext("Greet at the door"), "door"),
    "greet_lift": (lazy_gettext("Greet at the lift"), "enter"),
    "first_pour": (lazy_gettext("First pour"), "tea"),
    "leave_room": (lazy_gettext("Leave the room"), "exit"),
    "sign": (lazy_gettext("Put out the sign, begin"), "sign"),
    "tea_break": (lazy_gettext("Serve the tea break"), "food"),
    "tidy": (lazy_gettext("Tidy the room"), "clean"),
    "cleaning": (lazy_gettext("Cleaning is there"), "water"),
    "lost_property": (lazy_gettext("Look for lost property"), "search"),
    "disinfect": (lazy_gettext("Wash and disinfect"), "water"),
    "consumables": (lazy_gettext("Count what was used"), "box"),
    "lights_off": (lazy_gettext("Lights and air off"), "moon"),
}
"""Step → words and icon."""

STEP_STATES: Mapping[str, Word] = {
    "planned": (lazy_gettext("Planned"), "calm", "clock"),
    "doing": (lazy_gettext("Under way"), "info", "turn"),
    "done": (lazy_gettext("Done"), "ok", "check"),
    "skipped": (lazy_gettext("Skipped"), "calm", "next"),
    "missed": (lazy_gettext("Missed"), "bad", "alert"),
}

ROUND_STATES: Mapping[str, Word] = {
    "armed": (lazy_gettext("Planned"), "calm", "clock"),
    "claimed": (lazy_gettext("On the way"), "info", "user"),
    "inside": (lazy_gettext("In the room"), "info", "door"),
    "done": (lazy_gettext("Done"), "ok", "check"),
    "skipped": (lazy_gettext("Skipped"), "calm", "next"),
}

LEVELS: Mapping[str, Word] = {
    "none": (lazy_gettext("Later"), "calm", "clock"),
    "soon": (lazy_gettext("Soon"), "info", "clock"),
    "due": (lazy_gettext("Now"), "due", "clock"),
    "late": (lazy_gettext("Late"), "bad", "alert"),
    "board": (lazy_gettext("Late"), "bad", "alert"),
    "supervisor": (lazy_gettext("Very late"), "bad", "alert"),
}

TASK_TONES: Mapping[str, str] = {"none": "", "soon": "soon", "due": "due", "late": "late", "board": "late", "supervisor": "late"}
"""Level → the tone of ``ui.task``."""

PARTIES: Mapping[str, LazyString] = {
    "attendant": lazy_gettext("Attendants"),
    "desk": lazy_gettext("Front desk"),
    "supervisor": lazy_gettext("Supervisor"),
    "equipment": lazy_gettext("Equipment"),
    "security": lazy_gettext("Security"),
    "cleaning": lazy_gettext("Cleaning"),
}

PHASES: Mapping[str, LazyString] = {
    "before": lazy_gettext("The day before"),
    "prepare": lazy_gettext("Before it begins"),
    "serve": lazy_gettext("During the meeting"),
    "close": lazy_gettext("After the end"),
}

LAYOUTS: Mapping[str, LazyString] = {
    "classroom": lazy_gettext("Classroom"),
    "theatre": lazy_gettext("Theatre"),
    "ushape": lazy_gettext("U-shape"),
    "hollow_square": lazy_gettext("Hollow square"),
    "boardroom": lazy_gettext("Boardroom"),
    "herringbone": lazy_gettext("Herringbone"),
    "banquet": lazy_gettext("Banquet rounds"),
    "crescent": lazy_gettext("Crescent rounds"),
    "reception": lazy_gettext("Reception"),
    "signing": lazy_gettext("Signing"),
}

SOURCES: Mapping[str, LazyString] = {
    "form": lazy_gettext("By form"),
    "adhoc": lazy_gettext("At short notice"),
    "schedule": lazy_gettext("From the weekly schedule"),
    "api": lazy_gettext("Online registration"),
}

SKIP_REASONS: Mapping[str, LazyString] = {
    "do_not_disturb": lazy_gettext("Do not disturb"),
    "cups_full": lazy_gettext("Cups are full"),
    "nobody_there": lazy_gettext("Nobody is there"),
    "somebody_speaks": lazy_gettext("Somebody speaks"),
}
"""Why a round of tea is left out, one tap each."""

STEP_SKIP_REASONS: Mapping[str, LazyString] = {
    "not_needed": lazy_gettext("Not needed this time"),
    "contact_wishes": lazy_gettext("At the contact's wish"),
    "done_by_others": lazy_gettext("Others did it"),
    "no_time": lazy_gettext("No time left"),
}

WISHES: Mapping[str, tuple[LazyString, str]] = {
    "tea": (lazy_gettext("Tea or water"), "tea"),
    "technician": (lazy_gettext("Technician"), "wrench"),
    "cleaning": (lazy_gettext("Cleaning"), "clean"),
    "supplies": (lazy_gettext("Paper, pens, cups"), "box"),
    "person": (lazy_gettext("Somebody, please"), "hand"),
}

CALL_STATES: Mapping[str, Word] = {
    "new": (lazy_gettext("Calling"), "bad", "bell"),
    "acked": (lazy_gettext("On the way"), "due", "user"),
    "arrived": (lazy_gettext("There"), "info", "door"),
    "done": (lazy_gettext("Done"), "ok", "check"),
    "reopened": (lazy_gettext("Calling again"), "bad", "bell"),
    "withdrawn": (lazy_gettext("Withdrawn"), "calm", "close"),
}

ITEMS: Mapping[str, LazyString] = {
    "cups": lazy_gettext("Cups"),
    "leaf_grams": lazy_gettext("Tea leaf, grams"),
    "water_bottles": lazy_gettext("Bottles of water"),
    "paper_sheets": lazy_gettext("Sheets of paper"),
    "pens": lazy_gettext("Pens"),
}
"""What a meeting draws and uses; anything else is called as it was typed."""

FIELDS: Mapping[str, LazyString] = {
    "room_id": lazy_gettext("Room"),
    "starts_at": lazy_gettext("Begins"),
    "ends_at": lazy_gettext("Ends"),
    "layout": lazy_gettext("Layout"),
    "people": lazy_gettext("People"),
    "category": lazy_gettext("Category"),
    "tea_minutes": lazy_gettext("Tea"),
    "break_at": lazy_gettext("Tea break"),
    "equipment": lazy_gettext("Equipment"),
    "cancelled": lazy_gettext("Cancelled"),
}
"""Fields of a difference."""


def item(name: str) -> str:
    """Return what something that was drawn or used is called."""
    return str(ITEMS[name]) if name in ITEMS else name


def reason(text: str) -> str:
    """Return why something was left out: a known reason in the reader's language, or somebody's own sentence."""
    known = SKIP_REASONS.get(text) or STEP_SKIP_REASONS.get(text)
    return str(known) if known is not None else text


def tea(minutes: int | None) -> str:
    """Return how often tea is served."""
    return str(gettext("on call") if minutes is None else ngettext("every minute", "every %(num)s minutes", minutes))


def length(begins: datetime, ends: datetime) -> str:
    """Return how long something took, as a clock shows it: 0:35, 1:02:10."""
    seconds = max(0, int((ends - begins).total_seconds()))
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02d}:{seconds % 60:02d}" if hours else f"{minutes}:{seconds % 60:02d}"


def why_late(step: StepRow) -> str:
    """Return why a step of a run sheet is late, as far as it is known: who has it, or that nobody answered, or that it came too late."""
    if step.asks_name:
        held = gettext("no answer from: %(party)s", party=PARTIES[step.party])
    elif step.staff is None and step.party in ("desk", "supervisor"):
        held = str(PARTIES[step.party])
    else:
        held = step.staff.name if step.staff is not None else gettext("nobody has it")
    return " · ".join([held, gettext("came at short notice")] if step.compressed else [held])


def missing(short: Shortfall) -> str:
    """Return how many people a stretch of the day is short of."""
    if any(need.what.startswith("greet") for need in short.needs):
        return str(ngettext("%(num)s greeter short", "%(num)s greeters short", short.missing))
    return str(ngettext("%(num)s attendant short", "%(num)s attendants short", short.missing))


def advice(proposal: Proposal, where: str) -> str:
    """Return what would help where people are short; ``where`` is the proposal's room in the reader's language."""
    if proposal.what not in STEPS:
        return str(gettext("Ask somebody to cover, or move one of the meetings."))
    step = str(STEPS[proposal.what][0])
    return str(gettext("%(room)s: do “%(step)s” %(minutes)s minutes sooner.", room=where, step=step, minutes=proposal.minutes))


def layout_choices(card: RoomCard, standing: str = "") -> list[tuple[str, str]]:
    """Return the layouts a room offers, each with how many it holds; ``standing`` too, should it be offered no more."""
    found = [
        (layout.layout.value, f"{LAYOUTS[layout.layout]} · {ngettext('%(num)s seat', '%(num)s seats', layout.capacity)}")
        for layout in card.layouts
        if layout.offered
    ]
    if standing and standing not in dict(found):
        found.append((standing, str(LAYOUTS.get(standing, standing))))
    return found


def difference(one: Difference, change: ChangeRow, local: Callable[[datetime], datetime]) -> tuple[str, str, str]:
    """Return a difference in words: what, before, after. ``local`` turns an instant to the site's zone."""
    return str(FIELDS[one.field]), told(one.field, one.before, change.rooms, local), told(one.field, one.after, change.rooms, local)


def told(field: str, value: str | int | None, rooms: Mapping[int, tuple[str, str]], local: Callable[[datetime], datetime]) -> str:
    """Return the value of a field as a difference tells it; ``rooms`` names the rooms among them, in both languages."""
    if field == "tea_minutes":
        return tea(int(value) if value is not None else None)
    if value is None or value == "":
        return str(gettext("none"))
    if field in ("starts_at", "ends_at", "break_at"):
        return f"{local(datetime.fromisoformat(str(value))):%m-%d %H:%M}"
    if field == "room_id":
        return room(*rooms.get(int(value), ("", "")), language())
    if field == "layout":
        return str(LAYOUTS[str(value)])
    if field == "category":
        return str(CATEGORIES[str(value)][0])
    if field == "cancelled":
        return str(gettext("yes") if value else gettext("no"))
    return str(value)


def room(name: str, name_en: str, lang: str) -> str:
    """Return a room's name as the reader's language has it."""
    return named(name, name_en, lang)


GONE = lazy_gettext("This is no longer here.")
MANUALS: Mapping[str, LazyString] = {
    "contingency": lazy_gettext("Contingency plan"),
    "daily": lazy_gettext("Meeting procedure"),
    "vip": lazy_gettext("VIP procedure"),
}
"""The department's texts (S121, S133, S138)."""

DONE: Mapping[str, LazyString] = {
    "step_done": lazy_gettext("Done."),
    "step_skipped": lazy_gettext("Skipped."),
    "step_undone": lazy_gettext("Taken back."),
    "round_done": lazy_gettext("Tea is served."),
    "trip_done": lazy_gettext("The trip is done."),
    "round_skipped": lazy_gettext("This round is skipped."),
    "round_undone": lazy_gettext("Taken back."),
    "started": lazy_gettext("The meeting has begun."),
    "start_taken_back": lazy_gettext("Taken back."),
    "ended": lazy_gettext("The meeting is over."),
    "resumed": lazy_gettext("The meeting goes on."),
    "nobody_came": lazy_gettext("Nobody came: the room is free again."),
    "nobody_came_taken_back": lazy_gettext("Taken back."),
    "undisturbed": lazy_gettext("Nobody disturbs this meeting."),
    "disturb_again": lazy_gettext("Service goes on."),
    "tea_set": lazy_gettext("The tea is timed anew."),
    "meeting_changed": lazy_gettext("The meeting is changed."),
    "counted": lazy_gettext("Written down."),
    "change_seen": lazy_gettext("You have seen the change."),
    "call_acked": lazy_gettext("The room knows that you are on the way."),
    "call_released": lazy_gettext("The call waits for somebody again."),
    "call_arrived": lazy_gettext("You are there."),
    "call_done": lazy_gettext("The call is done."),
    "call_undone": lazy_gettext("Taken back."),
    "handed_over": lazy_gettext("It is handed over."),
}
"""Outcome → what is said after it, on every face of the floor."""


def done(code: str) -> str:
    """Return what was just done; empty for an unknown code."""
    return str(DONE[code]) if code in DONE else ""


STEPS_DONE: Mapping[str, LazyString] = {
    "step_done": lazy_gettext("%(what)s: done."),
    "step_skipped": lazy_gettext("%(what)s: skipped."),
}


def step_done(kind: str, code: str) -> str:
    """Return what was just done with a step, by its name: two toasts may stand over each other, each with its Undo."""
    return str(gettext(STEPS_DONE[code]._args[0], what=STEPS[kind][0])) if code in STEPS_DONE else ""


AGAIN = lazy_gettext("Somebody else changed this meanwhile. Here is how it stands now; please change it again.")

REFUSALS: Mapping[str, LazyString] = {
    "category_unknown": lazy_gettext("Please choose one of the categories."),
    "room_unknown": lazy_gettext("Please choose one of the rooms."),
    "room_retired": lazy_gettext("This room is out of use."),
    "layout_not_offered": lazy_gettext("This room does not offer this layout."),
    "ends_before_start": lazy_gettext("The end must come after the beginning."),
    "too_long_meeting": lazy_gettext("At most %(most_hours)s hours, please."),
    "too_far_ahead": lazy_gettext("At most %(most_days)s days ahead, please."),
    "in_the_past": lazy_gettext("This time is over."),
    "break_outside": lazy_gettext("The tea break must lie within the meeting."),
    "too_many_for_layout": lazy_gettext("In this layout the room holds %(capacity)s people."),
    "tea_out_of_range": lazy_gettext("Between %(least)s and %(most)s minutes, please."),
    "minutes_out_of_range": lazy_gettext("Between %(least)s and %(most)s minutes, please."),
    "room_taken": lazy_gettext(
        "The room is taken from %(begins_at)s to %(ends_at)s, setting up and tidying included. Next free: %(free_at)s."
    ),
    "nobody_free": lazy_gettext("%(needed)s attendants are needed and %(free)s are free. The supervisor may say why it must be."),
    "meeting_unknown": GONE,
    "meeting_changed_meanwhile": AGAIN,
    "meeting_moved_on": lazy_gettext("This is not possible as the meeting stands now."),
    "already_started": lazy_gettext("The meeting has begun: room and beginning stay."),
    "not_in_session": lazy_gettext("The meeting is not in session."),
    "not_begun_yet": lazy_gettext("The meeting begins at %(opens)s only."),
    "not_ended": lazy_gettext("This comes after the end of the meeting."),
    "step_unknown": GONE,
    "step_settled": lazy_gettext("Somebody was faster: this was settled at %(since)s."),
    "step_too_early": lazy_gettext("Too early: this may be done from %(opens)s, or now with a reason."),
    "reconfirm_needed": lazy_gettext("The meeting is reconfirmed with layout, headcount and contact, at the desk."),
    "quantities_missing": lazy_gettext("Please say how much, or why not."),
    "quantity_out_of_range": lazy_gettext("Between %(least)s and %(most)s, please."),
    "too_many_items": lazy_gettext("At most %(most)s things, please."),
    "round_unknown": GONE,
    "round_settled": lazy_gettext("Somebody was faster: this round is settled."),
    "cups_out_of_range": lazy_gettext("Between %(least)s and %(most)s, please."),
    "people_out_of_range": lazy_gettext("Between %(least)s and %(most)s, please."),
    "no_attendant": lazy_gettext("Please choose one of the attendants."),
    "same_person": lazy_gettext("Please choose somebody else."),
    "change_unknown": GONE,
    "plan_demands_it": lazy_gettext("The work plan demands this step (%(rule)s)."),
    "step_not_in_sheet": lazy_gettext("This category has no such step."),
    "room_call_unknown": lazy_gettext("This call is over."),
    "call_settled": lazy_gettext("Somebody was faster: this call is settled."),
    "room_called_again": lazy_gettext("The room has called again since %(since)s."),
    "room_changed_meanwhile": AGAIN,
    "room_name_taken": lazy_gettext("There is a room of this name already."),
    "room_retired_already": lazy_gettext("Somebody else has done this already."),
    "room_in_use_already": lazy_gettext("Somebody else has done this already."),
    "schedule_import_unknown": lazy_gettext("This list is no longer kept. Please send it again."),
    "schedule_begun": lazy_gettext("This list is being carried out already."),
    "room_not_here": lazy_gettext("There is no such room here."),
    "room_taken_then": lazy_gettext("The room is taken at that time."),
    "cancelled_here": lazy_gettext("This meeting was cancelled at the desk."),
    "photo_unknown": GONE,
    "photo_too_big": lazy_gettext("At most %(most_kilobytes)s kB, please."),
    "photo_kind_unknown": lazy_gettext("Please choose a photo: JPEG, PNG or WebP."),
}
"""Code → sentence, for every face of the meeting floor."""

sentences.add(REFUSALS, face="floor")
