"""The department's texts that the work plan names but does not contain (S121, S133, S138), and what is proposed until one is written.

A text is plain: a blank line ends a part, and a short line with others below it is the part's heading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.meetings.queries.papers import ManualCard
from server.web.i18n import in_language

LONGEST_HEADING = 60


@dataclass(frozen=True, kw_only=True)
class Manual:
    """One text: what it is for, the rule that names it, its icon, and what is proposed, part by part, the heading first."""

    hint: LazyString
    rule: str
    icon: str
    parts: Sequence[tuple[LazyString, ...]]


MANUALS: Mapping[str, Manual] = {
    "contingency": Manual(
        hint=lazy_gettext("What to do when something goes wrong"),
        rule="S138",
        icon="alert",
        parts=(
            (
                lazy_gettext("Fire or smoke"),
                lazy_gettext("Call 119 and the fire control room; press the nearest alarm."),
                lazy_gettext("Lead everybody out by the nearest exit stairs. Nobody takes a lift."),
                lazy_gettext("At the meeting point, count everybody by the roll call of the desk."),
            ),
            (
                lazy_gettext("Power cut"),
                lazy_gettext("Open the curtains, switch on the emergency light, ask everybody to stay seated."),
                lazy_gettext("Call the equipment standby; offer the host a pause or another room."),
            ),
            (
                lazy_gettext("Projector, sound or network fails"),
                lazy_gettext("Call the equipment standby at once; meanwhile try the spare cable and the spare microphone."),
                lazy_gettext("Not solved within five minutes: tell the supervisor and offer another room."),
            ),
            (
                lazy_gettext("Water or a spill"),
                lazy_gettext("Take sockets and devices off the power first; put up the wet-floor sign; call cleaning."),
            ),
            (
                lazy_gettext("Somebody is unwell or hurt"),
                lazy_gettext("When in doubt call 120; somebody stays, somebody waits at the gate for the ambulance."),
                lazy_gettext("The first-aid box is at the front desk."),
            ),
            (
                lazy_gettext("A lift is stuck"),
                lazy_gettext("Call the lift company and keep talking to the people inside. Nobody opens the doors by hand."),
            ),
            (
                lazy_gettext("People who do not belong here, or a quarrel"),
                lazy_gettext("Keep the door closed, stay polite, ask security to come, tell the supervisor."),
            ),
            (
                lazy_gettext("Afterwards"),
                lazy_gettext("Write down what happened, when, and who was told, in the handover of the shift (S45)."),
            ),
        ),
    ),
    "daily": Manual(
        hint=lazy_gettext("How a meeting is served, step by step"),
        rule="S121",
        icon="text",
        parts=(
            (
                lazy_gettext("Before"),
                lazy_gettext("Draw cups, tea, paper and pens against the list; look at every expiry date (S117)."),
                lazy_gettext("An hour before: air the room, wipe the tables, lay out chairs as on the photo (S119)."),
                lazy_gettext("Try projector, screen, microphones and the clock on the wall (S118)."),
                lazy_gettext("Cups stand in one line, the handle to the right at four o’clock; paper and pen to the left."),
                lazy_gettext("A quarter of an hour before: lights on, and stand at the door (S120, S122)."),
            ),
            (
                lazy_gettext("During"),
                lazy_gettext("First pour from the right behind the guest, seven tenths full."),
                lazy_gettext("Put out the sign; nobody else comes in; speak outside only (S140, S141)."),
                lazy_gettext("Refill at a pause, quietly, from the head of the table on."),
                lazy_gettext("A small meeting: you may leave after the first pour. An important one: leave at once (S123, S125)."),
            ),
            (
                lazy_gettext("After"),
                lazy_gettext("Hold the door, thank the guests, look at once for what was left behind."),
                lazy_gettext("Tidy together with cleaning; wash and disinfect the cups (S127, S139)."),
                lazy_gettext("Count what was used; lights, screens and air off; close the door."),
            ),
        ),
    ),
    "vip": Manual(
        hint=lazy_gettext("Reception at the lift and at the door"),
        rule="S133",
        icon="sun",
        parts=(
            (
                lazy_gettext("The days before"),
                lazy_gettext("The supervisor writes the reception plan: who comes, when, by which gate and lift, who greets where (S131)."),
                lazy_gettext("Every department knows its post; security and equipment have answered (S132, S137, S142)."),
                lazy_gettext("Ask about food, tea, language, wheelchairs and photographs."),
            ),
            (
                lazy_gettext("The room"),
                lazy_gettext("Ready an hour and a half before: name plates in their order, flowers low, water, warm towels."),
                lazy_gettext("Porcelain only, new tea, the room at 24 degrees; the supervisor looks through it."),
            ),
            (
                lazy_gettext("Greeting"),
                lazy_gettext("Two people, a quarter of an hour before: one at the lift, one at the door (S134)."),
                lazy_gettext("Hold the lift; lead two steps ahead at the side; open the door and step back."),
            ),
            (
                lazy_gettext("Tea"),
                lazy_gettext("The guest of honour first, then the host, then by the order of the seats."),
                lazy_gettext("Every quarter of an hour, at a pause only; never while somebody speaks (S135)."),
            ),
            (
                lazy_gettext("Farewell"),
                lazy_gettext("Call the lift in time, see the guests to the door of the car, then tidy with cleaning (S136)."),
            ),
        ),
    ),
}
"""By the name under which a text is stored, in the order in which they are shown; their names are ``floor.MANUALS``."""


def proposed(name: str, lang: str) -> str:
    """Return what is proposed for a text until somebody writes it."""
    with in_language(lang):
        return "\n\n".join("\n".join(str(line) for line in part) for part in MANUALS[name].parts)


def text_of(card: ManualCard, lang: str) -> tuple[str, bool]:
    """Return a text in a language, or in the other where it was written in one only; and whether it is no more than the proposal."""
    own, other = (card.text_en, card.text) if lang == "en" else (card.text, card.text_en)
    written = own or other
    return (written, False) if written else (proposed(card.name, lang), True)


def parts_of(text: str) -> list[tuple[str, list[str]]]:
    """Return a text as parts: heading (may be empty) and lines."""
    parts = []
    for block in text.split("\n\n"):
        lines = [line for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        has_heading = len(lines) > 1 and len(lines[0]) <= LONGEST_HEADING
        parts.append((lines[0], lines[1:]) if has_heading else ("", lines))
    return parts
