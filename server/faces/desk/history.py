"""The history of a visit, told fact by fact: what happened, when, who knew it, and what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from server.domain.visits.queries import HistoryLine
from server.events import Scalar
from server.faces.desk import words

TOLD_LATE = timedelta(seconds=60)
"""A fact recorded this much after it was observed shows both times."""

SENTENCES: Mapping[str, tuple[LazyString, str]] = {
    "VisitExpected": (lazy_gettext("Expected by a recurring invitation"), "calendar"),
    "VisitorInvited": (lazy_gettext("Invited"), "mail"),
    "InvitationChanged": (lazy_gettext("Invitation changed"), "edit"),
    "InvitationWithdrawn": (lazy_gettext("Invitation withdrawn"), "close"),
    "InvitationRenewed": (lazy_gettext("Given another QR and code"), "qr"),
    "VisitorSignedIn": (lazy_gettext("Signed in"), "enter"),
    "OtherGateTried": (lazy_gettext("The pass was shown at another gate"), "alert"),
    "HostNotified": (lazy_gettext("Message to the host"), "send"),
    "HostReached": (lazy_gettext("Message delivered"), "mail"),
    "HostSawVisit": (lazy_gettext("Seen by the host"), "eye"),
    "HostAnswered": (lazy_gettext("The host answered"), "check"),
    "VisitReassigned": (lazy_gettext("Passed on to somebody else"), "users"),
    "DelegateAsked": (lazy_gettext("The delegate was told too"), "users"),
    "DeskAsked": (lazy_gettext("The desk was asked"), "alert"),
    "DeskTookOver": (lazy_gettext("The desk looks after it"), "hand"),
    "DeclineUndone": (lazy_gettext("The refusal was taken back"), "undo"),
    "VisitorMet": (lazy_gettext("Met"), "users"),
    "VisitorAdmitted": (lazy_gettext("Let in"), "enter"),
    "VisitorSignedOut": (lazy_gettext("Signed out"), "exit"),
    "SignOutUndone": (lazy_gettext("The sign-out was taken back"), "undo"),
    "VisitorStillHere": (lazy_gettext("Still here, says the host"), "user"),
    "VisitorAssumedLeft": (lazy_gettext("Assumed left: nobody saw it"), "help"),
    "VisitorDidNotCome": (lazy_gettext("Did not come"), "dot"),
    "PassClosed": (lazy_gettext("The pass is closed"), "lock"),
    "ArrivalRecorded": (lazy_gettext("Arrival recorded afterwards"), "enter"),
    "DepartureRecorded": (lazy_gettext("Departure recorded afterwards"), "exit"),
    "VisitWithdrawn": (lazy_gettext("Withdrawn"), "close"),
    "VisitCorrected": (lazy_gettext("Corrected"), "edit"),
    "VisitAnonymised": (lazy_gettext("Personal data removed"), "erase"),
    "VisitRecordOpened": (lazy_gettext("Record opened"), "eye"),
    "NoticeFailed": (lazy_gettext("A message could not be delivered"), "alert"),
}
"""Kind of fact → what it says and its icon."""

ACTORS: Mapping[str, LazyString] = {
    "staff": lazy_gettext("staff"),
    "device": lazy_gettext("a device"),
    "link": lazy_gettext("on a phone"),
    "house": lazy_gettext("by itself"),
}
"""Kind of actor → in words, where there is no name."""

FIELDS: Mapping[str, LazyString] = {
    "name": lazy_gettext("Name"),
    "phone": lazy_gettext("Phone"),
    "company": lazy_gettext("Company"),
    "purpose": lazy_gettext("Purpose"),
    "companions": lazy_gettext("Companions"),
}


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of the history. ``recorded_at`` is set only where it is not the time it happened."""

    at: datetime
    recorded_at: datetime | None
    text: str
    detail: str
    by: str
    icon: str
    contradicts: bool


def told(line: HistoryLine) -> Told:
    """Return a fact in the reader's language."""
    text, icon = SENTENCES.get(line.kind, (line.kind, "dot"))
    return Told(
        at=line.at,
        recorded_at=line.recorded_at if line.recorded_at - line.at > TOLD_LATE else None,
        text=str(text),
        detail=_detail(line.kind, line.facts),
        by=line.by_name or str(ACTORS.get(line.by, "")),
        icon=icon,
        contradicts=bool(line.facts.get("contradicts")),
    )


def _detail(kind: str, facts: Mapping[str, Scalar]) -> str:
    if kind in ("VisitorSignedIn", "OtherGateTried"):
        return str(gettext("gate %(gate)s", gate=facts["gate"])) if facts.get("gate") else ""
    if kind == "HostAnswered":
        return _answer(str(facts.get("answer")), facts.get("minutes"))
    if kind == "VisitorSignedOut":
        return str(words.LEFT_BY.get(str(facts.get("by")), ""))
    if kind == "VisitCorrected":
        return " · ".join(str(FIELDS.get(field, field)) for field in str(facts.get("fields", "")).split(",") if field)
    return ""


def _answer(answer: str, minutes: Scalar) -> str:
    if answer == "coming":
        return str(gettext("coming in %(minutes)s minutes", minutes=minutes) if minutes else gettext("coming at once"))
    if answer == "wait":
        return str(gettext("please wait %(minutes)s minutes", minutes=minutes))
    return str(gettext("declined")) if answer == "declined" else ""
