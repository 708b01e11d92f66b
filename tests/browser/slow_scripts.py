"""Pages whose scripts are still on their way, as over a slow network: what is tapped meanwhile must not be lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Route


@contextmanager
def scripts_on_their_way(page: Page, script: str = "face") -> Iterator[None]:
    """Open pages without this script, and so without all that wait for it, for the block: it arrives at its end."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(f"**/js/{script}.js*", hold)
    yield
    page.wait_for_function("document.readyState == 'interactive'")
    for route in waiting:
        route.continue_()
