"""Meeting rooms at the desk: the supervisor keeps them, the desk sees them; photos of finished rooms; the way to a meeting by its code."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from werkzeug.test import TestResponse

from server.domain.rooms import queries, rules
from server.domain.rooms.queries import RoomCard
from server.web.access import Role
from server.web.house import House
from tests.faces.desk.stage import Browser
from tests.factories import make_device, make_meeting, make_room
from tests.web.browsers import make_park

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""Forms and sentences are the same on each database; the verbs behind them are proved on both."""

ROOM = {"name": "301", "name_en": "Lotus", "floor": "3", "place": "出电梯左转", "place_en": "Left from the lift", "equipment": "投影"}
LAYOUT = {"offered": "1", "capacity": "24", "setup_minutes": "35", "turnover_minutes": "20", "kit": "茶杯、纸、笔"}
JPEG = b"\xff\xd8\xff\xe0 a finished room"
DIGEST = hashlib.sha256(JPEG).hexdigest()


def card_of(house: House, room_id: int) -> RoomCard:
    with house.door.reading() as session:
        return queries.room_card(session, room_id)


def send_photo(browser: Browser, address: str, content: bytes, name: str = "room.jpg") -> TestResponse:
    return browser.post(address, {"photo": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_a_room_is_added_shown_and_changed_unless_somebody_was_faster(supervisor: Browser, desk: Browser, house: House) -> None:
    added = supervisor.post("/desk/rooms/new", {**ROOM, "capacity": "60", "is_vip": "1"})
    assert added.location == "/desk/rooms/1?done=room_added"
    for browser in (supervisor, desk):
        assert "出电梯左转" in browser.get("/desk/rooms/1").text
        assert 'href="/desk/rooms/1"' in browser.get("/desk/rooms").text
    assert (card_of(house, 1).capacity, card_of(house, 1).is_vip) == (60, True)
    version = re.findall(r'name="version" value="(\d+)"', supervisor.get("/desk/rooms/1/change").text)[0]
    typed = {**ROOM, "floor": "4", "version": version}
    assert supervisor.post("/desk/rooms/1/change", typed).status_code == 303
    assert (card_of(house, 1).floor, card_of(house, 1).is_vip) == ("4", False)
    stale = supervisor.post("/desk/rooms/1/change", {**typed, "floor": "5"})
    assert (stale.status_code, stale.headers["X-Error-Code"]) == (409, "room_changed_meanwhile")
    assert 'value="4"' in stale.text


def test_whoever_renames_a_room_is_told_of_the_door_sign_that_knows_it_by_its_name(supervisor: Browser, house: House) -> None:
    room, other = make_room(house.door, name="301"), make_room(house.door, name="302")
    make_device(house.door, "door", name="门牌 7", gate="", place="301")
    make_device(house.door, "tablet", name="平板 8", gate="", place="301")
    form = supervisor.get(f"/desk/rooms/{room}/change?lang=en").text
    assert ("The door sign 门牌 7 knows this room" in form, "平板 8" in form) == (True, False)
    for address in (f"/desk/rooms/{other}/change", "/desk/rooms/new"):
        assert "knows this room" not in supervisor.get(f"{address}?lang=en").text


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"name": ""}, "name"), ({"name": "302"}, "name"), ({"capacity": "2001"}, "capacity"), ({"capacity": "many"}, "capacity")],
)
def test_a_wrong_room_keeps_what_was_typed(supervisor: Browser, house: House, typed: dict[str, str], field: str) -> None:
    make_room(house.door, name="302")
    answer = supervisor.post("/desk/rooms/new", {**ROOM, **typed})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text
    assert 'value="Lotus"' in answer.text


