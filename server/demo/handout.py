"""What a newcomer, or a script, needs of the demo park: ``demo.json`` in the data folder, and the table in the terminal."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import qrcode
from sqlmodel import col, select

from server.db.transaction import Door
from server.demo import links, logins, people, staff
from server.domain.devices.rules import DeviceRole
from server.domain.meetings.queries import doors, finding
from server.domain.meetings.rules import State as MeetingState
from server.domain.meetings.tables import Meeting
from server.domain.people import queries as people_read
from server.domain.rooms import queries as rooms
from server.domain.visits import queries
from server.domain.visits.rules import State
from server.web import qr

FILE = "demo.json"


def contents(door: Door, seed: str, now: datetime) -> dict[str, Any]:
    """Return what ``demo.json`` holds; the names in it are a contract with scripts."""
    base = door.settings.allowed_origins[0]
    host = _first_host(door, seed)
    return {
        "base_url": base,
        "enrol": {role.value: [f"{base}/enrol/{token}" for token in links.tokens(door, role.value, now)] for role in DeviceRole},
        **{username: {"username": username, "password": logins.password(door.keys, username)} for username in staff.LOGINS},
        "staff": [{"name": name, "pin": logins.pin(door.keys, name)} for name in staff.ATTENDANTS],
        "invitations": _invitations(door, now),
        "hosts": [{"name": host[0], "link": f"{base}/h/{host[1]}"}],
        "rooms": _rooms(door, now),
    }


def write(door: Door, seed: str, now: datetime) -> dict[str, Any]:
    """Write ``demo.json`` anew, readable by its owner only, and return what it holds."""
    held = contents(door, seed, now)
    file = door.settings.data / FILE
    new = file.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(held, out, ensure_ascii=False, indent=1)
    # Replaced as a whole: a script that reads meanwhile sees the old file or the new one.
    new.replace(file)
    return held


def table(held: dict[str, Any], *, on_network: bool) -> Iterator[str]:
    """Give the lines of the table: links, logins, PINs; with ``on_network`` an invitation as QR to try with a phone."""
    base, host = held["base_url"], held["hosts"][0]
    yield from ("", "  迎宾 Yingbin  演示园区 demo park", f"  {base}", "")
    yield "  一次性链接，打开它的浏览器即成为该屏幕 · One-time links: the browser that opens one becomes that screen"
    for role, words in SCREENS.items():
        yield _line(words, held["enrol"][role][0])
    yield ""
    yield f"  前台登录 · Desk logins   {base}/desk"
    for username, name in staff.LOGINS.items():
        yield _line(f"{name} {username}", held[username]["password"])
    yield ""
    yield _line("服务员 PIN attendants", "   ".join(f"{one['name']} {one['pin']}" for one in held["staff"]))
    yield _line(f"被访人 host {host['name']}", host["link"])
    if held["rooms"]:
        room = held["rooms"][0]
        yield _line(f"会议室页 room {room['name']}", f"{base}/r/{room['token']}")
    if held["invitations"]:
        yield from _invitation_lines(held["invitations"][0], on_network=on_network)
    yield from ("", f"  更多链接见 More links: {FILE} · Ctrl-C 停止 stops", "")


SCREENS = {"kiosk": "自助机 kiosk", "board": "看板 board", "tablet": "平板 tablet", "door": "门牌 door sign"}


def _line(words: str, what: str) -> str:
    """Return a line of the table; a Chinese character is as wide as two letters."""
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)
    return f"    {words}{' ' * max(1, 24 - width)}{what}"


def _invitation_lines(invitation: dict[str, str], *, on_network: bool) -> Iterator[str]:
    code = invitation["code"]
    yield _line(f"邀请码 code {invitation['name']}", f"{code[:3]} {code[3:]}")
    if on_network:
        yield from ("", "  手机扫码打开访客通行证 · Scan with a phone: the visitor's pass")
        yield from in_blocks(invitation["qr"])


def in_blocks(text: str) -> Iterator[str]:
    """Give a QR code as lines of half blocks, dark on the terminal's light."""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        yield "  " + "".join(_BLOCKS[above, below] for above, below in zip(upper, lower, strict=True))


_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
"""Light modules are drawn, so that the code is dark on light where terminals are dark."""


def _invitations(door: Door, now: datetime) -> list[dict[str, str]]:
    with door.reading() as session:
        views = [queries.invitation(session, door.keys, one.invitation_id) for one in queries.invitations(session, now, limit=50)]
    usable = [view for view in views if view.token and view.code and view.state == State.EXPECTED and view.valid_from <= now]
    return [
        {"name": view.name, "token": view.token, "code": view.code, "qr": qr.link(door.settings, "v", view.token)}
        for view in sorted(usable, key=lambda view: (view.recurring, view.invitation_id))
    ]


def _rooms(door: Door, now: datetime) -> list[dict[str, str]]:
    """Return each room whose page is open, and its token: of the meeting that runs there, else of the next; those in session first."""
    wanted = select(Meeting).where(col(Meeting.state).in_(finding.OPEN_WORDS), col(Meeting.starts_at) < now + timedelta(hours=12))
    first: dict[str, str] = {}
    with door.reading() as session:
        names = {card.id: card.name for card in rooms.rooms(session)}
        open_now = [meeting for meeting in session.exec(wanted) if doors.is_open(meeting, now)]
        for meeting in sorted(open_now, key=lambda meeting: (meeting.state != MeetingState.IN_SESSION, meeting.starts_at)):
            first.setdefault(names.get(meeting.room_id, ""), doors.room_token(session, door.keys, meeting.id or 0))
    return [{"name": name, "token": token} for name, token in first.items()]


def _first_host(door: Door, seed: str) -> tuple[str, str]:
    host_id = people.first_host(door, seed)
    with door.reading() as session:
        card = people_read.host_card(session, host_id)
        token = people_read.host_page_token(session, door.keys, host_id)
    return card.name if card else "", token or ""
