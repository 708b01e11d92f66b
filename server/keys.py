"""Secrets derived from one key file: tokens in QR codes, codes of six digits, digests for look-up.

A token is never stored. It is computed again from (purpose, row, version) whenever it must be drawn, and found by its
digest; raising the row's version revokes every token given out before.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from pathlib import Path

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
TOKEN_LENGTH = 27
"""26 characters of HMAC (130 bits) and one check character."""


class Keys:
    """Everything that is derived from the secret key."""

    def __init__(self, secret: bytes) -> None:
        """Use ``secret``, at least 32 bytes."""
        if len(secret) < 32:
            raise ValueError("the secret key needs at least 32 bytes")
        self._secret = secret

    @classmethod
    def from_file(cls, path: Path) -> Keys:
        """Read the key at ``path``; refuses a file that others can read."""
        if path.stat().st_mode & 0o077:
            raise PermissionError(f"{path} must be readable by its owner only (chmod 600)")
        return cls(bytes.fromhex(path.read_text(encoding="ascii").strip()))

    @classmethod
    def create_file(cls, path: Path) -> Keys:
        """Make a new random key at ``path`` with mode 0600; refuses to overwrite one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        return cls.from_file(path)

    def mac(self, purpose: str, text: str) -> bytes:
        """Return 32 bytes that only this key can compute from ``purpose`` and ``text``."""
        return hmac.digest(self._secret, f"{purpose}\x1f{text}".encode("utf-8", "replace"), "sha256")

    def token(self, purpose: str, row: int, version: int = 1) -> str:
        """Return the token for ``purpose`` of row number ``row``: upper-case letters and digits only."""
        body = base64.b32encode(self.mac(f"token:{purpose}", f"{row}:{version}")).decode("ascii")[: TOKEN_LENGTH - 1]
        return body + check_character(body)

    def digest(self, purpose: str, text: str) -> str:
        """Return the hex digest under which a secret ``text`` is stored and found."""
        return self.mac(f"digest:{purpose}", text).hex()

    def token_digest(self, purpose: str, row: int, version: int = 1) -> str:
        """Return the digest to store for the token of a row."""
        return self.digest(purpose, self.token(purpose, row, version))

    def cookie(self, purpose: str, row: int, nonce: str) -> str:
        """Return the 256-bit secret of a row's cookie; the stored ``nonce`` keeps it from coming back after a restored backup."""
        return self.mac(f"cookie:{purpose}", f"{row}:{nonce}").hex()

    def cookie_digest(self, purpose: str, cookie: str) -> str:
        """Return the digest under which a cookie is stored and found."""
        return self.digest(f"cookie:{purpose}", cookie)

    def six_digits(self, purpose: str, row: int, version: int = 1) -> str:
        """Return a six-digit code for a row; the caller raises ``version`` until it is unique among open codes."""
        number = int.from_bytes(self.mac(f"code:{purpose}", f"{row}:{version}")[:8], "big")
        return f"{number % 1_000_000:06d}"


def check_character(body: str) -> str:
    """Return the check character of a token's body: a weighted sum over the same 32 letters."""
    return ALPHABET[sum((2 * place + 1) * ALPHABET.index(letter) for place, letter in enumerate(body)) % 32]


def tidy_token(text: str) -> str | None:
    """Return ``text`` as a well-formed token in upper case, or None if it cannot be one."""
    token = text.strip().upper()
    if len(token) != TOKEN_LENGTH or any(letter not in ALPHABET for letter in token):
        return None
    return token if hmac.compare_digest(check_character(token[:-1]), token[-1]) else None
