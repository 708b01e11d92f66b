"""Arriving at the kiosk: as a walk-in, by a pass, or by a six-digit code."""

from __future__ import annotations

from hmac import compare_digest

from flask import render_template, request
from flask.typing import ResponseReturnValue

from kiosk import notice
from kiosk.face import blueprint, in_progress, show
from kiosk.forms import Code, Host, Person, Search, Surname, Visit
from kiosk.progress import Progress, device_id, gate, keep, part, signed_in, typed
from kiosk.refusals import refused_with
from kiosk.screens import draw, find_hosts, host_list, host_proof
from kiosk.steps import STEPS
from server.domain.drafts import service as drafts
from server.domain.people import queries as people
from server.domain.people.queries import FoundHost
from server.domain.visits import service as visits
from server.errors import BadInput, Conflict, Gone, NotFound, TooMany
from server.web.forms import BadForm
from server.web.house import house
from server.web.i18n import language
from server.web.operation import operation
from server.web.sentences import error_sentence, field_sentences, sentence


@blueprint.post("/kiosk/hosts")
def hosts() -> ResponseReturnValue:
    """Search hosts: a list for htmx. A POST, so that no name stands in an address or a log."""
    try:
        text = Search.read().text
    except BadForm as bad:
        return render_template("kiosk/_hosts.html", **host_list("", None, error_sentence(bad)))
    return render_template("kiosk/_hosts.html", **host_list(text, *find_hosts(text)))


@blueprint.post("/kiosk/host")
@in_progress
def host(_here: Progress) -> ResponseReturnValue:
    """Choose a host among those that the search shows, or nobody: then the front desk is asked."""
    form = Host.read()
    if not form.host:
        keep(operation(), text=form.text, host_id=None, host_name="", host_name_en="", host_tenant="", host_tenant_en="", step="person")
        return show()
    chosen = shown_host(form)
    if chosen is None:
        keep(operation(), text=form.text)
        return show()
    keep(
        operation(),
        text=form.text,
        host_id=chosen.host_id,
        host_name=chosen.name,
        host_name_en=chosen.name_en,
        host_tenant=chosen.tenant,
        host_tenant_en=chosen.tenant_en,
        step="person",
    )
    return show()


def shown_host(form: Host) -> FoundHost | None:
    """Return the host that was tapped, as the search shows him; None if he was not shown to this person, or has gone since."""
    number, _, proof = form.host.partition(".")
    if not number.isdecimal() or not compare_digest(proof, host_proof(int(number))):
        return None
    try:
        with house().door.reading() as session:
            found = people.find_hosts(session, form.text)
    except BadInput:
        return None
    return next((each for each in found.hosts if each.host_id == int(number)), None)


@blueprint.post("/kiosk/person")
@in_progress
def person(_here: Progress) -> ResponseReturnValue:
    """Say who one is."""
    keep(operation(), **typed())
    try:
        Person.read()
    except BadForm as bad:
        return draw(errors=field_sentences(bad), status=bad.status)
    keep(part(operation(), "on"), step="visit")
    return show()


@blueprint.post("/kiosk/visit")
@in_progress
def visit(here: Progress) -> ResponseReturnValue:
    """Say what one comes for, agree to the notice, and be signed in: the host is told at once."""
    if here.visit_id is not None:
        return show()
    kept = keep(operation(), **typed())
    try:
        sign_in(kept, Visit.read())
    except BadForm as bad:
        return draw(errors=field_sentences(bad), status=bad.status)
    except BadInput as bad:
        return ask_again(bad)
    signed_in(operation())
    return show()


def sign_in(here: Progress, form: Visit) -> None:
    """Sign in the walk-in of a draft."""
    who = Person.from_values({name: here.text(name) for name in Person.model_fields})
    host_id = here.text("host_id")
    drafts.sign_in_walk_in(
        house().door,
        part(operation(), "sign in"),
        key=here.key,
        device_id=device_id(),
        host_id=int(host_id) if host_id else None,
        name=who.name,
        phone=who.phone,
        company=who.company,
        purpose=form.purpose.value,
        companions=form.companions,
        language=language(),
        consent_version=notice.VERSION,
        gate=gate(),
    )


def ask_again(bad: BadInput) -> ResponseReturnValue:
    """Show the step that asks for the field which was refused, with why."""
    step = next((name for name, step in STEPS.items() if bad.field in step.asks and step.total == 3), "host")
    keep(part(operation(), "again"), step=step)
    return draw(errors={bad.field: error_sentence(bad)}, status=bad.status)


def arrive_with(here: Progress, token: str) -> ResponseReturnValue:
    """Sign in the holder of a pass, or say kindly why not."""
    try:
        drafts.sign_in_by_token(house().door, part(operation(), "sign in"), key=here.key, device_id=device_id(), token=token, gate=gate())
    except (NotFound, Conflict, Gone) as refused:
        keep(operation(), **refused_with(refused), token=token, code="", surname="")
        return show()
    signed_in(operation())
    return show()


@blueprint.post("/kiosk/code")
@in_progress
def code(_here: Progress) -> ResponseReturnValue:
    """Type a six-digit code; if it opens something, the surname is asked."""
    keep(operation(), **typed())
    try:
        six = Code.read().code
        outcome = visits.find_code(house().door, part(operation(), "find"), code=six)
    except BadForm as bad:
        return draw(errors=field_sentences(bad), status=bad.status)
    except TooMany as refused:
        return draw(errors={"code": error_sentence(refused)}, status=refused.status)
    if outcome.code == "no_match":
        return draw(errors={"code": sentence("no_match", {})}, status=422)
    keep(part(operation(), "on"), step="surname", code=six, surname="")
    return show()


@blueprint.post("/kiosk/surname")
@in_progress
def surname(here: Progress) -> ResponseReturnValue:
    """Type the surname that goes with the code, and be signed in."""
    keep(operation(), **typed())
    try:
        outcome = drafts.sign_in_by_code(
            house().door,
            part(operation(), "sign in"),
            key=here.key,
            device_id=device_id(),
            code=here.text("code"),
            surname=Surname.read().surname,
            gate=gate(),
        )
    except BadForm as bad:
        return draw(errors=field_sentences(bad), status=bad.status)
    except TooMany as refused:
        return draw(errors={"surname": error_sentence(refused)}, status=refused.status)
    except (NotFound, Conflict, Gone) as refused:
        keep(part(operation(), "refused"), **refused_with(refused), token="", surname=request.form["surname"])
        return show()
    if outcome.code == "no_match":
        return draw(errors={"surname": sentence("no_match", {})}, status=422)
    signed_in(operation())
    return show()
