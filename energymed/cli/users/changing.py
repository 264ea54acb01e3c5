"""`user edit`, `user unlock`, `user end`."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from energymed.accounts import listing, sign_in_tries
from energymed.accounts.codes import OF_A_SITE, Role
from energymed.accounts.edits import AccountEdit, edit_of
from energymed.accounts.models import User
from energymed.accounts.queries import user_by_email
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.casework import leaving
from energymed.casework.leaving import Heir
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.cli.users.options import (
    day_option,
    partner_id_of,
    role_choice,
    site_id_of,
    told,
)


@click.command("edit")
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
        data = told(found, listing.state_of(found, ctx.now))
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
        edit = replace(edit, site_id=site_id_of(session, edit.role, given["site_code"]))
    if given["partner_code"] or (edit.role == Role.PARTNER and edit.partner_id is None):
        edit = replace(edit, partner_id=partner_id_of(session, edit.role, given["partner_code"]))
    if given["no_end"] or given["ends_on"]:
        edit = replace(edit, ends_on=_day(given["ends_on"]))
    return edit


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


@click.command("unlock")
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


@click.command("end")
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
