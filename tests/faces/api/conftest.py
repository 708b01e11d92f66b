"""The API's stage: another program with a token that is good for everything."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.faces.api.stage import Program, open_program


@pytest.fixture
def program(app: Flask) -> Program:
    """A program whose token is good for everything."""
    return open_program(app)
