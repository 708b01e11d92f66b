"""The kinds of fields that requests are made of, each with what its description says and what is checked besides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, GetCoreSchemaHandler, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from server.errors import BadInput
from server.text import clean_line
from server.web.forms import tidy_phone

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_YEARS = range(1970, 9000)
"""A week at either end of the calendar is left out: no time zone may push an instant over it."""
MOST_ID = 2**31 - 1
PLAIN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]*$"
"""Text without characters that cannot be stored."""


@dataclass(frozen=True)
class Line:
    """One line of text of ``least`` to ``most`` characters, tidied; what cannot be stored is refused."""

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Say its length in the description, and check the rest behind it."""
        text = core_schema.str_schema(min_length=self.least, max_length=self.most, pattern=PLAIN, strict=True)
        return core_schema.no_info_after_validator_function(self._tidy, text)

    def _tidy(self, value: str) -> str:
        try:
            return clean_line(value, field="", most=self.most, least=self.least)
        except BadInput as bad:
            facts = {name: fact for name, fact in bad.facts.items() if name != "field"}
            raise PydanticCustomError(bad.code, "refused", facts or None) from None


def _instant(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise PydanticCustomError("time_unclear", "no time of ours")
    return value


def _day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("day_unclear", "not a day") from None
        if day.year in _YEARS:
            return day
    raise PydanticCustomError("day_unclear", "not a day")


def _hour(value: object) -> time:
    if not isinstance(value, str) or not _HOUR.fullmatch(value):
        raise PydanticCustomError("time_unclear", "not a time of day")
    return time.fromisoformat(value)


Moment = Annotated[AwareDatetime, AfterValidator(_instant)]
"""An instant with its offset: 2026-11-24T09:00:00+08:00."""
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day of the site: 2026-11-24."""
Hour = Annotated[time, BeforeValidator(_hour), WithJsonSchema({"type": "string", "pattern": f"^{_HOUR.pattern}$", "examples": ["09:00"]})]
"""A time of day at the site."""
RowId = Annotated[int, Field(ge=1, le=MOST_ID)]
"""The number by which the house knows something."""
Phone = Annotated[str, Field(pattern=r"^(\+?[0-9]{5,15})?$", examples=["13800138000"]), AfterValidator(tidy_phone)]
"""Digits, with a plus in front for other countries; or none."""
