"""What requests may hold and answers hold: the one truth that requests are checked by and the description is made from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from server.domain.meetings.rules import LONGEST_NOTES, LONGEST_REASON, LONGEST_TITLE, Category, Source, State
from server.domain.meetings.service.registration import LONGEST_KEY
from server.domain.rooms.rules import Layout
from server.domain.visits.rules import MOST_COMPANIONS
from server.domain.visits.rules import State as VisitState
from server.faces.api.fields import Day, Hour, Line, Moment, Phone, RowId

MOST_PEOPLE = 2000
MOST_PAGE = 500


class Request(BaseModel):
    """What is sent: nothing but the fields named here, each of its own kind."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """What stands behind the question mark: nothing but the names given here."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)


People = Annotated[int, Field(ge=0, le=MOST_PEOPLE)]
TeaMinutes = Annotated[int, Field(ge=5, le=120, description="minutes between rounds of tea; null is on call")]


# --- rooms --------------------------------------------------------------------------------------------------------------


class RoomsQuery(Query):
    """Which day's free slots are told."""

    day: Annotated[Day | None, Field(description="a day of the site: each room then tells when it is free")] = None


class LayoutAnswer(Answer):
    """One way a room can be set up."""

    layout: Layout
    capacity: int
    setup_minutes: int
    turnover_minutes: int


class Slot(Answer):
    """A stretch of time in which a room is free; setting up and tidying must fit into it as well."""

    begins_at: datetime
    ends_at: datetime


class RoomAnswer(Answer):
    """A meeting room in use."""

    id: int
    name: str
    name_en: str
    floor: str
    equipment: str
    is_vip: bool
    capacity: Annotated[int, Field(description="the most people it holds, in whatever layout")]
    layouts: tuple[LayoutAnswer, ...]
    free: Annotated[tuple[Slot, ...] | None, Field(description="when it is free on the day that was asked about")]


class RoomsAnswer(Answer):
    """Every meeting room in use, by floor and name."""

    rooms: tuple[RoomAnswer, ...]


# --- meetings -----------------------------------------------------------------------------------------------------------


class MeetingsQuery(Query):
    """Of which days, and which page of them."""

    from_day: Annotated[Day | None, Field(alias="from", description="the first day; today where it is not given")] = None
    to_day: Annotated[Day | None, Field(alias="to", description="the last day, at most 92 later; the first where it is not given")] = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    limit: Annotated[int, Field(ge=1, le=MOST_PAGE)] = 200


class Registration(Request):
    """A meeting to be registered. With a ``key`` that is known already it is an update: fields that are not sent stay as they are."""

    key: Annotated[str, Line(LONGEST_KEY), Field(description="your own name for the meeting: sent again, it is the same meeting")] = ""
    title: Annotated[str, Line(LONGEST_TITLE, least=1), Field(examples=["季度经营会"])]
    room_id: Annotated[RowId, Field(description="from /rooms")]
    layout: Layout
    starts_at: Moment
    ends_at: Moment
    category: Category = Category.ORDINARY
    estimated: People | None = None
    guaranteed: People | None = None
    tenant: Annotated[str, Line(80), Field(description="name or number of the tenant it is for")] = ""
    contact_name: Annotated[str, Line(60)] = ""
    contact_phone: Phone = ""
    tea_minutes: TeaMinutes | None = None
    break_at: Moment | None = None
    equipment: Annotated[str, Line(200)] = ""
    notes: Annotated[str, Line(LONGEST_NOTES)] = ""


NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _without_defaults(schema: dict[str, Any]) -> None:
    schema["minProperties"] = 1
    for each in schema["properties"].values():
        each.pop("default", None)


