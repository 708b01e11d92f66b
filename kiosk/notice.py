"""The privacy notice. Its version is stored with each consent: whoever changes a sentence raises :data:`VERSION`."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext

from server.config import Settings
from server.web.i18n import day_words, language

VERSION = "2026-11-a"
"""At most twenty characters."""


def kept_until(now: datetime, settings: Settings) -> str:
    """Return the day after which the data of a visit that ends today is made anonymous."""
    return day_words((now + timedelta(days=settings.retention_days)).astimezone(settings.zone).date(), language())


def short(now: datetime, settings: Settings) -> str:
    """Return the notice in one sentence, as it stands beside the button."""
    return str(gettext("Name, phone and company are stored for this visit and removed after %(day)s.", day=kept_until(now, settings)))


def paragraphs(now: datetime, settings: Settings) -> list[tuple[str, str]]:
    """Return the whole notice as (question, answer) pairs."""
    return [
        (
            gettext("What is stored?"),
            gettext(
                "Your name, phone number, company, the purpose of your visit, how many come with you, whom you visit, "
                "and when you came and left. No photo, no ID number, no face recognition."
            ),
        ),
        (gettext("What for?"), gettext("To tell your host that you are here, and to know who is in the building in an emergency.")),
        (
            gettext("Who sees it?"),
            gettext("Your host, the front desk and the park's security. Every look at your record is itself recorded."),
        ),
        (gettext("Until when?"), gettext("Until %(day)s. Then it is made anonymous; only counts remain.", day=kept_until(now, settings))),
        (
            gettext("What can you do?"),
            gettext(
                "Scan the code of your pass: your phone shows what is stored. "
                "There you can have it removed, and the front desk corrects it."
            ),
        ),
    ]
