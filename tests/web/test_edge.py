"""The edge: from where a request may come, what every answer says, and how refusals are told."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.clock import StillClock
from server.errors import BadInput, TooMany
from server.web.forms import BadForm, Form, NeededPhone, PersonName, Phone
from server.web.limits import Limits, Rate


def test_every_answer_forbids_foreign_content_and_keeping(client: FlaskClient) -> None:
    answer = client.get("/")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_static_file_with_its_version_may_be_kept_for_good_and_without_is_asked_anew(client: FlaskClient) -> None:
    assert "max-age=31536000" in client.get("/static/mark.svg?v=1").headers["Cache-Control"]
    assert client.get("/static/mark.svg").headers["Cache-Control"] == "no-cache"


def test_a_foreign_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}],
)
def test_a_post_from_elsewhere_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/desk/login", data={}, headers=headers)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "from_elsewhere")


def test_a_post_without_origin_needs_another_sign_that_it_is_ours(app: Flask) -> None:
    bare = app.test_client()
    assert bare.post("/desk/login").headers["X-Error-Code"] == "from_elsewhere"
    ours = bare.post("/desk/login", headers={"Sec-Fetch-Site": "same-origin"})
    assert ours.headers["X-Error-Code"] == "page_too_old"


def test_a_post_without_the_pages_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/desk/login", data={"csrf": "0" * 64})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (403, "page_too_old")


def test_a_page_with_a_form_leaves_a_cookie_for_its_token_and_a_refusal_leaves_nothing(client: FlaskClient) -> None:
    refused = [client.get(path).headers.getlist("Set-Cookie") for path in ("/no-such-page", "/favicon.ico", "/kiosk", "/v/nothing")]
    assert refused == [[], [], [], []]
    (kept,) = client.get("/desk/login").headers.getlist("Set-Cookie")
    assert kept.startswith("yb-guest=")


def test_a_body_that_is_too_large_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.post("/desk/login", data={"file": (io.BytesIO(b"x" * (8 * 1024 * 1024 + 1)), "week.xlsx")})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (413, "too_much")
    assert "文件太大" in answer.text


def test_an_unknown_address_is_told_in_both_languages(client: FlaskClient) -> None:
    assert "没有这个页面" in client.get("/no-such-page?lang=zh").text
    assert "There is nothing at this address." in client.get("/no-such-page?lang=en").text


def test_htmx_gets_the_sentence_alone_and_programs_get_json(client: FlaskClient) -> None:
    fragment = client.get("/no-such-page", headers={"HX-Request": "true"})
    assert "data-sentence" in fragment.text
    assert "<html" not in fragment.text
    told = client.get("/no-such-page?lang=en", headers={"Accept": "application/json"}).get_json()
    assert told == {"code": "not_here", "message": "There is nothing at this address.", "field": None}


def test_faces_that_need_a_proof_say_which(client: FlaskClient) -> None:
    assert client.get("/kiosk").headers["X-Error-Code"] == "device_needed"
    assert client.get("/board").headers["X-Error-Code"] == "device_needed"


def test_a_language_is_kept_for_the_page_that_chose_it_and_not_for_what_it_fetches(client: FlaskClient) -> None:
    kept = [client.get(path).headers.getlist("Set-Cookie") for path in ("/?lang=en", "/region/board.left?lang=en")]
    assert ["yb-lang-" in " ".join(cookies) for cookies in kept] == [True, False]


def test_the_live_ticket_is_refused_to_strangers(client: FlaskClient) -> None:
    assert client.get("/live/ticket?face=board").status_code == 401
    assert client.get("/live/ticket?face=nonsense").status_code == 401


def test_health_is_told_part_by_part(client: FlaskClient) -> None:
    parts = client.get("/readyz").get_json()
    assert parts["database"]["ok"] is True
    assert parts["relay"]["ok"] is False  # no loop runs in-process
    assert 'yingbin_part_ok{part="database"} 1' in client.get("/metrics").text


class Sample(Form):
    """A form for the tests below."""

    name: PersonName
    phone: NeededPhone
    other: Phone = ""


def test_a_form_names_every_wrong_field() -> None:
    with pytest.raises(BadForm) as refused:
        Sample.from_values({"name": "x" * 61, "phone": "12"})
    assert {field: code for field, (code, _) in refused.value.errors.items()} == {"name": "too_long", "phone": "phone_unclear"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_phone_numbers_are_understood_as_people_write_them(typed: str, kept: str) -> None:
    assert Sample.from_values({"name": "李敏", "phone": typed}).phone == kept


def test_a_missing_field_is_told_as_missing() -> None:
    with pytest.raises(BadForm) as refused:
        Sample.from_values({"name": "李敏"})
    assert refused.value.errors["phone"][0] == "missing"
    assert isinstance(refused.value, BadInput)


def test_a_bucket_empties_and_fills_again() -> None:
    class Ticking(StillClock):
        seconds = 0.0

        def monotonic(self) -> float:
            return self.seconds

    from tests.conftest import MORNING

    clock = Ticking(MORNING)
    limits = Limits(clock)
    rate = Rate(burst=2, per_minute=6)
    limits.take("search", "device:1", rate)
    limits.take("search", "device:1", rate)
    with pytest.raises(TooMany) as refused:
        limits.take("search", "device:1", rate)
    assert refused.value.facts["retry_seconds"] == 11
    limits.take("search", "device:2", rate)
    clock.seconds = 10.0
    limits.take("search", "device:1", rate)
