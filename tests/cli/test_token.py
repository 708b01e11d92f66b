"""``yingbin token``: made and shown once, listed without the secret, revoked."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from server.config import Settings
from server.db.transaction import Door
from server.domain.tokens import queries


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_token_is_made_listed_and_revoked(door: Door, settings: Settings) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["token", *words], env={"YINGBIN_DATA": str(settings.data), "YINGBIN_MODE": "test"})

    made = run("add", "--name", "业主系统", "--scope", "meetings:read", "--scope", "meetings:write")
    secret = made.stdout.strip()
    with door.reading() as session:
        found = queries.token_of(session, door.keys, secret)
    assert found is not None
    listed = run("list").stdout
    assert "业主系统" in listed
    assert "meetings:read meetings:write" in listed
    assert secret not in listed
    assert run("revoke", str(found.id)).exit_code == 0
    assert "(revoked)" in run("list").stdout
    again = run("revoke", str(found.id))
    assert (again.exit_code, "token_revoked_already" in again.stderr) == (2, True)
    assert run("add", "--name", "x", "--scope", "everything").exit_code == 2
