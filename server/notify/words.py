"""The words of a message, in the language that is spoken when they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from server.domain.notices.rules import NoticeKind
from server.domain.visits.queries import MessageView


@dataclass(frozen=True, kw_only=True)
class Words:
    """A message in words. ``named`` holds the visitor's name, for mail; ``plain`` a number instead, for everything else."""

    subject: str
    named: str
    plain: str


def words(message: MessageView, link: str) -> Words:
    """Return what a host is told, with the link to answer by."""
    if message.kind is NoticeKind.FAREWELL:
        return _farewell(message, link)
    number: str = _("Visitor %(number)s", number=message.visit_id)
    name = _("%(name)s (%(company)s)", name=message.name, company=message.company) if message.company else message.name
    return Words(subject=_subject(message.kind), named=_arrival(message, name, link), plain=_arrival(message, number, link))


def _subject(kind: NoticeKind) -> str:
    subjects: dict[NoticeKind, str] = {
        NoticeKind.DELEGATE: _("A visitor waits for your colleague"),
        NoticeKind.REASSIGNED: _("Please receive a visitor"),
    }
    return subjects.get(kind) or str(_("A visitor waits for you"))


def _arrival(message: MessageView, who: str, link: str) -> str:
    lines = [
        _("%(who)s waits in the lobby, gate %(gate)s.", who=who, gate=message.gate),
        ngettext("One companion.", "%(num)s companions.", message.companions) if message.companions else "",
        _("Please answer: %(link)s", link=link),
    ]
    return "\n".join(line for line in lines if line)


def _farewell(message: MessageView, link: str) -> Words:
    asked = ngettext("One visitor of yours has not signed out.", "%(num)s visitors of yours have not signed out.", message.people_inside)
    body = f"{asked}\n{_('Still with you? Please say who has left: %(link)s', link=link)}"
    return Words(subject=_("Still with you?"), named=body, plain=body)
