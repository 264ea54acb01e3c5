"""The `energymed` command: a contract that others script against (DESIGN, The command line)."""

import click

from energymed.cli.commands import PLACES, Commands


@click.group(cls=Commands, places=PLACES)
@click.version_option(package_name="energymed")
def main() -> None:
    """Médiation téléphonique de la dette énergétique : outil de suivi des dossiers."""
