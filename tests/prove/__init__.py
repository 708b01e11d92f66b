"""Every claim as a command that can fail: `python -m tests.prove NAME`."""
