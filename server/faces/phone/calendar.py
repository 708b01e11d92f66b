"""A visit as a calendar file (RFC 5545), for the phone's own calendar."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from flask_babel import gettext

from server.config import Settings
from server.domain.visits.queries import InvitationView, PassView
from server.domain.visits.rules import Recurrence, Window, window_on
from server.web import qr

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LINE_BYTES = 73
"""A line holds 75 bytes with what stands before its continuation."""


def entry(found: PassView, invitation: InvitationView | None, settings: Settings, now: datetime, lang: str) -> str:
    """Return the calendar file of an invitation: one event, or one that recurs on its weekdays."""
    english = lang == "en"
    host = found.host_masked_en if english and found.host_masked_en else found.host_masked
    tenant = found.tenant_en if english and found.tenant_en else found.tenant
    site = settings.site_name_en if english else settings.site_name
    way = found.directions_en if english and found.directions_en else found.directions
    link = qr.link(settings, "v", found.token)
    summary = gettext("Visit to %(who)s", who=" · ".join(part for part in (host, tenant) if part))
    place = ", ".join(part for part in (site, gettext("Gate %(gate)s", gate=found.gate) if found.gate else "") if part)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yingbin//Visits//EN",
        "BEGIN:VEVENT",
        f"UID:{'visit' if found.visit_id else 'invitation'}-{found.visit_id or found.invitation_id}@yingbin",
        f"DTSTAMP:{_stamp(now)}",
        *_times(found, invitation, settings),
        f"SUMMARY:{_text(summary)}",
        f"LOCATION:{_text(place)}",
        f"DESCRIPTION:{_text(chr(10).join(part for part in (way, link) if part))}",
        f"URL:{link}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_fold(line)}\r\n" for line in lines)


def _times(found: PassView, invitation: InvitationView | None, settings: Settings) -> tuple[str, ...]:
    if invitation is None or not invitation.recurring:
        return f"DTSTART:{_stamp(found.expected_from or found.valid_until)}", f"DTEND:{_stamp(found.valid_until)}"
    # Without a zone: nine in the morning at the site, on the weekdays of the site, whatever zone the phone keeps.
    first = _first_window(invitation, settings)
    days = ",".join(WEEKDAYS[number] for number in invitation.weekdays)
    begins, ends, last = (
        f"{instant.astimezone(settings.zone):%Y%m%dT%H%M%S}" for instant in (first.begins, first.ends, invitation.valid_until)
    )
    return f"DTSTART:{begins}", f"DTEND:{ends}", f"RRULE:FREQ=WEEKLY;BYDAY={days};UNTIL={last}"


def _first_window(invitation: InvitationView, settings: Settings) -> Window:
    span = Window(begins=invitation.valid_from, ends=invitation.valid_until)
    rhythm = Recurrence(weekdays=invitation.weekdays, daily_from=invitation.daily_from or 0, daily_until=invitation.daily_until or 0)
    start: date = invitation.valid_from.astimezone(settings.zone).date()
    # The same weekday comes round within seven days; the eighth covers a first day that begins after its hours.
    windows = (window_on(start + timedelta(days=ahead), span, rhythm, settings.zone) for ahead in range(8))
    return next((window for window in windows if window is not None), span)


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> str:
    """Break a line after at most 75 bytes, never inside a character."""
    parts, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE_BYTES:
            parts.append("")
            size = 0
        parts[-1] += letter
        size += width
    return "\r\n ".join(parts)
