"""`user add`."""

import sys
from secrets import token_urlsafe

import click

from energymed.accounts import service as accounts
from energymed.accounts.association import known_of
from energymed.accounts.passwords import check_password
from energymed.cli.common import answer, json_option, password_hash, use_case, with_app
from energymed.cli.users.options import partner_id_of, role_choice, site_id_of


@click.command("add")
@click.argument("email")
@click.option("--role", required=True, type=role_choice)
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
    """Ouvre un compte ; sans --password-stdin, un mot de passe est tiré et affiché une fois.

    Il est à changer à la première connexion.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else token_urlsafe(12)
    with use_case() as ctx:
        check_password(password, known_of(ctx.session, name, email))
        new = accounts.NewUser(
            email=email,
            name=name,
            role=role,
            password_hash=password_hash(password),
            site_id=site_id_of(ctx.session, role, site_code),
            partner_id=partner_id_of(ctx.session, role, partner_code),
        )
        created = accounts.add_user(ctx, new)
        data = {"id": created.id, "email": created.email, "role": created.role}
    shown = {} if password_stdin else {"password": password}
    text = f"Compte {data['email']} ouvert." + (
        "" if password_stdin else f" Mot de passe (montré une seule fois) : {password}"
    )
    answer({**data, **shown}, as_json=as_json, text=text)
