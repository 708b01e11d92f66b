"""Routes of the board."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("board", __name__, template_folder="templates")
