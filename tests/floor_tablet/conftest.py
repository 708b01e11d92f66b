"""The tablets of the tests."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.floor_tablet.stage import Tablet, make_attendant_at, make_tablet_in


@pytest.fixture
def tablet(app: Flask) -> Tablet:
    """A locked tablet on the third floor."""
    return make_tablet_in(app)


@pytest.fixture
def open_tablet(tablet: Tablet) -> Tablet:
    """The same, opened by an attendant who is on post since."""
    return make_attendant_at(tablet)
