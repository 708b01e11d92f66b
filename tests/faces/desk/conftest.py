"""The desk's stage: browsers that are logged in, and one that is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.faces.desk.stage import Browser, open_browser


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser without a login."""
    return open_browser(app)


@pytest.fixture
def login(app: Flask) -> Callable[[str], Browser]:
    """``login("admin")``: the browser of somebody newly taken on."""
    return lambda role: open_browser(app).log_in(role)


@pytest.fixture
def desk(login: Callable[[str], Browser]) -> Browser:
    """A browser at the front desk."""
    return login("desk")


@pytest.fixture
def supervisor(login: Callable[[str], Browser]) -> Browser:
    """The supervisor's browser."""
    return login("supervisor")


@pytest.fixture
def admin(login: Callable[[str], Browser]) -> Browser:
    """The administrator's browser."""
    return login("admin")
