"""The verbs of rooms: take one in, change it, say which layouts it offers, keep a photo of the finished room."""

from __future__ import annotations

import hashlib

from sqlmodel import select

from server.db.operations import Outcome
from server.db.transaction import Unit, command
from server.domain.rooms import rules
from server.domain.rooms.rules import Layout
from server.domain.rooms.tables import Room, RoomLayout, RoomPhoto
from server.errors import BadInput, Conflict, NotFound
from server.events import RoomChanged
from server.text import clean_line


@command
def add_room(
    tx: Unit,
    *,
    name: str,
    name_en: str = "",
    floor: str = "",
    place: str = "",
    place_en: str = "",
    equipment: str = "",
    is_vip: bool = False,
    capacity: int = 0,
) -> Outcome:
    """Take a room in: ``room_added``. With ``capacity`` (theatre seats) it offers every layout with usual minutes and seats.

    Refused by field: a name that is empty, too long or taken, a capacity out of range.
    """
    room = Room(name="", changed_at=tx.now)
    _write(tx, room, name=name, name_en=name_en, floor=floor, place=place, place_en=place_en, equipment=equipment, is_vip=is_vip)
    _in_range(capacity, 0, rules.MOST_CAPACITY, "capacity")
    tx.session.add(room)
    tx.session.flush()
    if capacity:
        _offer_usual(tx, _id(room), capacity)
    return _changed(tx, room, "room_added")


@command
def change_room(
    tx: Unit,
    *,
    room_id: int,
    version: int,
    name: str,
    name_en: str = "",
    floor: str = "",
    place: str = "",
    place_en: str = "",
    equipment: str = "",
    is_vip: bool = False,
) -> Outcome:
    """Change what stands about a room: ``room_changed``; Conflict ``room_changed_meanwhile`` if it is no longer of ``version``."""
    room = _room(tx, room_id)
    if room.version != version:
        raise Conflict("room_changed_meanwhile", room=room_id, version=room.version)
    _write(tx, room, name=name, name_en=name_en, floor=floor, place=place, place_en=place_en, equipment=equipment, is_vip=is_vip)
    return _changed(tx, room, "room_changed")


@command
def retire_room(tx: Unit, *, room_id: int) -> Outcome:
    """Take a room out of use: ``room_retired``; what is registered in it stays, nothing new can be."""
    room = _room(tx, room_id)
    if not room.active:
        raise Conflict("room_retired_already", room=room_id)
    room.active = False
    return _changed(tx, room, "room_retired")


@command
def restore_room(tx: Unit, *, room_id: int) -> Outcome:
    """Take a room back into use: ``room_restored``."""
    room = _room(tx, room_id)
    if room.active:
        raise Conflict("room_in_use_already", room=room_id)
    room.active = True
    return _changed(tx, room, "room_restored")


@command
def set_layout(
    tx: Unit, *, room_id: int, layout: str, capacity: int, setup_minutes: int, turnover_minutes: int, kit: str = "", offered: bool = True
) -> Outcome:
    """Say how a room stands in a layout, or that it is no longer offered: ``layout_set``. Refused by field."""
    room, row = _room(tx, room_id), _layout(tx, room_id, layout)
    _in_range(capacity, 1, rules.MOST_CAPACITY, "capacity")
    _in_range(setup_minutes, 0, rules.MOST_MINUTES, "setup_minutes")
    _in_range(turnover_minutes, 0, rules.MOST_MINUTES, "turnover_minutes")
    row.capacity, row.setup_minutes, row.turnover_minutes = capacity, setup_minutes, turnover_minutes
    row.kit, row.offered = clean_line(kit, field="kit", most=200), offered
    tx.session.add(row)
    return _changed(tx, room, "layout_set")


