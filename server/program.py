"""The program ``yingbin``: what concerns its whole process, then the command that was typed."""

from __future__ import annotations

from server import collector


def run() -> None:
    """Load the house without the garbage collector, which would look through it again and again, and do what was typed."""
    with collector.waiting():
        from server.cli import main
    main()
