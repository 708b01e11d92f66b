"""The small house, served."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from server.config import Settings
from server.keys import Keys
from tests.live.screen import Screen
from tests.live.stage import Serving, Stage, build
from tests.services.process import free_port


@pytest.fixture
def stage(settings: Settings, keys: Keys) -> Iterator[Stage]:
    """The small house on a free port, served by threads."""
    stage = build(settings.model_copy(update={"port": free_port()}))
    serving = Serving(stage)
    yield stage
    serving.stop()


@pytest.fixture
def screen(stage: Stage) -> Iterator[Callable[..., Screen]]:
    """Opens screens of the small house, and closes them at the end."""
    opened: list[Screen] = []

    def open_screen(subject: str = "device:1", **words: object) -> Screen:
        ticket = stage.ticket(subject, **{name: words.pop(name) for name in ("regions", "with_cookie") if name in words})  # type: ignore[arg-type]  # passed on as they came
        opened.append(Screen(stage.settings.port, ticket, **words))  # type: ignore[arg-type]  # passed on as they came
        return opened[-1]

    yield open_screen
    for one in opened:
        one.close()
