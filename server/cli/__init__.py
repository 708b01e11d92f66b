"""The ``yingbin`` command: one module a topic, all of them callers of the same services as the screens.

Bad input ends with a sentence on standard error and exit status 2.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec

import click
from pydantic import ValidationError

from server.config import Settings
from server.errors import YingbinError

P = ParamSpec("P")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run the lobby and the meeting floors of an office park."""


def read_settings() -> Settings:
    """Return the settings, or say which one is wrong and leave with status 2."""
    try:
        return Settings()
    except ValidationError as error:
        for item in error.errors():
            place = "_".join(str(part) for part in item["loc"]).upper()
            click.echo(f"YINGBIN_{place}: {item['msg']}" if place else item["msg"], err=True)
        sys.exit(2)


def stop(sentence: str) -> NoReturn:
    """Say why the command cannot go on and leave with status 2."""
    click.echo(sentence, err=True)
    sys.exit(2)


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn a refusal of the house into its code and facts on standard error, and status 2."""
    try:
        yield
    except YingbinError as error:
        facts = ", ".join(f"{name}={value}" for name, value in error.facts.items())
        stop(f"Refused: {error.code}" + (f" ({facts})" if facts else ""))


def telling(work: Callable[P, None]) -> Callable[P, None]:
    """Wrap a command so that its refusals are told."""

    @wraps(work)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        with refusals_told():
            work(*args, **kwargs)

    return told


from server.cli import demo, devices, people, schedules, serving, staff, tokens, upkeep  # noqa: E402 - each adds its commands to ``main`` above

__all__ = ["demo", "devices", "main", "people", "schedules", "serving", "staff", "tokens", "upkeep"]
