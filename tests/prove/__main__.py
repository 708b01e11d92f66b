"""``python -m tests.prove NAME``: show one claim, or ``all`` of them, on real databases and servers.

Each name stands for the tests that would fail if the claim did not hold. The last line counts names: ``N passed, N failed``.
"""

from __future__ import annotations

import os
import subprocess
import sys

PROOFS: dict[str, tuple[str, ...]] = {
    "race": ("tests/domain/visits/test_race.py", "tests/db/test_transaction.py"),
    "star": ("tests/flows/test_star.py",),
    "badinput": ("tests/web/test_hostile.py", "-k", "not upload"),
    "files": ("tests/web/test_hostile.py", "tests/domain/people/test_sheets.py", "-k", "upload or sheets"),
    "matrix": ("tests/web/test_access.py",),
    "csrf": ("tests/web/test_edge.py", "tests/live/test_gate.py"),
    "revoke": ("tests/live/test_revocation.py",),
    "audit": ("tests/db/test_audit.py",),
    "retention": ("tests/domain/visits/test_retention.py",),
}
"""Name → what pytest is given."""


def main(names: list[str]) -> int:
    """Run the named proofs and return the exit status: 0 when every one held, 2 for an unknown name."""
    chosen = list(PROOFS) if names in ([], ["all"]) else names
    unknown = [name for name in chosen if name not in PROOFS]
    if unknown:
        print(f"There is no proof {', '.join(unknown)}. There are: {', '.join(PROOFS)}", file=sys.stderr)
        return 2
    failed = 0
    for name in chosen:
        print(f"== {name}", flush=True)
        full = {**os.environ, "YINGBIN_PROOF": "full"}
        failed += subprocess.run([sys.executable, "-m", "pytest", "-q", *PROOFS[name]], env=full, check=False).returncode != 0
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
