"""Routes of the tablet, a file a group of screens; importing a file adds its routes to the one blueprint."""

from __future__ import annotations

from floor_tablet import routes_floor, routes_lock, routes_posts, routes_work, sentences
from floor_tablet.blueprint import blueprint

__all__ = ["blueprint", "routes_floor", "routes_lock", "routes_posts", "routes_work", "sentences"]
