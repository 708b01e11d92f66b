from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field

import requests

from tests.factories import PASSWORD, make_staff
from tests.services.house import LiveHouse


@dataclass
class Desk:
    """A browser at the desk's login page of a running house."""

    house: LiveHouse
    answers: list[int] = field(default_factory=list)

    def log_on(self, number: int, password: str) -> None:
        with requests.Session() as browser:
            page = browser.get(f"{self.house.base_url}/desk/login", timeout=20)
            csrf = re.search(r'name="csrf" content="([^"]+)"', page.text)
            assert csrf
            answer = browser.post(
                f"{self.house.base_url}/desk/login",
                data={"csrf": csrf[1], "operation": f"login-operation-{number:06d}", "username": "anna", "password": password, "next": ""},
                headers={"Origin": self.house.base_url},
                allow_redirects=False,
                timeout=20,
            )
            self.answers.append(answer.status_code)


def test_logins_sent_at_once_to_a_running_house_are_all_answered(live_house: LiveHouse) -> None:
    make_staff(live_house.door, username="anna")
    desk = Desk(live_house)
    threads = [threading.Thread(target=desk.log_on, args=(number, PASSWORD)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.answers == [303] * 8


def test_guesses_sent_at_once_to_a_running_house_are_held_to_five(live_house: LiveHouse) -> None:
    make_staff(live_house.door, username="anna")
    desk = Desk(live_house)
    threads = [threading.Thread(target=desk.log_on, args=(number, "wrong password")) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (desk.answers.count(422), desk.answers.count(429)) == (5, 7)
