"""`user`: open, list, edit, invite, help, unlock and close accounts."""

import sys
from dataclasses import replace
from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any

import click
from flask import current_app
from sqlalchemy.orm import Session

from energymed.accounts import listing, sign_in_tries
from energymed.accounts import service as accounts
from energymed.accounts.association import known_of
from energymed.accounts.codes import OF_A_SITE, AccountState, Role
from energymed.accounts.edits import AccountEdit, edit_of
from energymed.accounts.listing import AccountFilter
from energymed.accounts.models import User
from energymed.accounts.passwords import check_password
from energymed.accounts.queries import user_by_email
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.casework import account_links, leaving
from energymed.casework.account_links import Link
from energymed.casework.leaving import Heir
from energymed.cli.common import answer, json_option, password_hash, reading, use_case, with_app
from energymed.config import Settings
from energymed.partners import service as partners

role_choice = click.Choice([str(role) for role in Role])
day_option = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def user() -> None:
    """Comptes."""


@user.command("add")
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
            site_id=_site_id(ctx.session, role, site_code),
            partner_id=_partner_id(ctx.session, role, partner_code),
        )
        created = accounts.add_user(ctx, new)
        data = {"id": created.id, "email": created.email, "role": created.role}
    shown = {} if password_stdin else {"password": password}
    text = f"Compte {data['email']} ouvert." + (
        "" if password_stdin else f" Mot de passe (montré une seule fois) : {password}"
    )
    answer({**data, **shown}, as_json=as_json, text=text)


def _site_id(session: Session, role: str, code: str | None) -> int | None:
    return accounts.site_by_code(session, code).id if role in OF_A_SITE else None


def _partner_id(session: Session, role: str, code: str | None) -> int | None:
    if role != Role.PARTNER:
        return None
    if not code:
        raise BadInput(N_("Ce rôle a besoin d'un partenaire."))
    return partners.partner_by_code(session, code).id


@user.command("list")
@click.option("--role", type=role_choice)
@click.option("--site", "site_code")
@click.option("--state", type=click.Choice([str(state) for state in AccountState]))
@click.option("--search", default="", help="Cherche dans le nom et l'e-mail.")
@json_option
@with_app
def list_users(
    role: str | None, site_code: str | None, state: str | None, search: str, as_json: bool
) -> None:
    """Liste les comptes."""
    ctx = reading()
    site_id = accounts.site_by_code(ctx.session, site_code).id if site_code else None
    asked = AccountFilter(text=search, role=role or "", site_id=site_id, state=state or "")
    found = list(ctx.session.scalars(listing.accounts(ctx, asked)).unique())
    standings = listing.standings(ctx, found)
    rows = [_told(one, standings[one.id].state) for one in found]
    text = "\n".join(
        f"{row['email']}  {row['name']}  {row['role']}  {row['state']}" for row in rows
    )
    answer(rows, as_json=as_json, text=text or "Aucun compte.")


def _told(one: User, state: AccountState) -> dict[str, Any]:
    return {
        "id": one.id,
        "email": one.email,
        "name": one.name,
        "role": one.role,
        "site": one.site.code if one.site else None,
        "state": state,
        "weekly_hours": one.weekly_hours,
        "languages": one.languages,
        "extension": one.extension,
        "ends_on": one.ends_on,
        "last_sign_in_at": one.last_sign_in_at,
        "second_factor": bool(one.tf_totp_secret),
    }


@user.command("edit")
@click.argument("email")
@click.option("--new-email")
@click.option("--name")
@click.option("--role", type=role_choice)
@click.option("--site", "site_code")
@click.option("--partner", "partner_code")
@click.option("--hours", "weekly_hours", type=int)
@click.option("--languages", help="Séparées par des virgules ; vide pour aucune.")
@click.option("--extension", help="Poste téléphonique ; vide pour aucun.")
@click.option("--ends-on", type=day_option, help="Dernier jour, par exemple 2027-08-31.")
@click.option("--no-end", is_flag=True, help="Enlève le dernier jour.")
@json_option
@with_app
def edit_user(email: str, as_json: bool, **given: Any) -> None:
    """Modifie un compte ; ce qui n'est pas donné reste."""
    if given["no_end"] and given["ends_on"]:
        raise click.UsageError("--ends-on et --no-end s'excluent.")
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        left = leaving.change_account(ctx, found.id, _edit(ctx.session, found, given))
        data = _told(found, listing.state_of(found, ctx.now))
        data["cases_to_assign"] = left.total if left else 0
    answer(data, as_json=as_json, text=f"Compte {data['email']} enregistré.")