def test_the_desk_sees_rooms_and_changes_nothing(desk: Browser, house: House) -> None:
    make_room(house.door, name="301")
    assert "/change" not in desk.get("/desk/rooms/1").text
    assert "/desk/rooms/new" not in desk.get("/desk/rooms").text
    for path in ("/desk/rooms/new", "/desk/rooms/1/change", "/desk/rooms/1/layouts/theatre"):
        assert desk.get(path).status_code == 403
    for path in (
        "new",
        "1/change",
        "1/retire",
        "1/restore",
        "1/layouts/theatre",
        "1/layouts/theatre/photo",
        "1/layouts/theatre/photo/drop",
    ):
        assert desk.post(f"/desk/rooms/{path}", ROOM).status_code == 403
    assert card_of(house, 1).active


def test_a_room_goes_out_of_use_and_undo_brings_it_back(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301")
    gone = supervisor.post("/desk/rooms/1/retire")
    assert gone.location == "/desk/rooms?done=room_retired&of=1"
    shown = supervisor.get(gone.location).text
    assert 'action="/desk/rooms/1/restore"' in shown
    assert 'href="/desk/rooms/1"' not in shown
    assert 'href="/desk/rooms/1"' in supervisor.get("/desk/rooms?retired=1").text
    assert "已停用" in supervisor.get("/desk/rooms/1").text
    assert supervisor.post("/desk/rooms/1/retire").status_code == 409
    assert supervisor.post("/desk/rooms/1/restore").location == "/desk/rooms/1?done=room_restored"
    assert supervisor.post("/desk/rooms/1/restore").status_code == 409
    assert card_of(house, 1).active


def test_undo_leads_nowhere_but_below_its_own_address(supervisor: Browser) -> None:
    for of in ("../../staff/1/leave", "//elsewhere", "1/../2", "https://elsewhere", "1?x", '"><b>'):
        assert "撤销" not in supervisor.get("/desk/rooms", query_string={"done": "room_retired", "of": of}).text
    assert "撤销" in supervisor.get("/desk/rooms?done=room_retired&of=1").text


def test_each_of_ten_layouts_is_shown_and_can_be_set(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301", capacity=0)
    page = supervisor.get("/desk/rooms/1").text
    assert page.count('class="layout layout-not"') == 10
    assert supervisor.post("/desk/rooms/1/layouts/ushape", LAYOUT).location == "/desk/rooms/1?done=layout_set"
    page = supervisor.get("/desk/rooms/1").text
    assert page.count('class="layout layout-not"') == 9
    assert "布置 35 分钟，整理 20 分钟" in page
    assert "茶杯、纸、笔" in page
    not_offered = {name: value for name, value in LAYOUT.items() if name != "offered"}
    supervisor.post("/desk/rooms/1/layouts/ushape", not_offered)
    assert card_of(house, 1).layout("ushape") is None


@pytest.mark.parametrize(("field", "value"), [("capacity", "0"), ("setup_minutes", "481"), ("turnover_minutes", ""), ("kit", "杯" * 201)])
def test_a_wrong_layout_is_told_beside_its_field(supervisor: Browser, house: House, field: str, value: str) -> None:
    make_room(house.door, name="301", capacity=60)
    answer = supervisor.post("/desk/rooms/1/layouts/ushape", {**LAYOUT, field: value})
    assert answer.status_code == 422
    assert f'id="f-{field}-error"' in answer.text


def test_a_room_or_a_layout_that_is_not_there_is_not_found(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301")
    for path in ("999", "999/change", "999/layouts/theatre", "1/layouts/amphitheatre"):
        assert supervisor.get(f"/desk/rooms/{path}").status_code == 404
    assert supervisor.post("/desk/rooms/999/retire").status_code == 404
    assert supervisor.post("/desk/rooms/1/layouts/amphitheatre", LAYOUT).status_code == 404


def test_no_rooms_is_a_screen_of_its_own(supervisor: Browser, desk: Browser) -> None:
    assert "还没有会议室" in supervisor.get("/desk/rooms").text
    assert "由主管添加" in desk.get("/desk/rooms").text
    assert "没有停用的会议室" in desk.get("/desk/rooms?retired=1").text


# --- photos -------------------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_shown_dropped_and_brought_back(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301", capacity=60)
    kept = send_photo(supervisor, "/desk/rooms/1/layouts/ushape/photo", JPEG)
    assert kept.location == "/desk/rooms/1/layouts/ushape?done=photo_kept"
    assert f'src="/rooms/photo/{DIGEST}"' in supervisor.get("/desk/rooms/1").text
    dropped = supervisor.post("/desk/rooms/1/layouts/ushape/photo/drop")
    page = supervisor.get(str(dropped.location)).text
    assert DIGEST not in supervisor.get("/desk/rooms/1").text
    undo = f"/desk/rooms/1/layouts/ushape/photo/{DIGEST}/show"
    assert f'action="{undo}"' in page
    assert supervisor.post(undo, htmx=True).headers["HX-Redirect"] == "/desk/rooms/1/layouts/ushape?done=photo_kept"
    assert DIGEST in supervisor.get("/desk/rooms/1").text
    assert supervisor.post(f"/desk/rooms/1/layouts/ushape/photo/{'0' * 64}/show").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"%PDF-1.7", "room.jpg", "请选择照片：JPEG、PNG 或 WebP。"),
        (b"", "room.jpg", "请选择照片：JPEG、PNG 或 WebP。"),
        (JPEG, "", "请填写此项。"),
        (JPEG + bytes(rules.LARGEST_PHOTO), "room.jpg", "最多 1500 kB。"),
    ],
)
def test_what_is_no_photo_is_told_beside_the_field(supervisor: Browser, house: House, content: bytes, name: str, said: str) -> None:
    make_room(house.door, name="301", capacity=60)
    answer = send_photo(supervisor, "/desk/rooms/1/layouts/ushape/photo", content, name)
    assert answer.status_code == 422
    assert said in answer.text


