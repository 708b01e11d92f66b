from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from server.config import Settings
from server.notify.addresses import Addresses, BadAddresses, ByApprise
from server.notify.transports import Message, NotDelivered, chosen
from server.notify.words import Words

# The library still asks Python for a module that is about to go.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def message(address: str) -> Message:
    return Message(
        notice_id=1,
        kind="arrival",
        visit_id=17,
        host_id=2,
        language="zh",
        address=address,
        link="https://park.example/h/ABC",
        words=Words(subject="有访客在等您", named="张小明正在大厅等候。", plain="17 号访客正在大厅等候。"),
    )


def listed(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    file = tmp_path / "addresses"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


class Receiver(BaseHTTPRequestHandler):
    """A service of the park's own that takes JSON."""

    received: ClassVar[list[dict[str, Any]]] = []
    status = 200

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        Receiver.received.append(json.loads(self.rfile.read(length)))
        self.send_response(Receiver.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.received, Receiver.status = [], 200
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"json://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_list_names_its_addresses_and_skips_comments(tmp_path: Path) -> None:
    addresses = Addresses.read(
        listed(tmp_path, "# the park's\n\nnorth = dingtalk://token\nmail=mailtos://u:p@smtp.example.com?from=a@b.cn\n")
    )
    assert dict(addresses.urls) == {"north": "dingtalk://token", "mail": "mailtos://u:p@smtp.example.com?from=a@b.cn"}


@pytest.mark.parametrize(
    "line",
    [
        "north",
        "north=",
        "=dingtalk://token",
        "nor th=dingtalk://token",
        "north=file:///etc/passwd",
        "north=dbus://",
        "north=syslog://",
        "north=https://x.example",
    ],
)
def test_a_list_with_anything_else_is_refused_with_its_line_and_without_its_content(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadAddresses, match="line 2") as refusal:
        Addresses.read(listed(tmp_path, f"good=dingtalk://secret\n{line}\n"))
    assert "secret" not in str(refusal.value)


def test_a_list_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadAddresses, match="chmod 600"):
        Addresses.read(listed(tmp_path, "north=dingtalk://token\n", 0o644))


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("north", "dingtalk://token"),
        ("north/13800001111", "dingtalk://token/13800001111"),
        ("bark/key1", "bark://phone.example/key1?sound=chime"),
        ("mail/anna@example.com", "mailto://u:p@smtp.example.com?to=anna@example.com"),
        ("mailtls/anna@example.com", "mailtos://u:p@smtp.example.com?from=desk@park.example&to=anna@example.com"),
        ("south", None),
        ("north/../../etc", None),
        ("mail/a@b.cn?cc=all@b.cn", None),
        ("mail/a@b.cn&bcc=x@y.z", None),
        ("https://evil.example/", None),
        ("json://evil.example/", None),
        ("", None),
    ],
)
def test_a_host_is_reached_at_listed_addresses_only(address: str, url: str | None) -> None:
    addresses = Addresses(
        urls={
            "north": "dingtalk://token",
            "bark": "bark://phone.example?sound=chime",
            "mail": "mailto://u:p@smtp.example.com",
            "mailtls": "mailtos://u:p@smtp.example.com?from=desk@park.example",
        }
    )
    assert addresses.url_for(address) == url


def test_a_webhook_gets_a_number_and_never_a_name(receiver: str) -> None:
    transport = ByApprise(Addresses(urls={"hook": receiver}))
    transport.send(message("hook"))
    (received,) = Receiver.received
    assert received["title"] == "有访客在等您"
    assert "17 号访客" in received["message"]
    assert "张小明" not in json.dumps(received, ensure_ascii=False)


def test_a_service_that_does_not_accept_is_a_failure(receiver: str) -> None:
    Receiver.status = 500
    with pytest.raises(NotDelivered, match="not_accepted"):
        ByApprise(Addresses(urls={"hook": receiver})).send(message("hook"))


def test_an_unlisted_or_impossible_address_is_a_failure_to_be_seen() -> None:
    transport = ByApprise(Addresses(urls={"bad": "mailto://"}))
    for address, code in (("elsewhere", "address_not_listed"), ("bad", "address_not_understood")):
        assert transport.takes(message(address))
        with pytest.raises(NotDelivered, match=code):
            transport.send(message(address))


def test_a_host_without_an_address_is_told_in_app_only() -> None:
    assert not ByApprise(Addresses(urls={})).takes(message("  "))


def test_the_services_a_park_may_list_are_understood_by_the_library() -> None:
    from apprise import Apprise

    for url in (
        "dingtalk://token",
        "wecombot://key-key-key",
        "feishu://token",
        "mailtos://user:password@smtp.example.com?to=a@b.cn",
        "ntfys://ntfy.example/topic",
        "barks://bark.example/key",
    ):
        assert Apprise.instantiate(url) is not None, url


def test_the_settings_read_the_list_at_the_start_and_refuse_a_bad_one(tmp_path: Path) -> None:
    good = Settings(mode="test").model_copy(update={"notify_urls_file": listed(tmp_path, "north=dingtalk://token\n")})
    assert [transport.name for transport in chosen(good)] == ["apprise"]
    bad = Settings(mode="test").model_copy(update={"notify_urls_file": listed(tmp_path, "north=ftp://x\n")})
    with pytest.raises(BadAddresses):
        chosen(bad)
