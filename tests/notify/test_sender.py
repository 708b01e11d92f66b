from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from server.clock import StillClock
from server.config import Settings
from server.db.transaction import Door
from server.domain.people import service as people
from server.domain.visits import queries, service
from server.domain.visits.rules import Step
from server.notify import Sender, create_notify
from server.notify.transports import Console, File, Message, NotDelivered, Transport, chosen
from server.web import i18n, translate
from server.web.watching import speaker
from tests.factories import asks, internal, make_host, make_tenant, make_visit, visit_of

Speaking = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A house that writes its messages to a file."""
    return settings.model_copy(update={"notify_file": settings.data / "messages.jsonl"})


@pytest.fixture
def speaking(settings: Settings) -> Speaking:
    """Both languages, with their sentences."""
    translate.compile_if_stale()
    app = Flask("server")
    i18n.install(app, settings)
    return speaker(app)


class Failing:
    """A transport whose network is down until told otherwise; it notes what it was given."""

    name = "failing"

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.sent: list[Message] = []

    def takes(self, message: Message) -> bool:
        return True

    def send(self, message: Message) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(message)


def sent(settings: Settings) -> list[dict[str, Any]]:
    assert settings.notify_file is not None
    return (
        [json.loads(line) for line in settings.notify_file.read_text(encoding="utf-8").splitlines()]
        if settings.notify_file.exists()
        else []
    )


def notice_states(door: Door) -> list[str]:
    with door.reading() as session:
        return [row[0] for row in session.execute(text("SELECT state FROM notice ORDER BY id"))]


def test_a_message_leaves_with_a_link_that_works_and_a_number_instead_of_a_name(door: Door, settings: Settings, speaking: Speaking) -> None:
    host = make_host(door)
    visit_id = make_visit(door, host_id=host, name="张小明", company="蓝桥资本", companions=2, gate="东门")
    Sender(door, chosen(settings), speaking).step()
    (message,) = sent(settings)
    assert (message["visit"], message["host"], message["kind"], message["language"]) == (visit_id, host, "arrival", "zh")
    assert message["subject"] == "有访客在等您"
    assert message["text"].startswith(f"{visit_id} 号访客正在大堂 东门 门等候。\n同行 2 人。\n请回复：")
    assert "张小明" not in message["text"]
    assert "蓝桥" not in message["text"]
    assert message["link"].startswith(f"{settings.allowed_origins[0]}/h/")
    with door.reading() as session:
        link = queries.link_of(session, door.keys, message["link"].rpartition("/")[2], door.clock.now())
    assert (link.visit_id, link.host_id) == (visit_id, host)
    assert visit_of(door, visit_id).step is Step.REACHED


def test_a_host_is_told_in_his_own_language(door: Door, settings: Settings, speaking: Speaking) -> None:
    host = make_host(door)
    people.change_host(door, internal(), host_id=host, version=1, name="Anna Smith", language="en")
    make_visit(door, host_id=host, companions=1)
    Sender(door, chosen(settings), speaking).step()
    (message,) = sent(settings)
    assert message["subject"] == "A visitor waits for you"
    assert "One companion." in message["text"]


def test_delegate_colleague_and_tenant_are_told_in_words_of_their_own(
    door: Door, clock: StillClock, settings: Settings, speaking: Speaking
) -> None:
    tenant = make_tenant(door)
    delegate = make_host(door, tenant_id=tenant, name="李敏")
    host = make_host(door, tenant_id=tenant, delegate_id=delegate)
    visit_id = make_visit(door, host_id=host)
    sender = Sender(door, chosen(settings), speaking)
    clock.turn(timedelta(minutes=1))
    service.tell_delegate(door, internal(), visit_id=visit_id)
    sender.step()
    service.desk_reassign(door, asks("staff:1"), visit_id=visit_id, to_host_id=delegate)
    clock.turn(timedelta(hours=9))
    service.ask_tenant(door, internal(), tenant_id=tenant)
    sender.step()
    subjects = [message["subject"] for message in sorted(sent(settings), key=lambda message: int(message["notice"]))]
    assert subjects == ["有访客在等您", "有访客在等您的同事", "请接待一位访客", "还在吗？"]
    assert "贵司有 1 位访客尚未签退。" in next(message["text"] for message in sent(settings) if message["kind"] == "farewell")


def test_what_is_over_is_not_told_any_more(door: Door, settings: Settings, speaking: Speaking) -> None:
    met, reassigned = make_visit(door), make_visit(door)
    service.desk_mark_met(door, asks("staff:1"), visit_id=met)
    service.desk_reassign(door, asks("staff:1"), visit_id=reassigned, to_host_id=make_host(door, name="李敏"))
    Sender(door, chosen(settings), speaking).step()
    assert sorted(notice_states(door)) == ["needless", "needless", "sent"]
    assert [message["kind"] for message in sent(settings)] == ["reassigned"]


def test_a_failed_message_is_tried_again_after_a_pause(door: Door, clock: StillClock, speaking: Speaking) -> None:
    visit_id = make_visit(door)
    network = Failing(NotDelivered("not_accepted"))
    sender = Sender(door, (network,), speaking)
    sender.step()
    assert (notice_states(door), visit_of(door, visit_id).reached_at) == (["waiting"], None)
    network.error = None
    sender.step()
    assert network.sent == []
    clock.turn(timedelta(seconds=5))
    sender.step()
    assert (len(network.sent), notice_states(door)) == (1, ["sent"])


@pytest.mark.parametrize("error", [ZeroDivisionError(), OSError("boom"), TimeoutError()])
def test_whatever_a_transport_does_the_try_is_counted_and_the_others_go_on(
    door: Door, settings: Settings, speaking: Speaking, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    poisoned = make_visit(door)

    class Poisoned(Failing):
        def takes(self, message: Message) -> bool:
            return message.visit_id == poisoned

    make_visit(door)
    make_visit(door)
    with caplog.at_level(logging.WARNING):
        Sender(door, (Poisoned(error), *chosen(settings)), speaking).step()
    assert sorted(notice_states(door)) == ["sent", "sent", "waiting"]
    assert type(error).__name__ in caplog.text
    assert "张小明" not in caplog.text


def test_a_row_that_cannot_even_be_claimed_does_not_stop_the_others(door: Door, settings: Settings, speaking: Speaking) -> None:
    make_visit(door)
    make_visit(door)
    with door.engines.write.begin() as connection:
        connection.execute(text("UPDATE notice SET state = 'sent' WHERE id = (SELECT min(id) FROM notice)"))
    sender = Sender(door, chosen(settings), speaking)
    for _ in range(3):
        sender.step()
    assert notice_states(door) == ["sent", "sent"]
    assert len(sent(settings)) == 1


def test_the_network_is_never_touched_inside_a_transaction(door: Door, clock: StillClock, speaking: Speaking) -> None:
    make_visit(door)
    host = make_host(door)

    class Slow(Failing):
        def send(self, message: Message) -> None:
            # Another writer is not kept waiting while this one is on the network.
            make_visit(door, host_id=host)
            super().send(message)

    network = Slow(None)
    Sender(door, (network,), speaking).step()
    assert len(network.sent) == 1


def test_two_processes_send_a_message_once(door: Door, settings: Settings, speaking: Speaking) -> None:
    from concurrent.futures import ThreadPoolExecutor

    for _ in range(6):
        make_visit(door)
    senders = [Sender(door, chosen(settings), speaking) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sender: sender.step(), senders))
    for sender in senders:
        sender.step()
    numbers = [message["notice"] for message in sent(settings)]
    assert len(numbers) == len(set(numbers)) == 6


def test_the_file_is_for_its_owners_eyes_and_a_full_disk_is_a_failure_to_be_seen(tmp_path: Path, speaking: Speaking, door: Door) -> None:
    file = tmp_path / "messages.jsonl"
    make_visit(door)
    Sender(door, (File(file),), speaking).step()
    assert file.stat().st_mode & 0o777 == 0o600
    make_visit(door)
    Sender(door, (File(tmp_path / "nowhere" / "messages.jsonl"),), speaking).step()
    with door.reading() as session:
        assert session.execute(text("SELECT failure FROM notice ORDER BY id DESC LIMIT 1")).scalar_one() == "file_not_writable"


def test_the_console_prints_one_line_with_the_link(door: Door, speaking: Speaking) -> None:
    stream = io.StringIO()
    make_visit(door)
    Sender(door, (Console(stream),), speaking).step()
    assert stream.getvalue().count("\n") == 1
    assert "/h/" in stream.getvalue()


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({}, []),
        ({"mode": "demo"}, ["console"]),
        ({"notify_file": Path("x")}, ["file"]),
        ({"mode": "demo", "notify_file": Path("x")}, ["file", "console"]),
    ],
)
def test_the_settings_choose_the_transports(changed: dict[str, object], names: Sequence[str]) -> None:
    assert [transport.name for transport in chosen(Settings(mode="test").model_copy(update=changed))] == names


def test_the_loop_is_named_and_sends_when_it_is_stepped(door: Door, clock: StillClock, settings: Settings, speaking: Speaking) -> None:
    loop = create_notify(door, clock, settings, speaking)
    make_visit(door)
    loop.step()
    assert (loop.name, loop.is_well(), len(sent(settings))) == ("notices", True, 1)


def test_a_transport_is_what_the_protocol_says(tmp_path: Path) -> None:
    transports: Iterator[Transport] = iter((Console(), File(tmp_path / "x"), Failing(None)))
    assert [transport.name for transport in transports] == ["console", "file", "failing"]


def test_without_a_way_out_an_old_queue_is_still_put_away(door: Door, clock: StillClock, speaking: Speaking) -> None:
    sender = Sender(door, (), speaking)
    sender.step()
    make_visit(door)
    sender.step()
    assert notice_states(door) == ["waiting"]
    clock.turn(timedelta(seconds=30))
    sender.step()
    assert notice_states(door) == ["kept"]
