"""Websocket frames (RFC 6455) as a server reads and writes them: no extension, whole messages of text.

Reading is a hot path: a thousand screens say every few seconds what they hold. What is refused is refused with the reason the
standard gives: 1002 for a broken frame, 1003 for binary, 1007 for text that is not UTF-8, 1009 for what is too long.
"""

from __future__ import annotations

from collections.abc import Iterator

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
CONTINUATION = 0x0
FINAL, MASKED = 0x80, 0x80
LONGEST_CONTROL = 125
NORMAL, BROKEN, NOT_TEXT, NOT_UTF8, TOO_BIG = 1000, 1002, 1003, 1007, 1009
SPOKEN = frozenset({1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, *range(3000, 5000)})
"""Reasons that may stand in a close frame."""


class Refusal(Exception):
    """What came breaks the protocol; ``reason`` goes into the close frame."""

    def __init__(self, reason: int) -> None:
        """Refuse for ``reason``."""
        super().__init__(str(reason))
        self.reason = reason


class FrameReader:
    """Takes apart what one screen sends."""

    def __init__(self, longest: int) -> None:
        """Read messages of at most ``longest`` bytes."""
        self._longest = longest
        self._data = b""
        self._half: bytes | None = None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give what is complete as (TEXT, PING, PONG or CLOSE, payload); raises :class:`Refusal`."""
        self._data = self._data + data if self._data else data
        while (frame := self._next_frame()) is not None:
            head, payload = frame
            kind = head & 0x0F
            if kind in {CLOSE, PING, PONG}:
                yield kind, payload
            elif (message := self._join(kind, payload, is_final=bool(head & FINAL))) is not None:
                yield TEXT, message

    def _next_frame(self) -> tuple[int, bytes] | None:
        data = self._data
        if len(data) < 2:
            return None
        head, size = data[0], data[1] & 0x7F
        _check_head(head, data[1], size)
        start = 2
        if size > LONGEST_CONTROL:
            start = 4 if size == 126 else 10
            if len(data) < start:
                return None
            size = int.from_bytes(data[2:start], "big")
        if size > self._longest:
            raise Refusal(TOO_BIG)
        end = start + 4 + size
        if len(data) < end:
            return None
        self._data = data[end:]
        return head, _unmasked(data[start : start + 4], data[start + 4 : end])

    def _join(self, kind: int, payload: bytes, *, is_final: bool) -> bytes | None:
        if (kind == CONTINUATION) != (self._half is not None):
            raise Refusal(BROKEN)
        whole = payload if self._half is None else self._half + payload
        if len(whole) > self._longest:
            raise Refusal(TOO_BIG)
        self._half = None if is_final else whole
        return whole if is_final else None


def _check_head(head: int, second: int, size: int) -> None:
    kind = head & 0x0F
    if head & 0x70 or not second & MASKED:
        raise Refusal(BROKEN)
    if kind == BINARY:
        raise Refusal(NOT_TEXT)
    if kind in {CLOSE, PING, PONG}:
        if size > LONGEST_CONTROL or not head & FINAL:
            raise Refusal(BROKEN)
    elif kind not in {TEXT, CONTINUATION}:
        raise Refusal(BROKEN)


def _unmasked(mask: bytes, payload: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    # One XOR of two long numbers instead of one a byte.
    return (int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")).to_bytes(size, "little")


def text_of(payload: bytes) -> str:
    """Return the text of a message; raises :class:`Refusal` when it is not UTF-8."""
    try:
        return payload.decode()
    except UnicodeDecodeError:
        raise Refusal(NOT_UTF8) from None


def reason_of(payload: bytes) -> int:
    """Return the reason to give back to a close frame: the screen's own, if it may be spoken."""
    if not payload:
        return NORMAL
    reason = int.from_bytes(payload[:2], "big")
    return reason if len(payload) > 1 and reason in SPOKEN else BROKEN


def frame(kind: int, payload: bytes) -> bytes:
    """Return one whole frame from a server."""
    size = len(payload)
    if size < 126:
        return bytes((FINAL | kind, size)) + payload
    if size < 65536:
        return bytes((FINAL | kind, 126)) + size.to_bytes(2, "big") + payload
    return bytes((FINAL | kind, 127)) + size.to_bytes(8, "big") + payload


def text_frame(message: str) -> bytes:
    """Return ``message`` as one frame from a server."""
    return frame(TEXT, message.encode())


def close_frame(reason: int) -> bytes:
    """Return the frame that says good-bye for ``reason``."""
    return frame(CLOSE, reason.to_bytes(2, "big"))
