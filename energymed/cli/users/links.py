"""`user invite`, `user reset`: links by which people choose a password."""

import click
from flask import current_app

from energymed.accounts import service as accounts
from energymed.accounts.queries import user_by_email
from energymed.casework import account_links
from energymed.casework.account_links import Link
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.config import Settings


@click.command("invite")
@click.argument("email")
@json_option
@with_app
def invite_user(email: str, as_json: bool) -> None:
    """Fait un lien pour choisir le premier mot de passe ; l'ancien ne sert plus."""
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        link = account_links.invite(ctx, found.id, _base())
    _hand_over(link, as_json)


@click.command("reset")
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Téléphone perdu : le mot de passe reste.")
@json_option
@with_app
def reset_user(email: str, second_factor: bool, as_json: bool) -> None:
    """Retire le mot de passe et les sessions ; fait un lien pour en choisir un autre."""
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        if second_factor:
            accounts.reset_second_factor(ctx, found)
            text = f"Second facteur de {found.email} oublié : il sera redemandé à la connexion."
            answer({"email": found.email}, as_json=as_json, text=text)
            return
        link = account_links.reset_password(ctx, found.id, _base())
    _hand_over(link, as_json)


def _base() -> str:
    settings: Settings = current_app.extensions["energymed"]
    return settings.public_url


def _hand_over(link: Link, as_json: bool) -> None:
    """Mail the link; print it, once, where it cannot be mailed."""
    left = account_links.send_links(current_app.extensions["energymed"], [link])
    data = {"email": link.email, "sent": not left, "expires_at": link.until}
    text = f"Lien envoyé à {link.email}."
    if left:
        data["link"] = link.address
        text = f"Lien à remettre à {link.email} (montré une seule fois) : {link.address}"
    answer(data, as_json=as_json, text=text)
