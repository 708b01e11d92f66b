"""Write the lock files: every version with the hashes of all its published files, and no address of where they came from.

Hashes cover each published wheel and the source, so that one lock serves x86_64 and aarch64. The build backend is in the
lock too: the house is then installed without build isolation, which would fetch unpinned parts.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LOCKS = {"run.txt": (), "scale.txt": ("scale",), "test.txt": ("dev", "scale", "notify")}


def main() -> None:
    """Resolve once for each lock; the second keeps the first one's versions."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    for name, extras in LOCKS.items():
        resolve(HERE / name, extras=extras, build=build)


def resolve(target: Path, *, extras: tuple[str, ...], build: list[str]) -> None:
    """Write ``target`` for Python 3.11 on Linux."""
    command = [
        *(str(Path(sys.executable).with_name("uv")), "pip", "compile", "pyproject.toml", "-"),
        *("--python-version", "3.11", "--python-platform", "linux", "--system-certs"),
        *("--generate-hashes", "--no-annotate", "--no-header"),
        # A machine's own indexes may hold one file of a release: the lock must cover all that were published.
        "--no-config",
        *("--output-file", str(target), "--quiet"),
    ]
    for extra in extras:
        command += ["--extra", extra]
    if target.name != "run.txt":
        command += ["--constraint", str(HERE / "run.txt")]
    subprocess.run(command, cwd=ROOT, input="\n".join(build), text=True, check=True)  # noqa: S603 - fixed words and our own paths


if __name__ == "__main__":
    main()
