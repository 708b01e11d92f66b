"""What the desk calls what a token is good for, what was just done to one, and what is said when refused."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from server.web import sentences

SCOPES: Mapping[str, LazyString] = {
    "meetings:read": lazy_gettext("See rooms and meetings"),
    "meetings:write": lazy_gettext("Register, change and cancel meetings"),
    "invitations:write": lazy_gettext("Invite visitors"),
}

DONE: Mapping[str, LazyString] = {
    "token_revoked": lazy_gettext("The token is revoked."),
    "token_restored": lazy_gettext("The token is good again."),
}
"""Outcome → the sentence shown on the next screen."""

UNDO: Mapping[str, str] = {"token_revoked": "/desk/admin/tokens/{}/restore"}
"""Outcome → the address that takes it back."""

sentences.add(
    {
        "scope_needed": lazy_gettext("Please say what it is good for."),
        "token_unknown": lazy_gettext("There is no such token."),
        "token_revoked_already": lazy_gettext("Somebody else has done this already."),
        "token_good": lazy_gettext("Somebody else has done this already."),
    },
    face="desk",
)
