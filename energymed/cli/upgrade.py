"""`upgrade`: from the database of an earlier version to that of this program."""

import time
from collections.abc import Callable
from pathlib import Path

import click

from energymed.base.clock import now
from energymed.base.db import db
from energymed.cli.common import answer, app_context, fail, json_option
from energymed.config import Settings, load_settings
from energymed.operations.alone import only_one, refuse_others
from energymed.operations.doctor.findings import Finding
from energymed.operations.upgrade import (
    Todo,
    back_up_before,
    carry_out,
    lock_for_backup,
    what_to_do,
)
from energymed.schema import prepare_database


@click.command()
@click.option("--no-backup", is_flag=True, help="Sans sauvegarde : j'en ai une moi-même.")
@json_option
def upgrade(no_backup: bool, as_json: bool) -> None:
    """Sauvegarde la base d'une version antérieure, puis la met à niveau ; tout ou rien."""
    settings = load_settings()
    with app_context(upgrades=True, settings=settings):
        db.engine.dispose()  # whoever has the database open stands in the way, we too
        with only_one(settings.database_url):
            todo = what_to_do(settings.database_url)
            if not todo.migrations:
                text = f"Rien à faire : la base est à la révision {todo.newest}."
                answer(_told(todo, None, 0.0, []), as_json=as_json, text=text)
                return
            backup, seconds, faults = _upgraded(settings, todo, with_backup=not no_backup)
        prepare_database()  # the rules and texts of this version
    text = f"Base à niveau : révision {todo.newest}, en {_of(seconds)}."
    if not faults:
        text += "\nContrôle de la base : tout est en ordre. Lancez « energymed serve »."
    answer(_told(todo, backup, seconds, faults), as_json=as_json, text=text)
    if faults:
        fail("\n".join(["Contrôle de la base, à niveau désormais :", *map(str, faults)]))


def _upgraded(
    settings: Settings, todo: Todo, *, with_backup: bool
) -> tuple[Path | None, float, list[Finding]]:
    """(backup, seconds, faults)."""
    if with_backup:
        lock_for_backup(settings)
    refuse_others(settings.database_url)
    count = len(todo.migrations)
    _say(f"De la révision {todo.schema} à {todo.newest} : {count} migration(s).")
    backup = None
    if with_backup:
        backup = back_up_before(settings, todo, now())
        _say(f"Sauvegarde : {backup}")
    else:
        _say("Sans sauvegarde (--no-backup).")
    begun = time.monotonic()
    progress = _progress(count, begun)
    faults = carry_out(settings.database_url, todo.schema, progress, backup=backup)
    return backup, time.monotonic() - begun, faults


def _progress(count: int, begun: float) -> Callable[[str], None]:
    """One line for each migration that is done."""
    done: list[str] = []

    def tell(revision: str) -> None:
        done.append(revision)
        _say(f"  {len(done)} sur {count} : {revision} ({_of(time.monotonic() - begun)})")

    return tell


def _say(line: str) -> None:
    """On stderr, so that JSON stays alone on stdout."""
    click.echo(line, err=True)


def _of(seconds: float) -> str:
    return f"{seconds:.1f} s".replace(".", ",")


def _told(
    todo: Todo, backup: Path | None, seconds: float, faults: list[Finding]
) -> dict[str, object]:
    return {
        "from": todo.schema,
        "to": todo.newest,
        "backup": str(backup) if backup else None,
        "migrations": list(todo.migrations),
        "seconds": round(seconds, 1),
        "faults": [str(fault) for fault in faults],
    }
