"""Meeting rooms: add, change, retire and restore, the ten layouts of each, and the photo of the finished room."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from server.domain.devices import queries as devices
from server.domain.rooms import queries, rules, service
from server.domain.rooms.queries import LayoutCard, RoomCard
from server.domain.rooms.rules import Layout
from server.errors import BadInput, NotFound
from server.faces.desk.blueprint import NO_FAULTS, Faults, answer, blueprint, done
from server.faces.desk.forms_papers import ChangedRoom, NewRoom
from server.faces.desk.forms_papers import Layout as LayoutForm
from server.web import floor
from server.web.house import house
from server.web.operation import operation

FIELDS = ("name", "name_en", "floor", "place", "place_en", "equipment")
NEW = {**dict.fromkeys(FIELDS, ""), "is_vip": "", "capacity": ""}


@blueprint.get("/desk/rooms")
def rooms() -> ResponseReturnValue:
    """Show the meeting rooms, by floor; those out of use if asked for."""
    retired = "retired" in request.args
    with house().door.reading() as session:
        cards = [card for card in queries.rooms(session, retired=True) if card.active is not retired]
    return render_template("desk/rooms.html", cards=cards, retired=retired, all_layouts=len(Layout))


@blueprint.get("/desk/rooms/new")
def new_room() -> ResponseReturnValue:
    """Ask about a new room."""
    return _form(None, NEW, NO_FAULTS)


@blueprint.post("/desk/rooms/new")
def add_room() -> ResponseReturnValue:
    """Add a room."""

    def act() -> str:
        outcome = service.add_room(house().door, operation(), **NewRoom.read().model_dump())
        return done("room", outcome, room_id=int(outcome.ids["room"] or 0))

    typed = NewRoom.typed()
    return answer(act, lambda wrong: _form(None, typed, wrong))


@blueprint.get("/desk/rooms/<int:room_id>")
def room(room_id: int) -> ResponseReturnValue:
    """Show one room with its layouts."""
    return _page(room_id, NO_FAULTS)


@blueprint.get("/desk/rooms/<int:room_id>/change")
def room_form(room_id: int) -> ResponseReturnValue:
    """Show one room, to be changed."""
    return _form_of(room_id, {}, NO_FAULTS)


@blueprint.post("/desk/rooms/<int:room_id>/change")
def change_room(room_id: int) -> ResponseReturnValue:
    """Change what stands about a room."""

    def act() -> str:
        outcome = service.change_room(house().door, operation(), room_id=room_id, **ChangedRoom.read().model_dump())
        return done("room", outcome, room_id=room_id)

    typed = ChangedRoom.typed()
    return answer(act, lambda wrong: _form_of(room_id, typed, wrong))


@blueprint.post("/desk/rooms/<int:room_id>/retire")
def retire_room(room_id: int) -> ResponseReturnValue:
    """Take a room out of use: nothing new can be registered in it."""

    def act() -> str:
        return done("rooms", service.retire_room(house().door, operation(), room_id=room_id), of=room_id)

    return answer(act, lambda wrong: _page(room_id, wrong))


@blueprint.post("/desk/rooms/<int:room_id>/restore")
def restore_room(room_id: int) -> ResponseReturnValue:
    """Take a room back into use."""

    def act() -> str:
        return done("room", service.restore_room(house().door, operation(), room_id=room_id), room_id=room_id)

    return answer(act, lambda wrong: _page(room_id, wrong))


# --- layouts and photos -------------------------------------------------------------------------------------------------


@blueprint.get("/desk/rooms/<int:room_id>/layouts/<layout>")
def layout_form(room_id: int, layout: str) -> ResponseReturnValue:
    """Show how a room stands in one layout, to be changed."""
    return _layout_form(room_id, layout, {}, NO_FAULTS)


@blueprint.post("/desk/rooms/<int:room_id>/layouts/<layout>")
def set_layout(room_id: int, layout: str) -> ResponseReturnValue:
    """Say how a room stands in one layout, or that it is not offered."""

    def act() -> str:
        outcome = service.set_layout(house().door, operation(), room_id=room_id, layout=layout, **LayoutForm.read().model_dump())
        return done("room", outcome, room_id=room_id)

    typed = LayoutForm.typed()
    return answer(act, lambda wrong: _layout_form(room_id, layout, typed, wrong))


@blueprint.post("/desk/rooms/<int:room_id>/layouts/<layout>/photo")
def keep_photo(room_id: int, layout: str) -> ResponseReturnValue:
    """Keep a photo of the finished room."""

    def act() -> str:
        tap = operation()
        outcome = service.keep_photo(house().door, tap, room_id=room_id, layout=layout, content=_sent_photo())
        return done("layout_form", outcome, room_id=room_id, layout=layout)

    return answer(act, lambda wrong: _layout_form(room_id, layout, {}, wrong))


@blueprint.post("/desk/rooms/<int:room_id>/layouts/<layout>/photo/drop")
def drop_photo(room_id: int, layout: str) -> ResponseReturnValue:
    """Show the photo no longer; Undo shows it again."""

    def act() -> str:
        outcome = service.drop_photo(house().door, operation(), room_id=room_id, layout=layout)
        again = f"{room_id}/layouts/{layout}/photo/{outcome.ids['photo']}" if outcome.ids["photo"] else None
        return done("layout_form", outcome, of=again, room_id=room_id, layout=layout)

    return answer(act, lambda wrong: _layout_form(room_id, layout, {}, wrong))


@blueprint.post("/desk/rooms/<int:room_id>/layouts/<layout>/photo/<digest>/show")
def show_photo(room_id: int, layout: str, digest: str) -> ResponseReturnValue:
    """Show a photo again that was shown before."""

    def act() -> str:
        outcome = service.show_photo(house().door, operation(), room_id=room_id, layout=layout, digest=digest)
        return done("layout_form", outcome, room_id=room_id, layout=layout)

    return answer(act, lambda wrong: _layout_form(room_id, layout, {}, wrong))


def _sent_photo() -> bytes:
    file = request.files.get("photo")
    if file is None or not file.filename:
        raise BadInput("missing", field="photo")
    # One byte more than may be: enough to know that it is too big.
    return file.stream.read(rules.LARGEST_PHOTO + 1)


# --- pages --------------------------------------------------------------------------------------------------------------


def _card(room_id: int) -> RoomCard:
    with house().door.reading() as session:
        return queries.room_card(session, room_id)


def _page(room_id: int, wrong: Faults) -> str:
    return render_template("desk/room.html", card=_card(room_id), faults=wrong, layouts=floor.LAYOUTS)


def _form_of(room_id: int, typed: dict[str, str], wrong: Faults) -> str:
    card = _card(room_id)
    if not wrong.fields:
        typed = {name: str(getattr(card, name)) for name in (*FIELDS, "version")} | {"is_vip": "1" if card.is_vip else ""}
    return _form(card, typed, wrong)


def _form(card: RoomCard | None, typed: dict[str, str], wrong: Faults) -> str:
    signs = _signs_at(card) if card else ()
    return render_template("desk/room_form.html", card=card, typed=typed, faults=wrong, most=rules.MOST_CAPACITY, signs=signs)


def _signs_at(card: RoomCard) -> tuple[str, ...]:
    """Return the names of the door signs that find their room by the name it has now."""
    with house().door.reading() as session:
        signs = [each for each in devices.devices(session) if each.role == "door"]
        return tuple(
            sign.name for sign in signs if (at := queries.room_at(session, sign.place, sign.name)) is not None and at.id == card.id
        )


def _layout_form(room_id: int, layout: str, typed: dict[str, str], wrong: Faults) -> str:
    card = _card(room_id)
    shown = next((each for each in card.every_layout if each.layout == layout), None)
    if shown is None:
        raise NotFound("layout_not_offered")
    if not typed or not wrong.fields:
        typed = _as_typed(card, shown)
    return render_template(
        "desk/layout_form.html",
        card=card,
        shown=shown,
        typed=typed,
        faults=wrong,
        layouts=floor.LAYOUTS,
        rules=rules,
        most_bytes=rules.LARGEST_PHOTO,
    )


def _as_typed(card: RoomCard, shown: LayoutCard) -> dict[str, str]:
    usual = max(1, card.capacity * rules.USUAL[shown.layout].seats_percent // 100)
    return {
        "offered": "1" if shown.offered else "",
        "capacity": str(shown.capacity or usual),
        "setup_minutes": str(shown.setup_minutes),
        "turnover_minutes": str(shown.turnover_minutes),
        "kit": shown.kit,
    }
