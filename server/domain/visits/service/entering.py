"""What people typed about a visitor, made tidy or refused by field."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.visits import rules
from server.domain.visits.rules import Purpose
from server.errors import BadInput
from server.text import clean_line

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A visitor as written down: every field checked."""

    name: str
    phone: str
    phone_tail: str
    company: str
    purpose: str
    companions: int
    language: str


def entry(*, name: str, phone: str, company: str, purpose: str, companions: int, language: str, phone_needed: bool = False) -> Entry:
    """Return what was typed, tidy; raises BadInput naming the field that cannot be used."""
    number = tidy_phone(phone, needed=phone_needed)
    return Entry(
        name=tidy_name(name),
        phone=number,
        phone_tail=rules.phone_tail(number),
        company=tidy_company(company),
        purpose=tidy_purpose(purpose),
        companions=tidy_companions(companions),
        language=tidy_language(language),
    )


def tidy_name(name: str) -> str:
    """Return a visitor's name as one line."""
    return clean_line(name, field="name", most=rules.LONGEST_NAME, least=1)


def tidy_company(company: str) -> str:
    """Return a company's name as one line; it may be empty."""
    return clean_line(company, field="company", most=rules.LONGEST_COMPANY)


def tidy_phone(phone: str, *, needed: bool = False) -> str:
    """Return a phone number as digits; empty if it is not ``needed`` and none was given."""
    if not phone.strip():
        if needed:
            raise BadInput("missing", field="phone")
        return ""
    number = rules.tidy_phone(phone)
    if number is None:
        raise BadInput("phone_wrong", field="phone")
    return number


def tidy_purpose(purpose: str) -> str:
    """Return a purpose if it is one of those offered."""
    if purpose not in set(Purpose):
        raise BadInput("purpose_unknown", field="purpose")
    return purpose


def tidy_companions(companions: int) -> int:
    """Return how many come along, if it can be."""
    if not 0 <= companions <= rules.MOST_COMPANIONS:
        raise BadInput("companions_wrong", field="companions", most=rules.MOST_COMPANIONS)
    return companions


def tidy_language(language: str) -> str:
    """Return one of the house's languages."""
    if language not in LANGUAGES:
        raise BadInput("language_unknown", field="language")
    return language


def tidy_gate(gate: str, *, field: str = "gate") -> str:
    """Return a gate's name as one line; it may be empty."""
    return clean_line(gate, field=field, most=rules.LONGEST_GATE)
