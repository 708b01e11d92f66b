"""Reads of rooms."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from server.domain.rooms.rules import USUAL, Layout
from server.domain.rooms.tables import Room, RoomLayout, RoomPhoto
from server.errors import NotFound

_REMARK = re.compile(r"[(（\[].*|会议室|贵宾室|号|room|meeting", re.IGNORECASE)
"""What lists write around the name on the door."""


@dataclass(frozen=True, kw_only=True)
class LayoutCard:
    """One way a room can be set up."""

    layout: Layout
    capacity: int
    setup_minutes: int
    turnover_minutes: int
    kit: str
    offered: bool
    photo: str | None


@dataclass(frozen=True, kw_only=True)
class RoomCard:
    """A room and the layouts it offers."""

    id: int
    name: str
    name_en: str
    floor: str
    place: str
    place_en: str
    equipment: str
    is_vip: bool
    active: bool
    version: int
    layouts: tuple[LayoutCard, ...]

    @property
    def capacity(self) -> int:
        """The most people it holds, in whatever layout."""
        return max((layout.capacity for layout in self.layouts if layout.offered), default=0)

    @property
    def every_layout(self) -> tuple[LayoutCard, ...]:
        """Every layout there is, in order; one that nobody has said anything about stands as usual, and is not offered."""
        said = {card.layout: card for card in self.layouts}
        return tuple(said.get(layout) or _unsaid(layout) for layout in Layout)

    def layout(self, code: str) -> LayoutCard | None:
        """Return how the room stands in a layout; None if it does not offer it."""
        return next((layout for layout in self.layouts if layout.layout == code and layout.offered), None)


def rooms(session: Session, *, retired: bool = False) -> tuple[RoomCard, ...]:
    """Return the rooms in use by floor and name; with ``retired`` the others too."""
    found = session.exec(select(Room).order_by(col(Room.floor), col(Room.name))).all()
    layouts = _layouts(session)
    return tuple(_card(room, layouts.get(room.id or 0, ())) for room in found if room.active or retired)


def room_card(session: Session, room_id: int) -> RoomCard:
    """Return one room; NotFound ``room_unknown``."""
    room = session.get(Room, room_id)
    if room is None:
        raise NotFound("room_unknown")
    return _card(room, _layouts(session, room_id).get(room_id, ()))


def room_named(cards: tuple[RoomCard, ...], text: str) -> RoomCard | None:
    """Return the room that a list means: by its name, else by its name without what is written around it; None if none or several."""
    wanted = _folded(text)
    same = [card for card in cards if wanted in (_folded(card.name), _folded(card.name_en))]
    if not same:
        core = _folded(_REMARK.sub("", text))
        same = [card for card in cards if core and core == _folded(_REMARK.sub("", card.name))]
    return same[0] if len(same) == 1 else None


def room_at(session: Session, *texts: str) -> RoomCard | None:
    """Return the room a device stands at: whose name is the first of ``texts`` (its place, then its own name) that is a room's at all."""
    cards = rooms(session)
    return next((card for text in texts if text and (card := room_named(cards, text)) is not None), None)


def photo(session: Session, digest: str) -> tuple[str, bytes]:
    """Return media type and content of a photo; NotFound ``photo_unknown``."""
    found = session.get(RoomPhoto, digest)
    if found is None:
        raise NotFound("photo_unknown")
    return found.kind, found.content


def _unsaid(layout: Layout) -> LayoutCard:
    usual = USUAL[layout]
    return LayoutCard(
        layout=layout,
        capacity=0,
        setup_minutes=usual.setup_minutes,
        turnover_minutes=usual.turnover_minutes,
        kit="",
        offered=False,
        photo=None,
    )


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


# Built once, and columns rather than entities: a hundred of them are read whenever the floor is drawn or a list is judged.
_LAYOUTS = select_columns(
    col(RoomLayout.room_id),
    col(RoomLayout.layout),
    col(RoomLayout.capacity),
    col(RoomLayout.setup_minutes),
    col(RoomLayout.turnover_minutes),
    col(RoomLayout.kit),
    col(RoomLayout.offered),
    col(RoomLayout.photo_digest),
)
_LAYOUTS_OF_ONE = _LAYOUTS.where(col(RoomLayout.room_id) == bindparam("room"))
_ORDER = {layout.value: place for place, layout in enumerate(Layout)}


def _layouts(session: Session, room_id: int | None = None) -> dict[int, tuple[LayoutCard, ...]]:
    rows = session.execute(_LAYOUTS) if room_id is None else session.execute(_LAYOUTS_OF_ONE, {"room": room_id})
    found: dict[int, list[LayoutCard]] = {}
    for row in sorted(rows, key=lambda row: _ORDER[row.layout]):
        card = LayoutCard(
            layout=Layout(row.layout),
            capacity=row.capacity,
            setup_minutes=row.setup_minutes,
            turnover_minutes=row.turnover_minutes,
            kit=row.kit,
            offered=row.offered,
            photo=row.photo_digest,
        )
        found.setdefault(row.room_id, []).append(card)
    return {number: tuple(cards) for number, cards in found.items()}


def _card(room: Room, layouts: tuple[LayoutCard, ...]) -> RoomCard:
    assert room.id is not None
    return RoomCard(
        id=room.id,
        name=room.name,
        name_en=room.name_en,
        floor=room.floor,
        place=room.place,
        place_en=room.place_en,
        equipment=room.equipment,
        is_vip=room.is_vip,
        active=room.active,
        version=room.version,
        layouts=layouts,
    )