def _edit(session: Session, found: User, given: dict[str, Any]) -> AccountEdit:
    edit = edit_of(found)
    for name in ("name", "role", "weekly_hours", "extension"):
        if given[name] is not None:
            edit = replace(edit, **{name: given[name]})
    if given["new_email"] is not None:
        edit = replace(edit, email=given["new_email"])
    if given["languages"] is not None:
        edit = replace(edit, languages=tuple(given["languages"].split(",")))
    comes = edit.role in OF_A_SITE and found.role not in OF_A_SITE  # from the practice as well
    if given["site_code"] or comes:
        edit = replace(edit, site_id=_site_id(session, edit.role, given["site_code"]))
    if given["partner_code"] or (edit.role == Role.PARTNER and edit.partner_id is None):
        edit = replace(edit, partner_id=_partner_id(session, edit.role, given["partner_code"]))
    if given["no_end"] or given["ends_on"]:
        edit = replace(edit, ends_on=_day(given["ends_on"]))
    return edit


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


@user.command("invite")
@click.argument("email")
@json_option
@with_app
def invite_user(email: str, as_json: bool) -> None:
    """Fait un lien pour choisir le premier mot de passe ; l'ancien ne sert plus."""
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        link = account_links.invite(ctx, found.id, _base())
    _hand_over(link, as_json)


@user.command("reset")
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


@user.command("unlock")
@click.argument("email")
@json_option
@with_app
def unlock_user(email: str, as_json: bool) -> None:
    """Déverrouille un compte après trop d'essais."""
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        data = {"email": found.email, "was_locked": sign_in_tries.unlock(ctx, found)}
    text = f"Compte {data['email']} " + (
        "déverrouillé." if data["was_locked"] else "n'était pas verrouillé."
    )
    answer(data, as_json=as_json, text=text)


@user.command("end")
@click.argument("email")
@click.option("--on", "on", type=day_option, help="Dernier jour ; sans lui, ferme aussitôt.")
@click.option("--to", "to_email", help="Le collègue qui reprend les dossiers.")
@click.option("--to-team", is_flag=True, help="L'équipe du site reprend les dossiers.")
@json_option
@with_app
def end_user(
    email: str, on: datetime | None, to_email: str | None, to_team: bool, as_json: bool
) -> None:
    """Ferme un compte ; sans --to ni --to-team, ses dossiers sont à répartir."""
    if bool(to_email) + to_team + (on is not None) > 1:
        raise click.UsageError("--on, --to et --to-team s'excluent.")
    with use_case() as ctx:
        found = user_by_email(ctx.session, email)
        if on is not None and not found.active:
            raise Refused(N_("Ce compte est fermé : rouvrez-le d'abord."))
        if on is not None:
            leaving.change_account(ctx, found.id, replace(edit_of(found), ends_on=on.date()))
            data: dict[str, Any] = {"email": found.email, "ends_on": found.ends_on}
        else:
            heir = Heir.COLLEAGUE if to_email else Heir.TEAM if to_team else Heir.LEAD
            to_id = user_by_email(ctx.session, to_email).id if to_email else None
            left = leaving.close_account(ctx, found.id, heir, to_id)
            data = {"email": found.email, "cases": left.total, "callbacks": left.callbacks}
    text = f"Compte {data['email']} " + (f"ouvert jusqu'au {on:%d/%m/%Y}." if on else "fermé.")
    answer(data, as_json=as_json, text=text)
