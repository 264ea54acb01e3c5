"""`init`, `user add`, `site add`, `partner add`."""

import sys
from secrets import token_urlsafe

import click
from sqlalchemy.orm import Session

from energymed.accounts import service as accounts
from energymed.accounts.codes import Role
from energymed.accounts.passwords import check_password
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.partners import service as partners
from energymed.schema import prepare_database
from energymed.web.shared.sign_in import password_hash


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
    check_password(password, (email, name))
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
