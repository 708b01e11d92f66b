"""The desk's one blueprint, what holds for each of its screens, and how a form is answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from server.db.operations import Operation, Outcome
from server.domain.posts import queries as posts
from server.domain.posts.rules import PostState
from server.domain.staff import service as staff
from server.errors import BadInput, Conflict, TooMany, Unknown, YingbinError
from server.faces.desk import words, words_papers, words_tokens
from server.web.access import Role
from server.web.auth import principal
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import language
from server.web.sentences import error_sentence, field_sentences

blueprint = Blueprint("desk", __name__, template_folder="templates")

OPEN_TO_ALL = frozenset({"desk.login", "desk.log_on", "desk.log_off"})
"""Screens that ask for no login."""
FIRST_PASSWORD = frozenset({*OPEN_TO_ALL, "desk.password", "desk.change_password"})
"""Screens for somebody who still has the password that was given to him."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What was wrong with a form: a sentence for the whole, and one for each field."""

    whole: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def __getitem__(self, name: str) -> str:
        """Return the sentence of a field; empty when it is right."""
        return self.fields.get(name, "")

    def told_in(self, fields: Collection[str]) -> Faults:
        """Return the same for a form that has only these fields: what concerns another one is told of the whole."""
        stray = [said for name, said in self.fields.items() if name not in fields]
        kept = {name: said for name, said in self.fields.items() if name in fields}
        return Faults(whole=" ".join(part for part in (self.whole, *stray) if part), fields=kept, status=self.status)


NO_FAULTS = Faults()
WHOLE = "form"
"""The field of a refusal that is about no field of its own."""


def faults_of(error: YingbinError) -> Faults:
    """Return the sentences of a refusal."""
    if isinstance(error, BadForm):
        return Faults(fields=field_sentences(error), status=error.status)
    if isinstance(error, BadInput) and error.field != WHOLE:
        return Faults(fields={error.field: error_sentence(error)}, status=error.status)
    return Faults(whole=error_sentence(error), status=error.status)


def answer(act: Callable[[], str | Response], draw: Callable[[Faults], str]) -> ResponseReturnValue:
    """Do ``act`` and go to the address it gives, or draw the form again with what was wrong and what was typed."""
    try:
        answered = act()
        return go_to(answered) if isinstance(answered, str) else answered
    except (BadInput, Conflict, TooMany) as error:
        wrong = faults_of(error)
        return draw(wrong), wrong.status, {"X-Error-Code": error.code}


UNDO = {
    "staff_deactivated": "/desk/staff/{}/return",
    "tenant_retired": "/desk/people/tenants/{}/restore",
    "host_retired": "/desk/people/hosts/{}/restore",
    **words_papers.UNDO,
    **words_tokens.UNDO,
    "meeting_cancelled": "/desk/meetings/{}/reinstate",
}
"""Outcome → the address that takes it back, for what happened on a page without live regions."""
ROW = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*")
"""What Undo may be about: the number of a row, or the rest of an address below ours."""


def done(endpoint: str, outcome: Outcome, *, of: int | str | None = None, **values: int | str) -> str:
    """Return the address of the next screen, which says there what was done; ``of`` is the row that Undo is about."""
    return url_for(f"desk.{endpoint}", done=outcome.code, of=of, **values)  # type: ignore[arg-type]  # words of the address, of any name


def _undo() -> str | None:
    code, row = request.args.get("done", ""), request.args.get("of", "")
    return UNDO[code].format(row) if code in UNDO and ROW.fullmatch(row) else None


def asked_page(most: int = 10_000) -> int:
    """Return the page of a long list that the address asks for; the first when it is none."""
    asked = request.args.get("page", "1")
    return min(max(int(asked), 1), most) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


@blueprint.errorhandler(Unknown)
def to_the_login(_error: Unknown) -> ResponseReturnValue:
    """Lead whoever is not logged in to the login, and from there back to where he wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else ""
    return go_to(url_for("desk.login", next=wanted or None))


def is_own_page(address: str) -> bool:
    """Tell whether an address leads to a screen of this desk and nowhere else."""
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and "\\" not in address and (parts.path == "/desk" or parts.path.startswith("/desk/"))


@blueprint.before_request
def keep_session() -> ResponseReturnValue | None:
    """Write a sign of life once a minute, and hold everybody with a first password to changing it."""
    asker = principal()
    if asker.session_id is None:
        return None
    if asker.touch_due:
        staff.touch_session(house().door, Operation.internal("touch", actor=asker.actor), session_id=asker.session_id)
    if asker.must_change and request.endpoint not in FIRST_PASSWORD:
        return go_to(url_for("desk.password"))
    return None


@blueprint.context_processor
def furniture() -> dict[str, object]:
    """Give every desk screen its words, the reader, and the same page in the other language."""
    return {
        "words": words,
        "faults": NO_FAULTS,
        "reader": principal(),
        "other_language": _same_page("zh" if language() == "en" else "en"),
        "said": words.done_sentence(request.args.get("done", "")),
        "undo": _undo(),
        "is_off_duty": _is_off_duty,
    }


def _is_off_duty() -> bool:
    """Tell whether the reader is of the front desk and has not clocked in: only then can the desk be known to be attended."""
    asker = principal()
    if asker.role is not Role.DESK or asker.staff_id is None:
        return False
    with house().door.reading() as session:
        return posts.post_of(session, asker.staff_id).state is PostState.OFF


def _same_page(lang: str) -> str:
    kept = {name: value for name, value in request.args.items() if name not in ("lang", "done", "of")}
    return f"{request.path}?{urlencode({**kept, 'lang': lang})}"
