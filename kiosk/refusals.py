"""Why a pass did not open, said kindly, and each time with a way on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from kiosk.progress import Progress, Value
from server.errors import YingbinError
from server.web.house import house
from server.web.i18n import day_words, language


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """What is said for one code. ``ways`` are the buttons offered besides “Call a person”, the likeliest first."""

    title: LazyString
    text: LazyString
    ways: tuple[str, ...] = ()
    icon: str = "info"


REFUSALS: Mapping[str, Refusal] = {
    "already_in": Refusal(
        title=lazy_gettext("You are already signed in"),
        text=lazy_gettext("Since %(since)s, at gate %(gate)s. Are you leaving now?"),
        ways=("sign_out", "home"),
        icon="check",
    ),
    "already_out": Refusal(
        title=lazy_gettext("You are already signed out"),
        text=lazy_gettext("Since %(since)s. Have a good day!"),
        ways=("home",),
        icon="check",
    ),
    "not_in": Refusal(
        title=lazy_gettext("This pass is not signed in"),
        text=lazy_gettext("So there is nothing to sign out. Did you want to sign in?"),
        ways=("sign_in", "home"),
    ),
    "too_early": Refusal(
        title=lazy_gettext("You are early"),
        text=lazy_gettext("Your invitation begins %(opens)s. Please come again then, or ask the front desk to let your host know."),
        ways=("home",),
        icon="clock",
    ),
    "closed_for_today": Refusal(
        title=lazy_gettext("Not open at this time"),
        text=lazy_gettext("Your invitation is good again from %(opens)s."),
        ways=("walk_in", "home"),
        icon="clock",
    ),
    "wrong_gate": Refusal(
        title=lazy_gettext("Please go to gate %(gate)s"),
        text=lazy_gettext("Your host expects you there. If that is far, the front desk can help."),
        ways=("home",),
        icon="pin",
    ),
    "visit_declined": Refusal(
        title=lazy_gettext("Your host cannot receive you today"),
        text=lazy_gettext("The front desk will be glad to help you further."),
        ways=("home",),
    ),
    "pass_expired": Refusal(
        title=lazy_gettext("This invitation is over"),
        text=lazy_gettext("It was good until %(until)s. You can sign in as a visitor without it."),
        ways=("walk_in", "home"),
        icon="clock",
    ),
    "pass_withdrawn": Refusal(
        title=lazy_gettext("This invitation was withdrawn"),
        text=lazy_gettext("You can sign in as a visitor without it, or ask the front desk."),
        ways=("walk_in", "home"),
    ),
    "pass_unknown": Refusal(
        title=lazy_gettext("This code is not known here"),
        text=lazy_gettext("Perhaps it belongs to another place, or has been replaced. You can sign in without it."),
        ways=("walk_in", "code", "home"),
        icon="qr",
    ),
    "undo_too_late": Refusal(
        title=lazy_gettext("It is too late to undo"),
        text=lazy_gettext("You are signed out. The front desk can bring you back in."),
        ways=("home",),
        icon="clock",
    ),
}
"""Code of a refusal → how the kiosk says it."""

NEVER_OPENS = lazy_gettext("It is not open any more today. You can sign in as a visitor without it.")

WAYS: Mapping[str, tuple[LazyString, str]] = {
    "sign_out": (lazy_gettext("Sign out"), "exit"),
    "sign_in": (lazy_gettext("Sign in"), "enter"),
    "walk_in": (lazy_gettext("Sign in without a code"), "enter"),
    "code": (lazy_gettext("Try another code"), "qr"),
    "home": (lazy_gettext("Back to the start"), "home"),
}
"""Way on → its words and icon."""

FACTS = ("since", "gate", "opens", "until")
"""What a refusal's sentence may name; the first, third and fourth are instants."""


def refused_with(error: YingbinError) -> dict[str, Value]:
    """Return the fields of a draft that show ``error``; raises it again if the kiosk has no words for it."""
    if error.code not in REFUSALS:
        raise error
    facts: dict[str, Value] = {fact: str(error.facts.get(fact) or "") for fact in FACTS}
    return {"step": "refused", "refusal": error.code, **facts}


def words(here: Progress) -> tuple[str, str]:
    """Return the title and the sentence of the refusal kept in a draft."""
    refusal = REFUSALS[here.text("refusal")]
    facts = {fact: here.text(fact) if fact == "gate" else moment(here.text(fact)) for fact in FACTS}
    text = NEVER_OPENS if here.text("refusal") == "closed_for_today" and not facts["opens"] else refusal.text
    return gettext(refusal.title._args[0], **facts), gettext(text._args[0], **facts)


def moment(instant: str) -> str:
    """Return an ISO instant as the hour, with the day if that is not today; empty stays empty."""
    if not instant:
        return ""
    zone = house().settings.zone
    local = datetime.fromisoformat(instant).astimezone(zone)
    if local.date() == house().clock.now().astimezone(zone).date():
        return f"{local:%H:%M}"
    return f"{day_words(local.date(), language())} {local:%H:%M}"
