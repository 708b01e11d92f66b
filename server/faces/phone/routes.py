"""Routes of the phone."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("phone", __name__, template_folder="templates")