@command
def keep_photo(tx: Unit, *, room_id: int, layout: str, content: bytes) -> Outcome:
    """Keep the photo of the finished room, which the check an hour before is compared with: ``photo_kept``.

    Refuses (field ``photo``) what is no JPEG, PNG or WebP by its first bytes, and what is larger than :data:`rules.LARGEST_PHOTO`.
    """
    room, row = _room(tx, room_id), _layout(tx, room_id, layout)
    if len(content) > rules.LARGEST_PHOTO:
        raise BadInput("photo_too_big", field="photo", most_kilobytes=rules.LARGEST_PHOTO // 1000)
    kind = rules.photo_kind(content)
    if kind is None:
        raise BadInput("photo_kind_unknown", field="photo")
    digest = hashlib.sha256(content).hexdigest()
    if tx.session.get(RoomPhoto, digest) is None:
        tx.session.add(RoomPhoto(digest=digest, kind=kind, content=content, kept_at=tx.now))
        tx.session.flush()
    row.photo_digest = digest
    tx.session.add(row)
    return _changed(tx, room, "photo_kept")


@command
def drop_photo(tx: Unit, *, room_id: int, layout: str) -> Outcome:
    """Show no photo of this layout any more: ``photo_dropped``, with the digest by which :func:`show_photo` shows it again."""
    room, row = _room(tx, room_id), _layout(tx, room_id, layout)
    dropped, row.photo_digest = row.photo_digest, None
    outcome = _changed(tx, room, "photo_dropped")
    return Outcome(code=outcome.code, ids={**outcome.ids, "photo": dropped})


@command
def show_photo(tx: Unit, *, room_id: int, layout: str, digest: str) -> Outcome:
    """Show a photo again that was kept before: ``photo_kept``; NotFound ``photo_unknown``."""
    room, row = _room(tx, room_id), _layout(tx, room_id, layout)
    if tx.session.get(RoomPhoto, digest) is None:
        raise NotFound("photo_unknown")
    row.photo_digest = digest
    tx.session.add(row)
    return _changed(tx, room, "photo_kept")


def _id(room: Room) -> int:
    assert room.id is not None
    return room.id


def _room(tx: Unit, room_id: int) -> Room:
    room = tx.session.get(Room, room_id)
    if room is None:
        raise NotFound("room_unknown")
    return room


def _layout(tx: Unit, room_id: int, layout: str) -> RoomLayout:
    if layout not in {each.value for each in Layout}:
        raise BadInput("not_a_choice", field="layout")
    row = tx.session.exec(select(RoomLayout).where(RoomLayout.room_id == room_id, RoomLayout.layout == layout)).one_or_none()
    if row is not None:
        return row
    usual = rules.USUAL[Layout(layout)]
    setup, turnover = usual.setup_minutes, usual.turnover_minutes
    return RoomLayout(room_id=room_id, layout=layout, capacity=1, offered=False, setup_minutes=setup, turnover_minutes=turnover)


def _offer_usual(tx: Unit, room_id: int, seats: int) -> None:
    for layout in Layout:
        row = _layout(tx, room_id, layout)
        row.capacity, row.offered = max(1, seats * rules.USUAL[layout].seats_percent // 100), True
        tx.session.add(row)


def _in_range(number: int, least: int, most: int, field: str) -> None:
    if number < least:
        raise BadInput("too_small", field=field, ge=least)
    if number > most:
        raise BadInput("too_large", field=field, le=most)


def _write(tx: Unit, room: Room, *, name: str, name_en: str, floor: str, place: str, place_en: str, equipment: str, is_vip: bool) -> None:
    line = clean_line(name, field="name", most=20, least=1)
    with tx.session.no_autoflush:
        holder = tx.session.exec(select(Room.id).where(Room.name == line)).first()
    if holder is not None and holder != room.id:
        raise BadInput("room_name_taken", field="name")
    room.name, room.name_en = line, clean_line(name_en, field="name_en", most=40)
    room.floor = clean_line(floor, field="floor", most=10)
    room.place, room.place_en = clean_line(place, field="place", most=80), clean_line(place_en, field="place_en", most=80)
    room.equipment, room.is_vip = clean_line(equipment, field="equipment", most=200), is_vip


def _changed(tx: Unit, room: Room, code: str) -> Outcome:
    room.changed_at = tx.now
    tx.session.flush()
    tx.record(RoomChanged(room_id=_id(room)))
    return Outcome(code=code, ids={"room": _id(room)})
