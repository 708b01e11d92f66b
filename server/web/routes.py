"""Routes that belong to no face: the front page, health, and the page of parts."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from server.errors import NotFound
from server.web import health
from server.web.house import house

web = Blueprint("web", __name__, template_folder="templates")


@web.get("/")
def front() -> ResponseReturnValue:
    """Say what this is and where each face is."""
    screens = (
        ("/kiosk", gettext("Lobby kiosk"), gettext("Visitors sign in and out"), "enter"),
        ("/desk", gettext("Front desk"), gettext("Visitors, invitations, people, devices"), "users"),
        ("/tablet", gettext("Floor tablet"), gettext("Rooms, tea and rounds"), "tablet"),
        ("/board", gettext("Live board"), gettext("Who waits, who is in the building"), "list"),
    )
    return render_template("web/front.html", screens=screens)


@web.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"ok": True})


@web.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Everything the house needs works, part by part."""
    parts = health.readiness(house())
    return jsonify(parts), 200 if all(part["ok"] for part in parts.values()) else 503


@web.get("/metrics")
def metrics() -> ResponseReturnValue:
    """The same for a Prometheus server."""
    return Response(health.metrics(house()), mimetype="text/plain; version=0.0.4")


@web.get("/parts")
def parts() -> ResponseReturnValue:
    """Every component in every density, theme and language; in the demo and in tests only."""
    if house().settings.mode == "production":
        raise NotFound("not_here")
    return render_template("web/parts_page.html", density=request.args.get("density", "desk"), theme=request.args.get("theme", "day"))
