"""`init` and `user add`."""

import sys
from secrets import token_urlsafe

import click
from sqlalchemy.orm import Session

from energymed.accounts import service as accounts
from energymed.accounts.codes import Role
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.partners import service as partners
from energymed.schema import prepare_database
from energymed.web.shared.sign_in import password_hash

SHORTEST_PASSWORD = 12


@click.command()
@json_option
@with_app
def init(as_json: bool) -> None:
    """Crée ou met à niveau la base ; peut être répété sans risque."""
    revision = prepare_database()
    answer({"revision": revision}, as_json=as_json, text=f"Base prête (révision {revision}).")


@click.group()
def user() -> None:
    """Comptes."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--name", default="")
@click.option("--site", "site_code")
@click.option("--partner", "partner_code")
@click.option("--password-stdin", is_flag=True, help="Lit le mot de passe sur l'entrée standard.")
@json_option
@with_app
def add_user(
    email: str,
    role: str,
    name: str,
    site_code: str | None,
    partner_code: str | None,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Ouvre un compte ; sans --password-stdin, un mot de passe est tiré et affiché une fois."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else token_urlsafe(12)
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(
            N_("Le mot de passe doit avoir au moins %(length)s caractères."),
            length=SHORTEST_PASSWORD,
        )
    with use_case() as ctx:
        bound = role in (Role.LEAD, Role.MEDIATOR)
        new = accounts.NewUser(
            email=email,
            name=name,
            role=role,
            password_hash=password_hash(password),
            site_id=accounts.site_by_code(ctx.session, site_code).id if bound else None,
            partner_id=_partner_id(ctx.session, partner_code) if role == Role.PARTNER else None,
        )
        created = accounts.add_user(ctx, new)
        data = {"id": created.id, "email": created.email, "role": created.role}
    shown = {} if password_stdin else {"password": password}
    text = f"Compte {data['email']} ouvert." + (
        "" if password_stdin else f" Mot de passe (montré une seule fois) : {password}"
    )
    answer({**data, **shown}, as_json=as_json, text=text)


def _partner_id(session: Session, code: str | None) -> int:
    if not code:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    return partners.partner_by_code(session, code).id
