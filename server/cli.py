"""The ``yingbin`` command."""

from __future__ import annotations

import sys

import click
from pydantic import ValidationError

from server.config import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Run the lobby and the meeting floors of an office park."""


def read_settings() -> Settings:
    """Return the settings, or say which one is wrong and leave with status 2."""
    try:
        return Settings()
    except ValidationError as error:
        for item in error.errors():
            place = ".".join(str(part) for part in item["loc"])
            click.echo(f"YINGBIN_{place.upper()}: {item['msg']}" if place else item["msg"], err=True)
        sys.exit(2)


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from server import schema

    settings = read_settings()
    settings.data.mkdir(parents=True, exist_ok=True)
    schema.migrate(settings.database)
    click.echo("The database has the newest schema.")


@main.command()
def serve() -> None:
    """Serve the park (production)."""
    from server.wsgi import Production

    Production(read_settings()).run()
