"""The token that a page of ours would hold, for a test that wants to send a form and not to look at the page first."""

from __future__ import annotations

from flask.testing import FlaskClient

from server.web.auth import principal
from server.web.csrf import csrf_token


def token_on(client: FlaskClient, path: str) -> str:
    """Return the token of the page at ``path`` for whom the browser's cookies prove; empty for a guest, who must ask for the page."""
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in (client._cookies or {}).values())
    with client.application.test_request_context(path, method="GET", headers={"Cookie": cookies}):
        return csrf_token() if principal().credential else ""
