"""A private Redis for one test process: loopback, a free port, nothing kept on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.services.process import Server, accepts_connections, find_program, free_port


class Redis:
    """A running Redis that can be stopped and started again, as a fault."""

    def __init__(self, log: Path, **options: str) -> None:
        """Start it, with further ``options`` of its own configuration, and wait until it listens."""
        self._log = log
        self._options = options
        self.port = free_port()
        self._server = self._start()

    @property
    def url(self) -> str:
        """The address of its first database."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        self._server.stop()

    def restart(self) -> None:
        """Stop it and start it again on the same port."""
        self.stop()
        self._server = self._start()

    def _start(self) -> Server:
        folder = Path(tempfile.mkdtemp(prefix="yingbin-redis-"))
        program = find_program("redis-server", package="redis-server")
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "save": "",
            "appendonly": "no",
            "dir": str(folder),
            "daemonize": "no",
            **self._options,
        }
        command = [str(program), *(part for name, value in options.items() for part in (f"--{name}", value))]
        server = Server(command, log=self._log, folder=folder)
        server.wait_until(lambda: accepts_connections(self.port))
        return server
