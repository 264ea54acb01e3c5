"""The `energymed` command: a contract that others script against (DESIGN, The command line)."""

from importlib import import_module

import click

from energymed.cli.common import Commands

GROUPS = ("setup", "files", "work", "figures", "jobs", "server")


@click.group(cls=Commands)
@click.version_option(package_name="energymed")
def main() -> None:
    """Médiation téléphonique de la dette énergétique : outil de suivi des dossiers."""


for _group in GROUPS:
    import_module(f"energymed.cli.{_group}").register(main)
