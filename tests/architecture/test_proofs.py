"""Every proof that can be asked for has tests behind it."""

from __future__ import annotations

from tests.architecture.source import ROOT
from tests.prove.__main__ import PROOFS, main


def test_every_proof_names_tests_that_exist() -> None:
    missing = [part for parts in PROOFS.values() for part in parts if part.startswith("tests/") and not (ROOT / part).exists()]
    assert missing == []


def test_an_unknown_proof_is_refused() -> None:
    assert main(["nonsense"]) == 2