def test_without_a_script_the_limit_is_told(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301", capacity=60)
    assert "不超过 1.5 MB" in supervisor.get("/desk/rooms/1/layouts/ushape").text


def test_a_photo_is_served_to_desk_and_open_tablets_for_good_and_to_nobody_else(supervisor: Browser, house: House) -> None:
    make_room(house.door, name="301", capacity=60)
    send_photo(supervisor, "/desk/rooms/1/layouts/ushape/photo", JPEG)
    park = make_park(supervisor.client.application)
    for role, browser in park.browsers.items():
        answer = browser.get(f"/rooms/photo/{DIGEST}")
        if role in (Role.DESK, Role.SUPERVISOR, Role.ADMIN, Role.ATTENDANT):
            assert (answer.status_code, answer.data, answer.mimetype) == (200, JPEG, "image/jpeg")
            assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
        else:
            assert answer.status_code in (401, 403), role
            assert answer.headers["Cache-Control"] == "no-store"
    unknown = supervisor.get(f"/rooms/photo/{'0' * 64}")
    assert (unknown.status_code, unknown.headers["Cache-Control"]) == (404, "no-store")


# --- the code on a printed run sheet ------------------------------------------------------------------------------------


def test_a_printed_code_leads_everybody_as_far_as_he_may_go(supervisor: Browser, house: House) -> None:
    meeting = make_meeting(house.door)
    park = make_park(supervisor.client.application)
    ways = {Role.ATTENDANT: f"/tablet/meetings/{meeting}", Role.TABLET: "/tablet"}
    ways |= dict.fromkeys((Role.DESK, Role.SUPERVISOR, Role.ADMIN), f"/desk/meetings/{meeting}")
    for role, browser in park.browsers.items():
        for path in ("/m", "/M"):
            assert browser.get(f"{path}/{meeting}").location == ways.get(role, "/"), role


def test_the_desks_scanner_reads_it_too(desk: Browser) -> None:
    for text in ("HTTP://127.0.0.1:8080/M/7", "http://127.0.0.1:8080/m/7/"):
        assert desk.post("/desk/scan", {"text": text}).location == "/m/7"
    assert desk.post("/desk/scan", {"text": "HTTP://127.0.0.1:8080/M/x"}).status_code == 404
