"""The visitor's phone: the pass before, during and after a visit, and the receipt."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask.typing import ResponseReturnValue

from server.domain.visits import queries, service
from server.domain.visits.queries import InvitationView, PassView, ReceiptView
from server.domain.visits.rules import IN_BUILDING, State, local_day
from server.errors import NotFound
from server.faces.phone import calendar
from server.faces.phone.face import proper, shown_at, token_here
from server.faces.phone.forms import Correction
from server.faces.phone.words import FIELDS, ROLES, rhythm_words, word
from server.web import qr
from server.web.forms import BadForm
from server.web.house import house
from server.web.htmx import go_to
from server.web.i18n import language
from server.web.operation import operation
from server.web.sentences import field_sentences
from server.web.words import PURPOSES, named, reason

HIDDEN = frozenset({State.WITHDRAWN, State.NO_SHOW, State.EXPIRED})
"""A visit that ended before it began answers as an unknown link does."""
HAS_PASS = frozenset({State.EXPECTED, *IN_BUILDING, State.OUT})
"""States in which the QR may still open something."""


@shown_at("/v/<token>")
def visitor(token: str) -> ResponseReturnValue:
    """Show the invitation before, the live status and pass during, and goodbye after a visit."""
    return page(proper(token))


def page(token: str, *, said: str = "") -> str:
    """Draw the visitor's page, with a sentence above it where something was refused."""
    found = _pass(token)
    if found.state in HIDDEN:
        raise NotFound("link_unknown")
    now = house().clock.now()
    return render_template(
        "phone/visitor.html",
        token=token,
        said=said,
        **{"pass": found},
        has_pass=found.state in HAS_PASS and bool(found.code) and (found.state != State.OUT or now < found.valid_until),
        address=qr.link(house().settings, "v", found.token),
        rhythm=rhythm_words(found) if found.recurring else "",
        calendar=_may_come(found),
    )


@shown_at("/v/<token>/visit.ics")
def calendar_file(token: str) -> ResponseReturnValue:
    """Give the invitation as a calendar file."""
    found = _pass(proper(token))
    if not _may_come(found):
        raise NotFound("link_unknown")
    text = calendar.entry(found, _invitation(found), house().settings, house().clock.now(), language())
    return Response(text, mimetype="text/calendar", headers={"Content-Disposition": "attachment; filename=visit.ics"})


@shown_at("/v/<token>/sign-out", "POST")
def sign_out(token: str) -> ResponseReturnValue:
    """The visitor leaves."""
    service.sign_out_by_token(house().door, operation(), token=proper(token))
    return _back()


@shown_at("/v/<token>/undo", "POST")
def undo_sign_out(token: str) -> ResponseReturnValue:
    """The visitor did not mean to leave."""
    service.undo_sign_out(house().door, operation(), visit_id=_visit_id(proper(token)))
    return _back()


@shown_at("/v/<token>/withdraw", "POST")
def withdraw(token: str) -> ResponseReturnValue:
    """The visitor cannot come."""
    tidy = proper(token)
    service.withdraw_visit(house().door, operation(), visit_id=_visit_id(tidy))
    return render_template("phone/withdrawn.html", token=tidy)


@shown_at("/v/<token>/receipt")
def receipt(token: str) -> ResponseReturnValue:
    """Show what is stored about the visitor, who looked, and when it vanishes."""
    return _draw_receipt(proper(token))


@shown_at("/v/<token>/correct", "POST")
def correct(token: str) -> ResponseReturnValue:
    """The visitor corrects name, phone or company."""
    tidy = proper(token)
    try:
        form = Correction.read()
    except BadForm as bad:
        return _draw_receipt(tidy, typed=Correction.typed(), errors=field_sentences(bad)), 422
    service.correct(
        house().door,
        operation(),
        visit_id=_visit_id(tidy),
        version=form.version,
        name=form.name,
        # What stands there is shown masked, so it cannot come back: an empty field leaves it.
        phone=form.phone or None,
        company=form.company,
    )
    return go_to(url_for("phone.receipt", token=tidy))


@shown_at("/v/<token>/forget", "POST")
def forget(token: str) -> ResponseReturnValue:
    """The visitor wants the data deleted now."""
    service.forget_visitor(house().door, operation(), token=proper(token))
    return render_template("phone/forgotten.html")


def _back() -> ResponseReturnValue:
    return go_to(url_for("phone.visitor", token=token_here(), just=1))


def _pass(token: str) -> PassView:
    with house().door.reading() as session:
        return queries.pass_of_token(session, house().keys, token, house().clock.now(), house().settings)


def _receipt(token: str) -> ReceiptView:
    with house().door.reading() as session:
        return queries.receipt_of_token(session, house().keys, token, house().clock.now(), house().settings)


def _visit_id(token: str) -> int:
    today = local_day(house().clock.now(), house().settings.zone)
    with house().door.reading() as session:
        found = queries.visit_of_token(session, house().keys, token, today)
    if found is None:
        raise NotFound("link_unknown")
    return found


def _may_come(found: PassView) -> bool:
    return found.visit_id is None or found.state == "expected"


def _invitation(found: PassView) -> InvitationView | None:
    if found.invitation_id is None or not found.recurring:
        return None
    with house().door.reading() as session:
        return queries.invitation(session, house().keys, found.invitation_id)


def _draw_receipt(token: str, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, said: str = "") -> str:
    shown = _receipt(token)
    stored = dict(shown.stored)
    may_correct = shown.state not in HIDDEN
    return render_template(
        "phone/receipt.html",
        token=token,
        said=said,
        receipt=shown,
        lines=[(word(FIELDS, field), _value(field, value, shown)) for field, value in shown.stored],
        kept_phone=stored.get("phone", ""),
        may_correct=may_correct,
        typed=typed or {"name": stored.get("name", ""), "phone": "", "company": stored.get("company", ""), "version": shown.version},
        errors=errors or {},
        role_word=lambda role: word(ROLES, role),
    )


def _value(field: str, value: str, shown: ReceiptView) -> str:
    if field == "host":
        return named(value, shown.host_masked_en, language())
    if field == "reason":
        return reason(value)
    return word(PURPOSES, value) if field == "purpose" else value
