"""`init`, `site add`, `partner add`."""

import click

from energymed.accounts import service as accounts
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.partners import service as partners
from energymed.schema import prepare_database


@click.command()
@json_option
@with_app
def init(as_json: bool) -> None:
    """Crée ou met à niveau la base ; peut être répété sans risque."""
    revision = prepare_database()
    answer({"revision": revision}, as_json=as_json, text=f"Base prête (révision {revision}).")


@click.group()
def site() -> None:
    """Sites de l'association."""


@site.command("add")
@click.argument("code")
@click.argument("name")
@json_option
@with_app
def add_site(code: str, name: str, as_json: bool) -> None:
    """Ajoute un site."""
    with use_case() as ctx:
        created = accounts.add_site(ctx, code, name)
        ctx.session.flush()
        data = {"id": created.id, "code": created.code, "name": created.name}
    answer(data, as_json=as_json, text=f"Site {data['code']} ajouté.")


@click.group()
def partner() -> None:
    """Fournisseurs et gestionnaires de réseau partenaires."""


@partner.command("add")
@click.argument("code")
@click.argument("name")
@json_option
@with_app
def add_partner(code: str, name: str, as_json: bool) -> None:
    """Ajoute un partenaire, avec ses campagnes."""
    with use_case() as ctx:
        created = partners.add_partner(ctx, code, name)
        data = {"id": created.id, "code": created.code, "name": created.name}
    answer(data, as_json=as_json, text=f"Partenaire {data['code']} ajouté.")
