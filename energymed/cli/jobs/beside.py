"""Work that a page starts and does not wait for: a large file, a whole examination."""

import click
from flask import current_app

from energymed.casework import import_batch
from energymed.cli.common import with_app
from energymed.operations.doctor import background


@click.command("file", hidden=True)
@click.argument("work", type=click.Choice(import_batch.WORKS))
@click.argument("batch", type=int)
@click.argument("user", type=int)
@with_app
def work_on_file(work: str, batch: int, user: int) -> None:
    """Contrôle, importe ou annule un fichier (lancé par le site pour les gros fichiers)."""
    import_batch.carry_out(user, batch, work)


@click.command("examine", hidden=True)
@with_app
def examine() -> None:
    """Examine l'installation (lancé par la page de l'administrateur)."""
    background.carry_out(current_app.extensions["energymed"])
