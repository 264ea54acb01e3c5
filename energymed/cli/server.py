"""`serve` and `demo`: the web server with its scheduler beside it."""

import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from tempfile import TemporaryDirectory
from threading import Event, Thread

import click
from granian import Granian
from granian.constants import Interfaces

from energymed import create_app
from energymed.accounts.association import has_administrator
from energymed.base.clock import now, paris
from energymed.base.db import db
from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.base.parent_process import be_parent
from energymed.cli.common import app_context, json_option, password_hash
from energymed.cli.doctor import quick_part
from energymed.config import load_settings, remember_demo
from energymed.demo import service as demo_service
from energymed.demo.clock import first_shift_s, later_shift_s
from energymed.demo_file import DemoLogin, read_demo_file, write_demo_file
from energymed.operations.leftovers import sweep
from energymed.operations.running import leave, say_running, try_to_tell
from energymed.schema import prepare_database

HOST, PORT = "127.0.0.1", 8000
SCHEDULER = (sys.executable, "-m", "energymed", "jobs", "serve")
COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"  # asked for by the library when it is loaded
RESTART_AFTER = 5.0  # seconds
STOP_WITHIN_S = 30  # a worker that is still answering is killed after that
# Of each worker, as many as its connections to PostgreSQL. More of them take turns at the
# interpreter: with eight a full house is served half as fast (benchmarks/desk.py).
THREADS = 4
_NO_PORT = {
    errno.EADDRINUSE: N_(
        "Le port %(port)s est déjà pris sur %(host)s : un autre serveur y répond. Arrêtez-le, ou "
        "choisissez un autre port (--port)."
    ),
    errno.EACCES: N_(
        "Cet utilisateur n'a pas le droit d'ouvrir le port %(port)s : choisissez-en un au-dessus "
        "de 1024 (--port)."
    ),
    errno.EADDRNOTAVAIL: N_("L'adresse %(host)s n'est pas celle de cette machine."),
}
IN_JSON = ("role", "email", "password")  # of each login; others script against it


@contextmanager
def counting_together() -> Iterator[None]:
    """The folder in which the processes of a server count for `/metrics` (`web.watch.measures`).

    It is the system's, for temporary files: what is counted begins at nought at every start, and
    what a server that was killed leaves there is the system's to remove.
    """
    with TemporaryDirectory(prefix="energymed-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[COUNTED_IN] = folder
        try:
            yield
        finally:
            del os.environ[COUNTED_IN]


@click.command()
@click.option("--host", default=HOST, show_default=True)
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processus web."
)
@counting_together()
def serve(host: str, port: int, workers: int) -> None:
    """Sert l'application et fait tourner les tâches planifiées."""
    refuse_taken_port(host, port)
    settings = load_settings()
    create_app(settings)  # refuses here, in one sentence, rather than in each worker
    sweep(settings)
    # an older schema is for `energymed upgrade`; a demo has nothing to lose
    with app_context(upgrades=settings.demo) as app:
        prepare_database()
        for sentence in quick_part():
            click.echo(f"  Attention : {sentence}", err=True)
        if not has_administrator(db.session()):
            announce_set_up(f"http://{host}:{port}/setup", app.extensions["energymed"].setup_code)
    run_server(host, port, workers)


@click.command()
@click.option("--fresh", is_flag=True, help="Repart d'une démonstration neuve.")
@click.option("--no-serve", is_flag=True, help="Prépare les données sans démarrer le serveur.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65_535))
@json_option
@counting_together()
def demo(fresh: bool, no_serve: bool, port: int, as_json: bool) -> None:
    """Prépare une association fictive avec un an de dossiers, puis sert l'application."""
    if not no_serve:
        refuse_taken_port(HOST, port)
    settings = load_settings()
    with app_context(upgrades=True):
        demo_service.refuse_real_data(settings)
        begun = not fresh and not demo_service.is_empty()
    remember_demo(settings.instance)
    _set_clock(begun)
    with app_context(upgrades=True):
        if fresh:
            demo_service.drop_everything()
        prepare_database()
        logins = demo_service.ensure_demo(password_hash, progress=_progress(as_json))
    kept = replace(read_demo_file(settings.instance), logins=tuple(logins))
    write_demo_file(settings.instance, kept)
    announce(f"http://{HOST}:{port}", logins, as_json=as_json)
    if not no_serve:
        run_server(HOST, port, 1)


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse to serve where somebody does already: the system would let both, and mix answers.

    Raises:
        Unusable: the port is taken, or is not for us; the host is not of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except (socket.gaierror, UnicodeError) as error:
        raise Unusable(N_("L'adresse %(host)s n'existe pas."), host=host) from error
    except OSError as error:
        raise Unusable(
            _NO_PORT.get(error.errno or 0, N_("L'adresse %(host)s:%(port)s ne peut pas servir.")),
            host=host, port=port,
        ) from error  # fmt: skip


def announce_set_up(url: str, code: str) -> None:
    """Print where this installation is set up, and the code that the page asks for."""
    click.echo(f"\n  Mise en place : {url}\n  Code          : {code}\n")


def _set_clock(begun: bool) -> None:
    """Let the demo live within the calling hours, unless the time was asked for (`demo.clock`)."""
    settings = load_settings()
    if settings.clock_given:
        return
    real = datetime.now(UTC)  # what the demo's clock is told by
    kept = read_demo_file(settings.instance)
    shift_s = later_shift_s(real, kept.clock_shift_s) if begun else first_shift_s(real)
    write_demo_file(settings.instance, replace(kept, clock_shift_s=shift_s))


def announce(url: str, logins: Sequence[DemoLogin], *, as_json: bool) -> None:
    """Print the address and one login per person, as one JSON line or as a table."""
    if as_json:
        listed = [{name: getattr(login, name) for name in IN_JSON} for login in logins]
        click.echo(json.dumps({"url": url, "logins": listed}, ensure_ascii=False))
        return
    click.echo(f"\n  energymed : {url}")
    click.echo(f"  L'horloge de la démonstration montre {paris(now()):%d/%m/%Y %H:%M}.\n")
    for login in logins:
        click.echo(f"  {login.role:<10} {login.email:<30} {login.password:<18} {login.place}")
    click.echo("\n  Ctrl+C pour arrêter.\n")


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until interrupted, with the scheduler in a process of its own.

    A worker that dies is started again; none outlives this process. That it runs is known from
    here on, and the scheduler says so again and again (`operations.running`).
    """
    sys.stdout.flush()
    be_parent()
    context = partial(app_context, upgrades=True)
    try_to_tell(context, say_running, os.getpid())
    scheduler = Scheduler()
    scheduler.start()
    try:
        Granian(
            "energymed:create_served_app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            factory=True,
            log_enabled=False,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN_S,
        ).serve()
    finally:
        scheduler.stop()
        leave(context, os.getpid())


class Scheduler(Thread):
    """Keeps the scheduler's process up: one that ends before its time is started again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = Event()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Start the process, and again when it ends."""
        while not self.over.is_set():
            self.process = subprocess.Popen(SCHEDULER)
            self.process.wait()
            self.over.wait(RESTART_AFTER)

    def stop(self) -> None:
        """End the process, for good."""
        self.over.set()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)


def _progress(as_json: bool) -> Callable[[str], None]:
    """Tell how far the preparation is, on stderr so that JSON stays alone on stdout."""
    return lambda sentence: None if as_json else click.echo(f"  {sentence}", err=True)
