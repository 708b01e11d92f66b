"""How the kiosk is shown, what it keeps, what it forgets, and the call for a person."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask

from kiosk import notice
from kiosk.steps import STEPS
from server.domain.assistance import service as assistance
from server.domain.visits import service
from server.web.access import Role
from server.web.auth import Principal
from server.web.i18n import in_language
from tests.conftest import MORNING
from tests.factories import internal, make_staff
from tests.kiosk.stage import PERSON, VISIT, Lobby

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What the screens say is the same on either database; leaving is tried on both."""


def test_only_lanes_that_work_are_shown(lobby: Lobby) -> None:
    lobby.look()
    for words in ("访客签到", "我有邀请码", "离开签退", "呼叫工作人员"):
        assert words in lobby.page
    for words in ("快递", "取件", "团队参观"):
        assert words not in lobby.page


def test_a_browser_that_is_no_kiosk_is_refused(app: Flask) -> None:
    assert app.test_client().get("/kiosk").status_code == 401


def test_another_language_at_any_step_loses_nothing(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    assert lobby.tap("view", lang="en", name="Zhou Lan", phone="138", company="Min") == "person"
    assert '<html lang="en"' in lobby.page
    assert 'value="Zhou Lan"' in lobby.page
    assert 'value="138"' in lobby.page
    lobby.tap("person", **PERSON)
    lobby.tap("view", lang="zh", purpose="viewing", companions="4", consent="yes")
    assert '<html lang="zh-Hans"' in lobby.page
    assert 'value="viewing" checked' in lobby.page
    assert 'value="4"' in lobby.page
    assert 'value="yes" checked' in lobby.page


def test_an_unticked_box_stays_unticked(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("person", **PERSON)
    lobby.tap("view", text_size="large", purpose="viewing", companions="4", consent="yes")
    lobby.tap("view", text_size="", purpose="viewing", companions="4")
    assert 'value="yes" checked' not in lobby.page


def test_back_loses_nothing(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("person", **PERSON)
    assert lobby.tap("back", companions="7", purpose="other") == "person"
    assert 'value="周岚"' in lobby.page
    assert lobby.tap("back", name="周岚兰", phone="138", company="") == "host"
    assert 'value="zeng"' in lobby.page
    assert lobby.choose() == "person"
    assert 'value="周岚兰"' in lobby.page
    lobby.tap("person", **PERSON)
    assert 'value="7"' in lobby.page


def test_back_at_the_home_screen_nothing_typed_is_left_for_the_next_person(lobby: Lobby) -> None:
    lobby.tap("view", reach="low")
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("back", name="周岚")
    assert lobby.tap("back", text="zeng") == "home"
    assert 'data-reach="low"' in lobby.page
    lobby.tap("begin", lane="walk_in")
    assert 'value="zeng"' not in lobby.page
    lobby.choose()
    assert "周岚" not in lobby.page


def test_reload_resumes_while_not_wiped(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    assert lobby.look() == "person"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_wipe_leaves_nothing(lobby: Lobby, lang: str) -> None:
    lobby.tap("view", lang=lang, text_size="large", reach="low")
    lobby.walk_in()
    lobby.finish()
    assert lobby.look() == "home"
    assert '<html lang="zh-Hans"' in lobby.page
    assert "data-text" not in lobby.page
    assert "data-reach" not in lobby.page
    assert "data-idle-after" not in lobby.page
    assert lobby.client.get_cookie("yb-kiosk") is not None
    assert lobby.client.get_cookie("yb-kiosk-draft") is None
    assert lobby.client.get_cookie("yb-lang-kiosk") is None


def test_a_button_pressed_after_the_wipe_shows_the_home_screen(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.finish()
    assert lobby.tap("person", **PERSON) == "home"


def test_a_wipe_ends_what_the_kiosk_may_watch(lobby: Lobby) -> None:
    lobby.walk_in()
    key = lobby.page.partition('data-live-key="')[2].partition('"')[0]
    asker = Principal(role=Role.KIOSK, actor=f"device:{lobby.device}", device_id=lobby.device)
    opened = lobby.house.owners["kiosk"]
    with lobby.client.application.app_context():
        assert set(opened(asker, key)) == {f"kiosk.call:{lobby.device}", f"kiosk.wait:{key}"}
    lobby.finish()
    with lobby.client.application.app_context():
        assert set(opened(asker, key)) == {f"kiosk.call:{lobby.device}"}
    assert lobby.client.get(f"/region/kiosk.wait:{key}?key={key}").status_code == 404


def test_another_kiosk_may_not_watch_it(lobby: Lobby, app: Flask) -> None:
    lobby.walk_in()
    key = lobby.page.partition('data-live-key="')[2].partition('"')[0]
    other = app.test_client()
    lobby.enrol(other, "B")
    assert lobby.client.get(f"/region/kiosk.wait:{key}?key={key}").status_code == 200
    assert other.get(f"/region/kiosk.wait:{key}?key={key}").status_code == 404
    assert app.test_client().get(f"/region/kiosk.wait:{key}?key={key}").status_code == 404


def test_a_person_is_called_once_and_the_kiosk_says_who_comes(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    assert lobby.tap("call", name="周岚", phone="", company="") == "help"
    assert lobby.tap("call") == "help"
    assert "正在呼叫前台" in lobby.page
    desk = make_staff(lobby.house.door, "desk")
    assistance.answer_call(lobby.house.door, internal(), assistance_id=1, staff_id=desk)
    lobby.look()
    assert "工作人员正在过来" in lobby.page
    assert lobby.tap("back") == "person"
    assert 'value="周岚"' in lobby.page


def test_help_at_the_wait_leads_back_to_it(lobby: Lobby) -> None:
    lobby.walk_in()
    assert lobby.tap("call") == "help"
    assert lobby.tap("back") == "wait"


def test_an_untouched_home_screen_has_no_idle_timer_and_every_other_has_one(lobby: Lobby) -> None:
    lobby.look()
    assert "data-idle-after" not in lobby.page
    lobby.tap("begin", lane="walk_in")
    assert 'data-idle-after="45"' in lobby.page
    assert 'data-idle-grace="20"' in lobby.page
    lobby.tap("back")
    lobby.finish()
    lobby.walk_in()
    assert 'data-ends-after="90"' in lobby.page


def test_nothing_is_kept_by_the_browser(lobby: Lobby) -> None:
    assert lobby.client.get("/kiosk").headers["Cache-Control"] == "no-store"
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    assert lobby.page.count('autocomplete="off"') >= len(STEPS["person"].asks)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_notice_says_what_is_stored_and_until_when(lobby: Lobby, lang: str) -> None:
    with lobby.client.application.app_context(), in_language(lang):
        words = " ".join(part for pair in notice.paragraphs(lobby.house.clock.now(), lobby.house.settings) for part in pair)
    assert ("2026年12月23日" if lang == "zh" else "23 December 2026") in words


def test_a_name_full_of_tricks_is_shown_as_text(lobby: Lobby) -> None:
    lobby.tap("begin", lane="walk_in")
    lobby.choose()
    lobby.tap("person", name="<script>alert(1)</script>", phone="13800138000", company="\u202eevil")
    assert lobby.tap("visit", **VISIT) == "wait"
    raw = lobby.client.get("/kiosk").text
    assert "<script>alert" not in raw


BUTTONS = ("hosts", "host", "person", "visit", "scan", "code", "surname", "leave-code", "leave-phone", "begin", "view")
HOSTILE = ("\x00", "a" * 10_000, "\ud800", "💥" * 300, "'; DROP TABLE visit; --")


def test_no_button_breaks_on_a_hostile_value(lobby: Lobby) -> None:
    names = {name for step in STEPS.values() for name in step.asks} | {"scanned", "lane", "reach", "host", "by"}
    lobby.tap("begin", lane="walk_in")
    for value in HOSTILE:
        data: dict[str, Any] = dict.fromkeys(names, value.encode("utf-8", "surrogatepass"))
        assert {button for button in BUTTONS if lobby.post(button, **data).status_code >= 500} == set()


def test_a_code_withdrawn_while_the_surname_is_typed_gets_the_fixed_answer(lobby: Lobby) -> None:
    _, code = lobby.invite()
    lobby.tap("begin", lane="code")
    assert lobby.tap("code", code=code) == "surname"
    service.withdraw_invitation(lobby.house.door, internal(), invitation_id=1, host_id=lobby.host)
    assert lobby.look() == "surname"
    assert lobby.post("surname", surname="张").status_code in (303, 422)
    assert lobby.look() in ("surname", "refused")


def test_a_kiosk_that_was_refused_comes_back_by_itself(app: Flask) -> None:
    assert 'data-comes-back="/kiosk" data-status="401"' in app.test_client().get("/kiosk").text


PUBLISHED = {"2026-11-a": "4a05c7b201cb1a6d"}
"""Version of the notice → digest of its words in both languages, as people agreed to them."""


def test_whoever_changes_the_notice_raises_its_version(lobby: Lobby) -> None:
    words = []
    for lang in ("zh", "en"):
        with lobby.client.application.app_context(), in_language(lang):
            words += [part for pair in notice.paragraphs(MORNING, lobby.house.settings) for part in pair]
    assert PUBLISHED[notice.VERSION] == hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
