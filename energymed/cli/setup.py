"""`init`: the schema."""

import click

from energymed.cli.common import answer, json_option, with_any_schema
from energymed.schema import prepare_database


@click.command()
@json_option
@with_any_schema
def init(as_json: bool) -> None:
    """Crée ou met à niveau la base ; peut être répété sans risque."""
    revision = prepare_database()
    answer({"revision": revision}, as_json=as_json, text=f"Base prête (révision {revision}).")
