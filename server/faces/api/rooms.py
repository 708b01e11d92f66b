"""Rooms: what there is, how each can be set up, and when it is free."""

from __future__ import annotations

from server.days import Window
from server.domain.meetings.queries import registered
from server.domain.rooms import queries
from server.domain.rooms.queries import LayoutCard, RoomCard
from server.domain.tokens.rules import Scope
from server.faces.api.endpoints import Endpoint, endpoint
from server.faces.api.models import Answer, LayoutAnswer, RoomAnswer, RoomsAnswer, RoomsQuery, Slot
from server.web.house import house


@endpoint(
    Endpoint(
        method="GET",
        path="/rooms",
        name="rooms",
        about="Every meeting room with its layouts and capacities; with `day` also when each is free.",
        scope=Scope.MEETINGS_READ,
        query=RoomsQuery,
        answer=RoomsAnswer,
    )
)
def rooms(*, query: RoomsQuery) -> tuple[Answer, int]:
    """Give the rooms in use."""
    zone = house().settings.zone
    with house().door.reading() as session:
        cards = queries.rooms(session)
        free = registered.free_slots(session, query.day, zone) if query.day else None
    return RoomsAnswer(rooms=tuple(_room(card, free(card.id) if free else None) for card in cards)), 200


def _room(card: RoomCard, free: tuple[Window, ...] | None) -> RoomAnswer:
    return RoomAnswer(
        id=card.id,
        name=card.name,
        name_en=card.name_en,
        floor=card.floor,
        equipment=card.equipment,
        is_vip=card.is_vip,
        capacity=card.capacity,
        layouts=tuple(_layout(each) for each in card.layouts if each.offered),
        free=None if free is None else tuple(map(_slot, free)),
    )


def _layout(card: LayoutCard) -> LayoutAnswer:
    return LayoutAnswer(
        layout=card.layout, capacity=card.capacity, setup_minutes=card.setup_minutes, turnover_minutes=card.turnover_minutes
    )


def _slot(window: Window) -> Slot:
    zone = house().settings.zone
    return Slot(begins_at=window.begins.astimezone(zone), ends_at=window.ends.astimezone(zone))