class Change(Request):
    """What of a meeting is to be otherwise; fields that are not sent stay as they are."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    title: Annotated[str, Line(LONGEST_TITLE, least=1)] = ""
    room_id: RowId = 0
    layout: Layout = Layout.BOARDROOM
    starts_at: Moment = NEVER
    ends_at: Moment = NEVER
    category: Category = Category.ORDINARY
    estimated: People | None = None
    guaranteed: People | None = None
    tenant: Annotated[str, Line(80)] = ""
    contact_name: Annotated[str, Line(60)] = ""
    contact_phone: Phone = ""
    tea_minutes: TeaMinutes | None = None
    break_at: Moment | None = None
    equipment: Annotated[str, Line(200)] = ""
    notes: Annotated[str, Line(LONGEST_NOTES)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("missing", "nothing is said")
        return self


class CancelQuery(Query):
    """Why a meeting is cancelled."""

    reason: Annotated[str, Line(LONGEST_REASON)] = ""


class MeetingAnswer(Answer):
    """A meeting. Times are the site's, with their offset; ``version`` is also its ETag."""

    id: int
    key: Annotated[str, Field(description="your own name for it; empty where it has none")]
    source: Source
    state: State
    title: str
    room_id: int
    room: str
    layout: str
    starts_at: datetime
    ends_at: datetime
    reserved_from: Annotated[datetime, Field(description="setting up included")]
    reserved_until: Annotated[datetime, Field(description="tidying included")]
    category: Category
    estimated: int | None
    guaranteed: int | None
    actual: int | None
    tenant: str
    contact_name: str
    contact_phone: str
    tea_minutes: int | None
    break_at: datetime | None
    equipment: str
    notes: str
    cancel_reason: str
    version: int


class MeetingsAnswer(Answer):
    """A page of meetings by their hour; ``more`` tells that there is another page."""

    meetings: tuple[MeetingAnswer, ...]
    more: bool


class StepsAnswer(Answer):
    """How many steps of the run sheet are done, open, and of these late."""

    done: int
    open: int
    late: int


class StatusAnswer(Answer):
    """How a meeting stands now."""

    id: int
    state: State
    version: int
    room_id: int
    room: str
    starts_at: datetime
    ends_at: datetime
    confirmed_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    undisturbed_since: datetime | None
    steps: StepsAnswer


# --- invitations --------------------------------------------------------------------------------------------------------

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class RecurrenceRequest(Request):
    """On which weekdays, between which hours, an invitation is good within its days."""

    weekdays: Annotated[frozenset[Weekday], Field(min_length=1)]
    daily_from: Hour
    daily_until: Hour


class InvitationRequest(Request):
    """Leave to come: once within a window, or on some weekdays within it."""

    host: Annotated[str, Line(60, least=1), Field(description="staff number, phone or full name of the host", examples=["曾静怡"])]
    name: Annotated[str, Line(60, least=1), Field(examples=["张小明"])]
    phone: Phone = ""
    company: Annotated[str, Line(80)] = ""
    purpose: Literal["meeting", "interview", "viewing", "service", "other"] = "meeting"
    companions: Annotated[int, Field(ge=0, le=MOST_COMPANIONS)] = 0
    gate: Annotated[str, Line(20)] = ""
    language: Literal["zh", "en"] = "zh"
    valid_from: Moment
    valid_until: Moment
    recurrence: RecurrenceRequest | None = None


class PassAnswer(Answer):
    """What the visitor shows at the gate."""

    link: Annotated[str, Field(description="address of the pass with its QR code, to be sent to the visitor")]
    code: Annotated[str, Field(description="six digits that do the same")]


class InvitationAnswer(Answer):
    """An invitation; ``pass`` is null once it is withdrawn."""

    id: int
    state: VisitState
    host: str
    name: str
    recurring: bool
    valid_from: datetime
    valid_until: datetime
    pass_: Annotated[PassAnswer | None, Field(alias="pass")]


# --- refusals -----------------------------------------------------------------------------------------------------------


class Problem(Answer):
    """Why something was refused: a stable code, a sentence in the language of Accept-Language, and the field where there is one."""

    code: str
    message: str
    field: str | None
