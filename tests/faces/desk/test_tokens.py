"""Tokens at the desk: made by the administrator, shown once, revoked and taken up again."""

from __future__ import annotations

import re

import pytest

from server.domain.tokens import queries
from server.web.house import House
from tests.faces.desk.stage import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ADDRESS = "/desk/admin/tokens"


def test_a_token_is_shown_once_and_revoking_it_can_be_taken_back(admin: Browser, house: House) -> None:
    shown = admin.post(ADDRESS, {"name": "业主系统", "scopes": ["meetings:read", "invitations:write"]}).text
    secret = re.search(r"yb_[a-z2-7]{52}", shown)
    assert secret is not None
    with house.door.reading() as session:
        card = queries.token_of(session, house.keys, secret[0])
    assert card is not None
    listed = admin.get(ADDRESS).text
    assert "业主系统" in listed
    assert secret[0] not in listed
    revoked = admin.post(f"{ADDRESS}/{card.id}/revoke")
    assert revoked.location == f"{ADDRESS}?done=token_revoked&of={card.id}"
    assert f'action="{ADDRESS}/{card.id}/restore"' in admin.get(str(revoked.location)).text
    assert admin.post(f"{ADDRESS}/{card.id}/revoke").status_code == 409
    assert admin.post(f"{ADDRESS}/{card.id}/restore").location == f"{ADDRESS}?done=token_restored"
    assert admin.post(f"{ADDRESS}/{card.id}/restore").status_code == 409
    assert admin.post(f"{ADDRESS}/999/revoke").status_code == 404


def test_a_name_and_something_it_is_good_for_are_needed(admin: Browser) -> None:
    nothing = admin.post(ADDRESS, {"name": "", "scopes": ["meetings:read"]})
    assert (nothing.status_code, 'id="f-name-error"' in nothing.text) == (422, True)
    useless = admin.post(ADDRESS, {"name": "业主系统"})
    assert (useless.status_code, 'id="f-scopes-error"' in useless.text) == (422, True)


def test_only_the_administrator_sees_and_makes_tokens(supervisor: Browser, desk: Browser) -> None:
    for browser in (supervisor, desk):
        assert browser.get(ADDRESS).status_code == 403
        assert browser.post(ADDRESS, {"name": "x", "scopes": "meetings:read"}).status_code == 403
        assert browser.post(f"{ADDRESS}/1/revoke").status_code == 403
        assert browser.post(f"{ADDRESS}/1/restore").status_code == 403
