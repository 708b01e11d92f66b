"""Encode a rendering once, write it straight to every screen that watches.

Socket.IO's client manager is a documented argument of its server; this one differs only in how a ``region`` goes out. Where a
screen's wire is not ours (Engine.IO's seam moved), the library's own way is taken.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Any

from engineio.packet import MESSAGE as EIO_MESSAGE
from engineio.packet import Packet as EngineIOPacket
from socketio.manager import Manager

from server.live.frames import text_frame
from server.live.kept import Rendered
from server.live.wire import Wire

NAMESPACE = "/"
KEPT_FRAMES = 256
"""Encoded renderings kept for those who come late: after a restart a thousand screens ask for the same one."""


def room_of(region_id: str, lang: str) -> str:
    """Return the room of the screens that watch region ``region_id`` in ``lang``."""
    return f"{lang} {region_id}"


def name_in(room: str) -> str:
    """Return the name of the region that is watched in ``room``."""
    return room.partition(" ")[2].partition(":")[0]


class Broadcast(Manager):  # type: ignore[misc]  # the library ships no types
    """The rooms, and one way to send a rendering into them."""

    def __init__(self) -> None:
        """Start with no screens; ``wires`` is filled by the wires themselves."""
        super().__init__()
        self.wires: dict[str, Wire] = {}
        self.sent = 0
        self._frames: OrderedDict[tuple[str, str], tuple[Rendered, str, bytes]] = OrderedDict()
        self._frames_lock = threading.Lock()

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, *args: Any, **kwargs: Any) -> None:
        """Send an event; a ``region`` whose data is a :class:`Rendered` takes the straight way, anything else the library's."""
        if event == "region" and isinstance(data, Rendered):
            self._send_rendered(data, namespace, kwargs.get("to") or room)
        else:
            super().emit(event, data, namespace, room, *args, **kwargs)

    def watched(self, region_id: str, lang: str) -> bool:
        """Tell whether any screen of this worker watches."""
        return room_of(region_id, lang) in self.rooms.get(NAMESPACE, {})

    def watched_like(self, pattern: str, lang: str) -> set[str]:
        """Return the watched regions among ``pattern``: itself, or for ``name:*`` every one of that name."""
        if not pattern.endswith("*"):
            return {pattern} if self.watched(pattern, lang) else set()
        beginning = room_of(pattern[:-1], lang)
        rooms = [room for room in list(self.rooms.get(NAMESPACE, {})) if isinstance(room, str) and room.startswith(beginning)]
        return {room.removeprefix(room_of("", lang)) for room in rooms}

    def _send_rendered(self, rendered: Rendered, namespace: str, room: Any) -> None:
        text, frame = self._encoded(rendered)
        key = (rendered.id, rendered.lang)
        for _sid, engine_id in self.get_participants(namespace, room):
            wire = self.wires.get(engine_id)
            if wire is not None:
                wire.offer(frame, key)
            else:
                self.server._send_eio_packet(engine_id, EngineIOPacket(EIO_MESSAGE, text))
            self.sent += 1

    def _encoded(self, rendered: Rendered) -> tuple[str, bytes]:
        key = (rendered.id, rendered.lang)
        with self._frames_lock:
            kept = self._frames.get(key)
            if kept is not None and kept[0] is rendered:
                return kept[1:]
        text = _packet(rendered)
        # 4 is Engine.IO's "message"; the text in front of it is Socket.IO's own packet.
        frame = text_frame(f"4{text}")
        with self._frames_lock:
            self._frames[key] = (rendered, text, frame)
            if len(self._frames) > KEPT_FRAMES:
                self._frames.popitem(last=False)
        return text, frame


def _packet(rendered: Rendered) -> str:
    message = {"epoch": rendered.epoch, "id": rendered.id, "lang": rendered.lang, "rev": rendered.rev, "html": rendered.html}
    return "2" + json.dumps(["region", message], ensure_ascii=False, separators=(",", ":"))
