"""The ladder of the host's answer in words: sent, delivered, seen, and what was said. Depends on the visit and the language alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from kiosk.sentences import REASONS
from server.domain.visits.queries import LadderView
from server.domain.visits.rules import Answer, Step
from server.web.house import house
from server.web.i18n import language


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One line: ``state`` is done, now, next, waiting or bad."""

    state: str
    text: str | Markup
    note: str = ""
    time: str = ""
    icon: str = ""


def headline(view: LadderView) -> tuple[str, str]:
    """Return the one sentence that says where things stand, and what to do now."""
    wait_here = gettext("Please wait here in the lobby.")
    said: Mapping[Step, Callable[[], tuple[str, str]]] = {
        Step.DESK: lambda: (gettext("The front desk takes care of you"), gettext("You are signed in. Please wait here in the lobby.")),
        Step.TOLD: lambda: (
            gettext("We are telling %(host)s", host=host(view)),
            gettext("You are signed in. Please wait here in the lobby."),
        ),
        Step.REACHED: lambda: (gettext("The message has reached %(host)s", host=host(view)), wait_here),
        Step.SEEN: lambda: (gettext("%(host)s has seen that you are here", host=host(view)), wait_here),
        Step.COMING: lambda: (coming(view), gettext("Please wait here in the lobby. You will be met.")),
        Step.WAIT: lambda: (
            waiting(view),
            gettext("Please take a seat. Your phone keeps you up to date once you scan the code."),
        ),
        Step.DECLINED: lambda: (gettext("%(host)s cannot receive you", host=host(view)), reason(view)),
        Step.MET: lambda: (gettext("You have been met"), gettext("Have a good visit.")),
        Step.IN: lambda: (gettext("You may go in"), where(view)),
    }
    if view.step in said:
        return said[view.step]()
    return gettext("This visit is over"), gettext("Goodbye, and come again")


def rungs(view: LadderView) -> list[Rung]:
    """Return the rungs in the order in which they are climbed; the last is the one that counts now."""
    if view.told_at is None:
        return [Rung(state="waiting", icon="bell", text=gettext("The front desk has been told"), time=_clock(view.desk_asked_at))]
    told = gettext("Told %(host)s", host=host(view))
    climbed = [Rung(state="done", icon="send", text=told, note=where(view), time=_clock(view.told_at))]
    if view.reached_at is not None:
        climbed.append(Rung(state="done", icon="check", text=gettext("Delivered"), time=_clock(view.reached_at)))
    elif not _is_past(view):
        climbed.append(Rung(state="waiting", icon="mail", text=gettext("On its way to the phone")))
    if view.seen_at is not None:
        climbed.append(Rung(state="done", icon="eye", text=gettext("Seen"), time=_clock(view.seen_at)))
    if view.delegate_told_at is not None and view.step in (Step.TOLD, Step.REACHED, Step.SEEN, Step.DESK):
        climbed.append(Rung(state="done", icon="users", text=gettext("A colleague was told too"), time=_clock(view.delegate_told_at)))
    return [*climbed, _last(view)]


def is_settled(view: LadderView) -> bool:
    """Tell whether the visitor knows what happens next, so that the screen may go."""
    return view.step in (Step.COMING, Step.MET, Step.IN, Step.OVER)


def host(view: LadderView) -> str:
    """Return the masked name of who is asked now."""
    name = view.host_masked_en or view.host_masked if language() == "en" else view.host_masked
    return name or gettext("your host")


def where(view: LadderView) -> str:
    """Return the tenant and the floor."""
    tenant = view.tenant_en or view.tenant if language() == "en" else view.tenant
    return gettext("%(tenant)s · floor %(floor)s", tenant=tenant, floor=view.floor) if tenant and view.floor else tenant or ""


def coming(view: LadderView) -> str:
    """Return when the host comes."""
    if not view.minutes:
        return str(gettext("%(host)s is coming now", host=host(view)))
    return str(ngettext("%(host)s comes in %(num)s minute", "%(host)s comes in %(num)s minutes", view.minutes, host=host(view)))


def waiting(view: LadderView) -> str:
    """Return how long the host asks to wait."""
    if not view.minutes:
        return str(gettext("%(host)s asks you to wait a little", host=host(view)))
    return str(
        ngettext("%(host)s asks you to wait %(num)s minute", "%(host)s asks you to wait %(num)s minutes", view.minutes, host=host(view))
    )


def reason(view: LadderView) -> str:
    """Return why the host declined: one of the offered reasons, or the host's own sentence."""
    known = REASONS.get(view.reason or "other")
    return str(known) if known is not None else view.reason


def _is_past(view: LadderView) -> bool:
    return view.seen_at is not None or view.answer != Answer.NONE


def _last(view: LadderView) -> Rung:
    at, other = _clock(view.answered_at), _somebody_else(view)
    last: Mapping[Step, Callable[[], Rung]] = {
        Step.COMING: lambda: Rung(state="now", text=_promise(gettext("Coming"), view.minutes), time=at, note=other),
        Step.WAIT: lambda: Rung(state="waiting", icon="wait", text=_promise(gettext("Please wait"), view.minutes), time=at, note=other),
        Step.DECLINED: lambda: Rung(state="bad", text=gettext("Declined"), note=reason(view), time=at),
        Step.DESK: lambda: Rung(
            state="waiting",
            icon="bell",
            text=gettext("The front desk takes over"),
            note=gettext("No answer yet, so the front desk was asked."),
            time=_clock(view.desk_asked_at),
        ),
        Step.MET: lambda: Rung(state="now", icon="users", text=gettext("Met")),
        Step.IN: lambda: Rung(state="now", icon="enter", text=gettext("Gone in")),
        Step.OVER: lambda: Rung(state="done", icon="exit", text=gettext("Signed out")),
    }
    is_under_way = view.reached_at is None and not _is_past(view)
    waits = Rung(state="next" if is_under_way else "waiting", icon="clock", text=gettext("Waiting for the answer"), note=other)
    return last[view.step]() if view.step in last else waits


def _promise(words: str, minutes: int | None) -> Markup:
    if not minutes:
        return escape(words)
    return escape(words) + Markup(" · <em>{}</em>").format(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def _somebody_else(view: LadderView) -> str:
    return gettext("Somebody else was asked: %(host)s", host=host(view)) if view.reassigned else ""


def _clock(instant: datetime | None) -> str:
    return f"{instant.astimezone(house().settings.zone):%H:%M:%S}" if instant else ""
