"""What a face may send in: one pydantic form a screen, never a table model.

``Form.read()`` gives a checked form or raises :class:`BadForm` with a code for every field that is wrong; a face shows it beside the
fields with what was typed kept. The field types below clean a line of text the same way everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Self

from flask import request
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from server.errors import BadInput, Fact
from server.text import clean_line


class BadForm(BadInput):
    """A form with one or more wrong fields; ``errors`` has a (code, facts) for each."""

    def __init__(self, errors: Mapping[str, tuple[str, Mapping[str, Fact]]]) -> None:
        """Refuse the form; the first error stands for it where only one can be told."""
        field, (code, facts) = next(iter(errors.items()))
        super().__init__(code, field=field, **{name: value for name, value in facts.items() if name != "field"})
        self.errors = errors


class Form(BaseModel):
    """The root of all forms: unknown fields are passed over, blank ones count as missing unless they have a default."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @classmethod
    def read(cls) -> Self:
        """Return this request's form, or raise :class:`BadForm`."""
        return cls.from_values({field: _sent(field) for field in cls.model_fields if field in request.form})

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """Return the form for plain values, or raise :class:`BadForm`."""
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise BadForm(_codes(error)) from None

    @classmethod
    def typed(cls) -> dict[str, str]:
        """Return what was typed, unchecked, to show it again beside the errors."""
        return {field: request.form.get(field, "") for field in cls.model_fields}


def _sent(field: str) -> object:
    values = request.form.getlist(field)
    return values[0] if len(values) == 1 else values


PYDANTIC_CODES = {
    "missing": "missing",
    "int_parsing": "not_a_number",
    "int_type": "not_a_number",
    "int_from_float": "not_a_number",
    "int_parsing_size": "not_a_number",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "literal_error": "not_a_choice",
    "enum": "not_a_choice",
    "string_type": "not_text",
    "bool_parsing": "not_a_choice",
    "bool_type": "not_a_choice",
}


def _codes(error: ValidationError) -> dict[str, tuple[str, Mapping[str, Fact]]]:
    found: dict[str, tuple[str, Mapping[str, Fact]]] = {}
    for item in error.errors():
        field = str(item["loc"][0]) if item["loc"] else "form"
        facts = {name: value for name, value in (item.get("ctx") or {}).items() if isinstance(value, str | int | float)}
        kind = item["type"]
        found.setdefault(field, (PYDANTIC_CODES.get(kind, kind if kind in OWN_CODES else "not_understood"), facts))
    return found


OWN_CODES = frozenset(
    {"missing", "too_long", "too_short", "broken_text", "phone_unclear", "time_unclear", "day_unclear", "month_unclear", "not_understood"}
    | {"six_digits_needed", "four_digits_needed", "consent_missing"}
)


def line(most: int, least: int = 0) -> BeforeValidator:
    """Return the check of one line of text of ``least`` to ``most`` characters."""
    return BeforeValidator(lambda value: _as_custom(lambda: clean_line(_text(value), field="", most=most, least=least)))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("not_understood", "not text")
    return value


def _as_custom(check: Callable[[], str]) -> str:
    try:
        return check()
    except BadInput as bad:
        facts = {name: value for name, value in bad.facts.items() if name != "field"}
        raise PydanticCustomError(bad.code, "refused", facts or None) from None


PHONE = re.compile(r"\+?[0-9]{5,15}")


def tidy_phone(value: object) -> str:
    """Return a phone number as digits with an optional plus; an empty one stays empty; full-width digits are understood."""
    typed = _as_custom(lambda: clean_line(_text(value), field="", most=40))
    digits = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in typed if letter not in " -()()－·.")
    if digits.startswith("+86") and len(digits) == 14:
        digits = digits[3:]
    if digits and not PHONE.fullmatch(digits):
        raise PydanticCustomError("phone_unclear", "not a phone number")
    return digits


def _needed(value: str) -> str:
    if not value:
        raise PydanticCustomError("missing", "missing")
    return value


def _switched(value: object) -> object:
    return {"on": True, "1": True, "true": True, "": False, "0": False, "off": False, "false": False}.get(str(value), value)


PersonName = Annotated[str, line(60, least=1)]
"""A person's name in one field, surname first in Chinese."""
CompanyName = Annotated[str, line(80)]
ShortText = Annotated[str, line(120)]
Phone = Annotated[str, BeforeValidator(tidy_phone)]
NeededPhone = Annotated[str, BeforeValidator(lambda value: _needed(tidy_phone(value)))]
Switch = Annotated[bool, BeforeValidator(_switched)]
"""A tick box or toggle."""
