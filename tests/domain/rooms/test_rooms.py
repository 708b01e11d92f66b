"""Meeting rooms: taking one in, its ten layouts, photos of the finished room, and how a list's words are understood."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.db.transaction import Door
from server.domain.rooms import queries, rules, service
from server.domain.rooms.queries import RoomCard
from server.domain.rooms.rules import Layout
from server.errors import BadInput, Conflict, NotFound
from tests.factories import asks, make_room

JPEG = b"\xff\xd8\xff\xe0 a finished room"
PNG = b"\x89PNG\r\n\x1a\n a finished room"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 a finished room"


def card_of(door: Door, room_id: int) -> RoomCard:
    with door.reading() as session:
        return queries.room_card(session, room_id)


def test_a_room_with_seats_offers_every_layout_with_usual_minutes_and_seats(door: Door) -> None:
    card = card_of(door, make_room(door, name="301", capacity=60))
    assert [each.layout for each in card.layouts] == list(Layout)
    assert {each.layout: each.capacity for each in card.layouts}[Layout.BOARDROOM] == 18
    assert card.capacity == 60
    assert (card.layouts[0].setup_minutes, card.layouts[0].turnover_minutes) == (30, 20)


def test_a_room_without_seats_offers_nothing_until_somebody_says_so(door: Door) -> None:
    room = make_room(door, name="302", capacity=0)
    card = card_of(door, room)
    assert (card.capacity, card.layouts, card.layout("theatre")) == (0, (), None)
    assert [(each.layout, each.offered) for each in card.every_layout] == [(layout, False) for layout in Layout]
    service.set_layout(
        door, asks("staff:1"), room_id=room, layout="theatre", capacity=40, setup_minutes=25, turnover_minutes=15, kit="茶杯"
    )
    card = card_of(door, room)
    assert card.capacity == 40
    assert [each.kit for each in card.every_layout if each.offered] == ["茶杯"]


def test_a_layout_that_is_no_longer_offered_is_not_chosen_and_does_not_count(door: Door) -> None:
    room = make_room(door, capacity=60)
    said = {"room_id": room, "layout": "theatre", "capacity": 60, "setup_minutes": 30, "turnover_minutes": 20}
    service.set_layout(door, asks("staff:1"), **said, offered=False)  # type: ignore[arg-type]  # as a form has it
    card = card_of(door, room)
    assert card.layout("theatre") is None
    assert card.capacity == 36
    service.set_layout(door, asks("staff:1"), **said)  # type: ignore[arg-type]  # as a form has it
    assert card_of(door, room).capacity == 60


def test_a_room_is_changed_unless_somebody_was_faster(door: Door) -> None:
    room = make_room(door, name="301")
    version = card_of(door, room).version
    service.change_room(door, asks("staff:1"), room_id=room, version=version, name="301 会议室", floor="3", is_vip=True)
    assert (card_of(door, room).name, card_of(door, room).is_vip) == ("301 会议室", True)
    with pytest.raises(Conflict) as refusal:
        service.change_room(door, asks("staff:1"), room_id=room, version=version, name="303")
    assert refusal.value.code == "room_changed_meanwhile"
    assert card_of(door, room).name == "301 会议室"


def test_a_room_is_retired_and_restored_once_each(door: Door) -> None:
    room = make_room(door, name="301")
    service.retire_room(door, asks("staff:1"), room_id=room)
    with door.reading() as session:
        assert queries.rooms(session) == ()
        assert [card.active for card in queries.rooms(session, retired=True)] == [False]
    with pytest.raises(Conflict):
        service.retire_room(door, asks("staff:1"), room_id=room)
    service.restore_room(door, asks("staff:1"), room_id=room)
    with pytest.raises(Conflict):
        service.restore_room(door, asks("staff:1"), room_id=room)
    assert card_of(door, room).active


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "三" * 21}, "name", "too_long"),
        ({"name": "301"}, "name", "room_name_taken"),
        ({"name": "303", "capacity": 2001}, "capacity", "too_large"),
        ({"name": "303", "capacity": -1}, "capacity", "too_small"),
        ({"name": "303", "place": "左" * 81}, "place", "too_long"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_room_that_cannot_be_is_refused_by_field(door: Door, said: dict[str, object], field: str, code: str) -> None:
    make_room(door, name="301")
    with pytest.raises(BadInput) as refusal:
        service.add_room(door, asks("staff:1"), **said)  # type: ignore[arg-type]  # as a form has it
    assert (refusal.value.field, refusal.value.code) == (field, code)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"layout": "amphitheatre"}, "layout"),
        ({"capacity": 0}, "capacity"),
        ({"setup_minutes": 481}, "setup_minutes"),
        ({"turnover_minutes": -1}, "turnover_minutes"),
        ({"kit": "杯" * 201}, "kit"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_layout_that_cannot_be_is_refused_by_field(door: Door, said: dict[str, object], field: str) -> None:
    right: dict[str, object] = {"layout": "theatre", "capacity": 10, "setup_minutes": 30, "turnover_minutes": 20}
    room = make_room(door, capacity=60)
    with pytest.raises(BadInput) as refusal:
        service.set_layout(door, asks("staff:1"), room_id=room, **(right | said))  # type: ignore[arg-type]  # as a form has it
    assert refusal.value.field == field
    assert card_of(door, room).capacity == 60


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_room_that_is_not_there_is_not_found(door: Door) -> None:
    for verb in (service.retire_room, service.restore_room):
        with pytest.raises(NotFound):
            verb(door, asks("staff:1"), room_id=999)
    with pytest.raises(NotFound):
        card_of(door, 999)


# --- photos -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")])
def test_a_photo_is_kept_by_what_it_holds_dropped_and_shown_again(door: Door, content: bytes, kind: str) -> None:
    room = make_room(door, capacity=60)
    digest = hashlib.sha256(content).hexdigest()
    service.keep_photo(door, asks("staff:1"), room_id=room, layout="ushape", content=content)
    with door.reading() as session:
        assert queries.photo(session, digest) == (kind, content)
    assert [each.photo for each in card_of(door, room).layouts if each.photo] == [digest]
    dropped = service.drop_photo(door, asks("staff:1"), room_id=room, layout="ushape")
    assert dropped.ids["photo"] == digest
    assert not any(each.photo for each in card_of(door, room).layouts)
    service.show_photo(door, asks("staff:1"), room_id=room, layout="ushape", digest=digest)
    assert [each.layout for each in card_of(door, room).layouts if each.photo] == [Layout.USHAPE]


def test_a_photo_of_a_layout_nobody_spoke_of_does_not_offer_it(door: Door) -> None:
    room = make_room(door, capacity=0)
    service.keep_photo(door, asks("staff:1"), room_id=room, layout="theatre", content=JPEG)
    card = card_of(door, room)
    assert (card.layout("theatre"), card.capacity) == (None, 0)
    assert [each.layout for each in card.every_layout if each.photo] == [Layout.THEATRE]


def test_one_photo_may_stand_for_two_layouts_and_rooms(door: Door) -> None:
    rooms = [make_room(door, capacity=60), make_room(door, capacity=0)]
    for room in rooms:
        service.keep_photo(door, asks("staff:1"), room_id=room, layout="theatre", content=JPEG)
    assert {card_of(door, room).every_layout[1].photo for room in rooms} == {hashlib.sha256(JPEG).hexdigest()}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "photo_kind_unknown"),
        (b"%PDF-1.7", "photo_kind_unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_kind_unknown"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", "photo_kind_unknown"),
        (JPEG + bytes(rules.LARGEST_PHOTO), "photo_too_big"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_photo_or_too_big_is_refused(door: Door, content: bytes, code: str) -> None:
    room = make_room(door, capacity=60)
    with pytest.raises(BadInput) as refusal:
        service.keep_photo(door, asks("staff:1"), room_id=room, layout="theatre", content=content)
    assert (refusal.value.field, refusal.value.code) == ("photo", code)


@given(content=st.binary(max_size=40))
def test_a_photo_is_known_by_its_first_bytes_alone(content: bytes) -> None:
    kind = rules.photo_kind(content)
    assert kind is None or content.startswith(rules.PHOTO_KINDS[kind])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_photo_that_was_never_kept_is_not_shown(door: Door) -> None:
    room = make_room(door, capacity=60)
    with pytest.raises(NotFound):
        service.show_photo(door, asks("staff:1"), room_id=room, layout="theatre", digest="0" * 64)
    with door.reading() as session, pytest.raises(NotFound):
        queries.photo(session, "0" * 64)


# --- names in lists -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "found"),
    [("301", "301"), ("３０１会议室", "301"), ("301（投影）", "301"), ("Room 301", "301"), ("贵宾厅", "贵宾厅"), ("VIP HALL", "贵宾厅")],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_lists_word_for_a_room_is_understood(door: Door, typed: str, found: str) -> None:
    make_room(door, name="301")
    service.add_room(door, asks("staff:1"), name="贵宾厅", name_en="VIP Hall")
    with door.reading() as session:
        card = queries.room_named(queries.rooms(session), typed)
    assert card is not None
    assert card.name == found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_word_that_means_no_room_or_two_is_none(door: Door) -> None:
    for name in ("301 会议室", "301（大）"):
        make_room(door, name=name)
    with door.reading() as session:
        cards = queries.rooms(session)
        assert [queries.room_named(cards, typed) for typed in ("301", "999", "", "会议室")] == [None] * 4
