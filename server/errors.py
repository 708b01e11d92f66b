"""Every refusal the house knows, as one tree.

An error carries a stable ``code`` that scripts may rely on, and ``facts`` (ids, states, times, counts; no personal data)
from which the face words a sentence in the reader's language. The HTTP status belongs to the kind of refusal.
"""

from __future__ import annotations

from typing import ClassVar

Fact = str | int | float | bool | None


class YingbinError(Exception):
    """The root of all refusals; never raised itself."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, **facts: Fact) -> None:
        """Refuse with a stable ``code`` and the ``facts`` that explain it."""
        super().__init__(code)
        self.code = code
        self.facts = facts


class BadInput(YingbinError):
    """What was sent cannot be used; ``field`` names the part of the form that is wrong."""

    status = 422

    def __init__(self, code: str, *, field: str, **facts: Fact) -> None:
        """Refuse the value of ``field``."""
        super().__init__(code, field=field, **facts)
        self.field = field


class Unknown(YingbinError):
    """Who asks has not said who they are, or their proof is no longer good."""

    status = 401


class Refused(YingbinError):
    """Who asks may not do this."""

    status = 403


class NotFound(YingbinError):
    """There is nothing at this address, or nothing the asker may know of."""

    status = 404


class Conflict(YingbinError):
    """A command lost against the present state; the facts say what that state is and who was first."""

    status = 409


class Gone(YingbinError):
    """It was here, and is over: an expired or withdrawn code."""

    status = 410


class OtherBody(YingbinError):
    """The same operation id came with another body: a bug of the sender, never carried out."""

    status = 422


class TooMany(YingbinError):
    """Asked too often; ``retry_seconds`` among the facts says when to come again."""

    status = 429


class Unavailable(YingbinError):
    """The house cannot store anything just now; nothing was changed."""

    status = 503
