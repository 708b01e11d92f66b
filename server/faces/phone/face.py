"""The phone's blueprint, and what its pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from server.errors import NotFound
from server.keys import tidy_token

blueprint = Blueprint("phone", __name__, template_folder="templates")

View = Callable[..., Any]


def shown_at(rule: str, *methods: str) -> Callable[[View], View]:
    """Serve a view at ``rule`` (``/v/…`` or ``/h/…``), and at the same in the capitals of a QR code (``/V/…``)."""

    def add(view: View) -> View:
        for address in (rule, rule[:2].upper() + rule[2:]):
            blueprint.add_url_rule(address, view_func=view, methods=list(methods) or ["GET"])
        return view

    return add


def proper(token: str) -> str:
    """Return the token of an address in its one true form; raises NotFound when it cannot be one."""
    tidy = tidy_token(token)
    if tidy is None:
        raise NotFound("link_unknown")
    return tidy


def token_here() -> str:
    """Return the token of this request's address."""
    return proper(str((request.view_args or {}).get("token", "")))
