"""What every template may use: the site's name, the time, assets, icons, and live regions."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from markupsafe import Markup

from server.config import Settings
from server.web import qr
from server.web.assets import address, asset
from server.web.auth import principal
from server.web.house import house
from server.web.i18n import language


def region(region_id: str) -> Markup:
    """Return a live region as it stands, for including in a page: the same element that is pushed later."""
    return Markup(house().live.render(region_id, language()).html)  # noqa: S704 - rendered by the one renderer, escaped there


def _now() -> datetime:
    return house().clock.now()


def install(app: Flask, settings: Settings) -> None:
    """Give templates their globals."""
    app.jinja_env.globals.update(
        asset=asset,
        url_for=address,
        region=region,
        settings=settings,
        principal=principal,
        qr=qr.svg,
        site_name=lambda: settings.site_name_en if language() == "en" else settings.site_name,
        now=_now,
        page_data=lambda data: {f"data-{name}": value for name, value in data.items()},
    )
