"""What each screen shows: a view model a step, and the one way to draw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from kiosk import notice, refusals
from kiosk.progress import Progress, device, device_id, progress
from kiosk.sentences import PURPOSES
from kiosk.steps import GOODBYE_SECONDS, HOME, WAIT
from server.domain.people import queries as people
from server.domain.people.queries import Found
from server.domain.people.rules import SEARCH_BURST, SEARCHES_A_MINUTE
from server.domain.visits import queries as visits
from server.domain.visits.rules import local_day
from server.errors import BadInput, NotFound, TooMany
from server.web import qr
from server.web.house import house
from server.web.i18n import language
from server.web.limits import Rate
from server.web.sentences import error_sentence
from server.web.themes import theme_of

SEARCH_RATE = Rate(burst=SEARCH_BURST, per_minute=SEARCHES_A_MINUTE)
"""So that nobody reads the whole directory off a kiosk."""

Words = Mapping[str, Any]
NIGHT_ENDS, NIGHT_BEGINS = 6, 20
"""The hours of the site's day between which a kiosk without a theme of its own is light."""


def draw(*, errors: Mapping[str, str] | None = None, status: int = 200) -> ResponseReturnValue:
    """Draw the screen that the person here has reached; ``errors`` are sentences by field."""
    here = progress()
    words = {"here": here, "device": device(), "errors": errors or {}, "data": _page_data(here), "theme": _theme()}
    return render_template(f"kiosk/{here.step}.html", **words, **SHOWN.get(here.step, _nothing_more)(here)), status


def find_hosts(text: str) -> tuple[Found | None, str]:
    """Return whom ``text`` finds, at most five and masked; or None and the sentence that says why nobody was looked for."""
    try:
        house().limits.take("kiosk.hosts", f"device:{device_id()}", SEARCH_RATE)
        with house().door.reading() as session:
            return people.find_hosts(session, text), ""
    except TooMany as refused:
        return None, error_sentence(refused)
    except BadInput:
        return None, ""


def host_list(text: str, found: Found | None, said: str) -> Words:
    """Return what the list of hosts needs; each of its buttons proves that the host was shown here."""
    return {"text": text, "found": found, "said": said, "chosen_as": lambda host_id: f"{host_id}.{host_proof(host_id)}"}


def host_proof(host_id: int) -> str:
    """Return what only a person whose search found this host can send: so choosing costs no further search, and guessing is no use."""
    return house().keys.digest("kiosk host", f"{progress().key}:{host_id}")[:24]


def _page_data(here: Progress) -> dict[str, object]:
    settings = house().settings
    # A home screen that nobody has touched has nothing to wipe; a closing screen wipes itself.
    is_untouched = not here.key and language() == "zh"
    idle = {} if is_untouched else {"idle-after": settings.kiosk_idle_seconds, "idle-grace": settings.kiosk_warning_seconds}
    if here.rules.is_end:
        idle = {"idle-after": 24 * 3600, "ends-after": settings.kiosk_wait_seconds if here.step == WAIT else GOODBYE_SECONDS}
    view = {"text": here.text("text_size") or None, "reach": here.text("reach") or None, "live-key": here.key or None}
    return {name: value for name, value in {**idle, **view}.items() if value is not None}


def _theme() -> str:
    return theme_of(device().theme, light_from=NIGHT_ENDS, light_until=NIGHT_BEGINS)


def _nothing_more(_here: Progress) -> Words:
    return {}


def _host(here: Progress) -> Words:
    typed = here.text("text")
    found, said = find_hosts(typed) if typed else (None, "")
    return host_list(typed, found, said)


def _person(here: Progress) -> Words:
    return {"host": _host_words(here)}


def _visit(here: Progress) -> Words:
    now, settings = house().clock.now(), house().settings
    return {
        "host": _host_words(here),
        "purposes": [(purpose.value, word, icon) for purpose, (word, icon) in PURPOSES.items()],
        "notice_short": notice.short(now, settings),
        "notice_whole": notice.paragraphs(now, settings),
    }


def _host_words(here: Progress) -> str:
    """Return the chosen host as the search showed him; empty when the desk is asked instead."""
    suffix = "_en" if language() == "en" else ""
    name = here.text(f"host_name{suffix}") or here.text("host_name")
    tenant = here.text(f"host_tenant{suffix}") or here.text("host_tenant")
    return " · ".join(part for part in (name, tenant) if part)


def _wait(here: Progress) -> Words:
    assert here.visit_id is not None
    with house().door.reading() as session:
        shown = visits.pass_of_visit(session, house().keys, here.visit_id)
    settings = house().settings
    is_for_today = local_day(shown.valid_until, settings.zone) == local_day(house().clock.now(), settings.zone)
    return {"pass_": shown, "address": qr.link(settings, "v", shown.token), "is_for_today": is_for_today}


def _surname(here: Progress) -> Words:
    today = local_day(house().clock.now(), house().settings.zone)
    try:
        with house().door.reading() as session:
            return {"masked": visits.masked_by_code(session, house().keys, here.text("code"), today)}
    except NotFound:
        # Withdrawn since it was typed: the surname will get the one fixed answer.
        return {"masked": ""}


def _refused(here: Progress) -> Words:
    title, text = refusals.words(here)
    refusal = refusals.REFUSALS[here.text("refusal")]
    return {"title": title, "text": text, "icon": refusal.icon, "ways": [(way, *refusals.WAYS[way]) for way in refusal.ways]}


def _lasting(_here: Progress) -> Words:
    return {"seconds": GOODBYE_SECONDS}


SHOWN: Mapping[str, Callable[[Progress], Words]] = {
    HOME: _nothing_more,
    "host": _host,
    "person": _person,
    "visit": _visit,
    WAIT: _wait,
    "surname": _surname,
    "refused": _refused,
    "left": _lasting,
    "stayed": _lasting,
}
"""Step → what its template needs besides the draft."""
