"""Who may open a socket is decided before it is opened."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest
import websocket

from server.keys import Keys
from server.live import gate
from server.live.tickets import make_ticket, read_ticket
from tests.conftest import MORNING
from tests.live.screen import Screen
from tests.live.stage import Stage

Open = Callable[..., Screen]
ANYBODY = {"face": "board", "subject": "device:1", "regions": ("stage.*",)}


def refusal(port: int, ticket: str, **words: object) -> int:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        Screen(port, ticket, **words)  # type: ignore[arg-type]  # passed on as they came
    return int(refused.value.status_code)


def test_polling_is_refused_even_with_a_ticket(stage: Stage) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", stage.settings.port, timeout=5)
    for transport in ("polling", "websocket"):
        connection.request("GET", f"/socket.io/?EIO=4&transport={transport}&ticket={stage.ticket()}")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 400
    connection.request("POST", f"/socket.io/?EIO=4&transport=polling&ticket={stage.ticket()}", body="40")
    assert connection.getresponse().status == 400
    connection.close()


@pytest.mark.parametrize("ticket", ["", "x", "x.y", "é.é", "W10.", "." * 5000])
def test_a_stranger_gets_401(stage: Stage, ticket: str) -> None:
    assert refusal(stage.settings.port, ticket) == 401
    assert stage.live.online() == 0


def test_a_ticket_of_another_house_gets_401(stage: Stage) -> None:
    now = stage.door.clock.now()
    assert refusal(stage.settings.port, make_ticket(Keys(b"x" * 32), now, **ANYBODY)) == 401  # type: ignore[arg-type]  # a dict of words


def test_a_foreign_origin_is_refused(stage: Stage) -> None:
    assert refusal(stage.settings.port, stage.ticket(), origin="https://elsewhere.example") == 403
    assert refusal(stage.settings.port, stage.ticket(), origin="null") == 403


def test_no_origin_is_let_in_only_with_the_cookie_of_the_face(stage: Stage) -> None:
    port = stage.settings.port
    assert refusal(port, stage.ticket(), origin=None) == 403
    assert refusal(port, stage.ticket(with_cookie=True), origin=None) == 401
    Screen(port, stage.ticket(with_cookie=True), origin=None, headers={"Cookie": "yb=device:1"}).close()


def test_a_ticket_that_needs_a_cookie_needs_the_same_subjects(stage: Stage) -> None:
    port = stage.settings.port
    assert refusal(port, stage.ticket(with_cookie=True)) == 401
    assert refusal(port, stage.ticket(with_cookie=True), headers={"Cookie": "yb=device:2"}) == 401
    Screen(port, stage.ticket(with_cookie=True), headers={"Cookie": "yb=device:1"}).close()


def test_one_subject_holds_only_so_many_sockets(stage: Stage, screen: Open) -> None:
    for _ in range(gate.MOST_SOCKETS):
        screen("visit:1")
    assert refusal(stage.settings.port, stage.ticket("visit:1")) == 429
    screen("visit:2")


def test_compression_is_not_agreed_to(stage: Stage) -> None:
    with socket.create_connection(("127.0.0.1", stage.settings.port), timeout=5) as line:
        line.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket&ticket={stage.ticket()} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Origin: http://127.0.0.1:{stage.settings.port}\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n".encode()
        )
        head = line.recv(4096).split(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
    assert b"Extensions" not in head


def test_a_ticket_says_what_it_was_made_for_and_ends_after_ten_minutes(keys: Keys) -> None:
    text = make_ticket(keys, MORNING, **ANYBODY)  # type: ignore[arg-type]  # a dict of words
    ticket = read_ticket(keys, MORNING + timedelta(minutes=9, seconds=59), text)
    assert ticket is not None
    assert (ticket.face, ticket.subject, ticket.regions, ticket.with_cookie) == ("board", "device:1", ("stage.*",), True)
    assert read_ticket(keys, MORNING + timedelta(minutes=10), text) is None


def test_no_letter_of_a_ticket_may_change(keys: Keys) -> None:
    text = make_ticket(keys, MORNING, **ANYBODY)  # type: ignore[arg-type]  # a dict of words
    changed = [text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :] for place in range(len(text) - 1)]
    assert not [one for one in changed if read_ticket(keys, MORNING, one)]


def test_a_host_for_whom_hundreds_wait_gets_a_ticket_that_fits_into_a_request(keys: Keys) -> None:
    shown = [f"phone.{part}:{visit}" for visit in range(1000, 1300) for part in ("answer", "answer_actions")]
    text = make_ticket(keys, MORNING, face="phone", subject="link:1", regions=["phone.host:1", *shown], with_cookie=False)
    ticket = read_ticket(keys, MORNING, text)
    assert ticket is not None
    assert ticket.allows("phone.answer_actions:1299")
    assert not ticket.allows("phone.answer_actions:1300")
    assert len(f"GET /socket.io/?ticket={text}&EIO=4&transport=websocket HTTP/1.1") < 4094


def test_a_pattern_opens_an_exact_id_or_what_begins_alike(keys: Keys) -> None:
    text = make_ticket(keys, MORNING, face="kiosk", subject="device:1", regions=("visit.ladder:1", "kiosk.*"))
    ticket = read_ticket(keys, MORNING, text)
    assert ticket is not None
    assert ticket.allows("visit.ladder:1")
    assert ticket.allows("kiosk.lanes")
    assert not ticket.allows("visit.ladder:17")
    assert not ticket.allows("visit.ladder")
    assert not ticket.allows("board.kiosk.lanes")
