"""A private PostgreSQL for one test process, with durability on as in production.

initdb and the server refuse root; as root they run as the ``postgres`` user that Debian's package makes. The cluster
listens on a free loopback port with a password of its own, and is gone with the test process.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from tests.services.process import Server, find_program, free_port, unprivileged_user

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # What survives a power cut is PostgreSQL's own promise and not tried here; without syncs a fresh database is made sooner.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "warning",
}


LET_GO = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
WIPE = """
CREATE FUNCTION wipe() RETURNS void LANGUAGE plpgsql AS $$
DECLARE found record;
BEGIN
    -- As a replica would: no trigger refuses it, and no order among the tables matters.
    SET LOCAL session_replication_role = replica;
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('DELETE FROM %I', found.tablename);
    END LOOP;
    FOR found IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', found.sequencename);
    END LOOP;
END $$
"""


class Postgres:
    """A running cluster that hands out databases."""

    def __init__(self, server: Server, *, port: int, password: str) -> None:
        """Know a cluster on ``port`` whose superuser is ``yingbin``."""
        self._server = server
        self._port = port
        self._password = password
        self._serial = 0
        self._kept: dict[str, str] = {}

    def url(self, database: str) -> str:
        """Return the address of a database, in SQLAlchemy's words."""
        return f"postgresql+psycopg://yingbin:{self._password}@127.0.0.1:{self._port}/{database}"

    def create(self, *, template: str = "template1") -> str:
        """Make a database, a copy of ``template``, and return its name."""
        self._serial += 1
        name = f"t{self._serial}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        """Remove a database, cutting whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def make_template(self, name: str, fill: Callable[[str], None]) -> None:
        """Make the database ``name`` and fill it by ``fill(url)``, to be copied by :meth:`create`."""
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        fill(self.url(name))
        # A copy fails while anybody is connected to its template.
        self._run(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
        self._run(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(name))

    @contextlib.contextmanager
    def fresh(self, *, template: str = "template1") -> Iterator[str]:
        """Give the address of a new database and drop it at the end."""
        name = self.create(template=template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)

    @contextlib.contextmanager
    def emptied(self, *, template: str) -> Iterator[str]:
        """Give the address of a copy of ``template`` that holds no rows and counts from one; the same copy each time, emptied at the end.

        Making a database takes many times as long as emptying one. For tests that let go of every connection.
        """
        name = self._kept.get(template) or self._keep(template)
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self._address(name), autocommit=True, connect_timeout=5) as connection:
                # What a test forgot to close would hold its locks on into the next one.
                connection.execute(LET_GO)
                connection.execute("SELECT wipe()")

    def _keep(self, template: str) -> str:
        name = self._kept[template] = self.create(template=template)
        with psycopg.connect(self._address(name), autocommit=True, connect_timeout=5) as connection:
            connection.execute(WIPE)
        return name

    def answers(self) -> bool:
        """Tell whether the server takes statements."""
        try:
            self._run(sql.SQL("SELECT 1"))
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop the cluster and remove its files."""
        self._server.stop()

    def _address(self, database: str) -> str:
        return f"postgresql://yingbin:{self._password}@127.0.0.1:{self._port}/{database}"

    def _run(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self._address("postgres"), autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)


def start_postgres(log: Path) -> Postgres:
    """Make a cluster in a temporary folder and start it."""
    programs = _newest_programs()
    user = unprivileged_user("postgres")
    # Not under pytest's own folder: that is closed to other users, and the path of the socket must stay short.
    folder = Path(tempfile.mkdtemp(prefix="yingbin-pg-"))
    password = secrets.token_hex(16)
    _make_cluster(programs / "initdb", folder, user=user, password=password)
    port = free_port()
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    # SIGINT is PostgreSQL's fast shutdown: clients are cut, data is safe.
    server = Server(command, log=log, stop_signal="SIGINT", folder=folder, user=user)
    cluster = Postgres(server, port=port, password=password)
    server.wait_until(cluster.answers)
    return cluster


def _make_cluster(initdb: Path, folder: Path, *, user: str | None, password: str) -> None:
    secret = folder / "password"
    secret.write_text(password, encoding="ascii")
    secret.chmod(0o600)
    if user is not None:
        shutil.chown(folder, user, user)
        shutil.chown(secret, user, user)
    subprocess.run(
        [
            *(str(initdb), "-D", str(folder / "data"), "-U", "yingbin", "-E", "UTF8", "--locale=C.UTF-8"),
            # No sync while making it: an empty cluster is made again in a second.
            *("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-instructions"),
        ],
        user=user,
        group=user,
        extra_groups=[] if user else None,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    secret.unlink()


def _newest_programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    return find_program("initdb", package="postgresql", folders=tuple(reversed(folders))).resolve().parent
