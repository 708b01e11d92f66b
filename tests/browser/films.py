"""Short films of a QR code, for Chromium's camera of files."""

from __future__ import annotations

import subprocess
from pathlib import Path

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from tests.services.process import find_program

WIDTH, HEIGHT, SCALE = 640, 480, 9


def write_film(folder: Path, text: str) -> Path:
    """Write ``code.mjpeg``, which shows ``text`` as a QR code, as a phone held before the camera would; returns its path."""
    still, film = folder / "code.pgm", folder / "code.mjpeg"
    still.write_bytes(b"P5 %d %d 255\n" % (WIDTH, HEIGHT) + _picture(text))
    ffmpeg = str(find_program("ffmpeg", package="ffmpeg"))
    asked = ["-loop", "1", "-i", str(still), "-frames:v", "10", "-r", "10", "-pix_fmt", "yuvj420p", "-q:v", "2", "-f", "mjpeg", str(film)]
    subprocess.run([ffmpeg, "-v", "error", "-y", *asked], check=True)
    return film


def _picture(text: str) -> bytes:
    code = qrcode.QRCode(border=4, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    modules = code.get_matrix()
    left, top = (WIDTH - len(modules) * SCALE) // 2, (HEIGHT - len(modules) * SCALE) // 2
    grey = bytearray([255]) * (WIDTH * HEIGHT)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            for line in range(SCALE if dark else 0):
                at = (top + y * SCALE + line) * WIDTH + left + x * SCALE
                grey[at : at + SCALE] = bytes(SCALE)
    return bytes(grey)
