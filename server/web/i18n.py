"""Chinese first, English equal: which language an answer is in, and how days, times and numbers are written in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import partial
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, force_locale, get_locale, get_translations
from werkzeug.exceptions import HTTPException

from server.config import Settings

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
LOCALES = {lang: Locale.parse(name) for lang, name in LANGUAGES.items()}
"""Looked up once: by its name it would be looked for on the disk for every answer and every region that is drawn."""
TRANSLATIONS = Path(__file__).parent / "translations"
_sentences: ContextVar[NullTranslations | None] = ContextVar("yingbin_sentences", default=None)
"""The catalogue spoken in a region, which asks it a hundred times: the way to it through Flask's context costs more than the answer."""
WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def language() -> str:
    """Return the language of this answer: ``zh`` or ``en``."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@contextmanager
def in_language(lang: str) -> Iterator[None]:
    """Speak ``lang`` within the block, whoever asks: for regions and messages."""
    with force_locale(LOCALES[lang]):
        before = _sentences.set(get_translations())
        try:
            yield
        finally:
            _sentences.reset(before)


def _spoken() -> NullTranslations:
    found = _sentences.get()
    if found is None:
        found = get_translations()
    return found


def language_cookie(face: str) -> str:
    """Return the name of the cookie that keeps the language chosen on one face."""
    return f"yb-lang-{face}"


def install(app: Flask, settings: Settings) -> None:
    """Give the app its languages and the filters that write days, times and phone numbers."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES["zh"]
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.timezone
    Babel(app, locale_selector=lambda: LOCALES[chosen_language()])
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # given by the extension
        lambda text: _spoken().gettext(text),
        lambda one, many, n: _spoken().ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: _spoken().pgettext(context, text),
        npgettext=lambda context, one, many, n: _spoken().npgettext(context, one, many, n),
    )
    zone = settings.zone

    def local(instant: datetime) -> datetime:
        return instant.astimezone(zone)

    app.jinja_env.filters.update(
        clock_time=lambda instant: format(local(instant), "%H:%M"),
        clock_seconds=lambda instant: format(local(instant), "%H:%M:%S"),
        day=lambda value: day_words(local(value).date() if isinstance(value, datetime) else value, language()),
        short_day=lambda day: short_day_words(day, language()),
        day_and_time=lambda instant: f"{day_words(local(instant).date(), language())} {local(instant):%H:%M}",
        day_number=lambda instant: format(local(instant), "%m-%d"),
        short_moment=lambda instant: format(local(instant), "%m-%d %H:%M"),
        span=lambda pair: f"{local(pair[0]):%H:%M}–{local(pair[1]):%H:%M}",
        phone=phone_words,
        iso=lambda instant: instant.isoformat(),
    )
    app.jinja_env.globals.update(language=language)
    app.after_request(partial(_keep_choice, settings.is_https))


def chosen_language() -> str:
    """Return the asked-for language: ``?lang=``, the face's cookie, the face's default, or the browser's wish."""
    if not has_request_context():
        return "zh"
    if is_for_programs():
        return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"
    asked = _sent_choice() or request.cookies.get(language_cookie(_face()))
    if asked in LANGUAGES:
        return asked
    if _face() in ("phone", "room", "web"):
        return request.accept_languages.best_match(["zh", "en"], default="zh") or "zh"
    return "zh"


def is_for_programs() -> bool:
    """Tell whether the request is another program's: it has no cookies, and its language is the one its header wishes."""
    return request.path.startswith("/api/")


def _sent_choice() -> str | None:
    try:
        return request.args.get("lang") or request.form.get("lang")
    except HTTPException:  # a body that is too large says nothing, and its refusal needs a language too
        return None


def day_words(day: date, lang: str) -> str:
    """Write a day: ``2026年11月23日 周一`` or ``Mon 23 November 2026``."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日 周{WEEKDAYS_ZH[day.weekday()]}"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]} {day.year}"


def short_day_words(day: date, lang: str) -> str:
    """Write a day of a year that stands beside it: ``11月23日 周一`` or ``Mon 23 November``."""
    if lang == "zh":
        return f"{day.month}月{day.day}日 周{WEEKDAYS_ZH[day.weekday()]}"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"


def phone_words(number: str) -> str:
    """Write a Chinese mobile number in three groups; leave any other as it is."""
    if len(number) == 11 and number.isdigit():
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number


def _face() -> str:
    return (request.blueprint or "web") if has_request_context() else "web"


def _keep_choice(is_https: bool, response: Response) -> Response:
    # A page that fetches its regions names its language, it does not choose one: nothing is left in the browser for that.
    asked = None if is_for_programs() or request.blueprint == "watching" else _sent_choice()
    if asked in LANGUAGES and not getattr(g, "forget_language", False):
        response.set_cookie(language_cookie(_face()), asked, samesite="Strict", httponly=True, secure=is_https)
    return response
