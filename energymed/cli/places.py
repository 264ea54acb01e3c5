"""`site add|list|edit` and `partner add|list|edit`."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts import service as accounts
from energymed.accounts.models import Site
from energymed.accounts.sites import SiteDetails, set_site_retired, team_sizes
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.casework import places
from energymed.cli.common import answer, json_option, reading, use_case, with_app
from energymed.messages.templates import get_sender
from energymed.partners import service as partners
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Partner
from energymed.partners.partner_changes import (
    edit_partner,
    set_partner_retired,
    set_partner_sites,
)
from energymed.partners.queries import all_partners, given_missions, sites_by_partner

MISSION = click.Choice([str(kind) for kind in CampaignKind])
retire_options = (
    click.option("--retire/--use", "retired", default=None, help="Retire, ou remet en service."),
    click.option("--confirm", is_flag=True, help="J'ai lu combien de dossiers sont en cours."),
)


def may_be_retired(command: Any) -> Any:
    """Give a command the two options of retiring."""
    for option in retire_options:
        command = option(command)
    return command


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
        places.sign_messages(ctx, created, "")
        data = {"id": created.id, "code": created.code, "name": created.name}
    answer(data, as_json=as_json, text=f"Site {data['code']} ajouté.")


@site.command("list")
@json_option
@with_app
def list_sites(as_json: bool) -> None:
    """Les sites, leur équipe et leurs dossiers en cours."""
    ctx = reading()
    team, running = team_sizes(ctx.session), places.running_by(ctx.session, Case.site_id)
    data = [
        _site(ctx, one) | {"team": team.get(one.id, 0), "open_cases": running.get(one.id, 0)}
        for one in ctx.session.scalars(select(Site).where(~Site.practice).order_by(Site.code))
    ]
    text = "\n".join(
        f"{one['code']:<20} {one['name']} – {one['team']} personnes, "
        f"{one['open_cases']} dossiers en cours{_mark(one)}"
        for one in data
    )
    answer(data, as_json=as_json, text=text or "Aucun site.")


@site.command("edit")
@click.argument("code")
@click.option("--name")
@click.option("--phone", help="Le numéro que les gens voient et rappellent.")
@click.option("--department", help="Son numéro : 26, 2A, 974.")
@click.option("--address", help="L'adresse postale des courriers.")
@may_be_retired
@json_option
@with_app
def edit_site(code: str, as_json: bool, retired: bool | None, confirm: bool, **given: Any) -> None:
    """Change ce qui est dit d'un site ; ce qui n'est pas nommé reste."""
    with use_case() as ctx:
        found = accounts.site_by_code(ctx.session, code)
        if any(value is not None for value in given.values()):
            known = _site(ctx, found)
            new = {name: known[name] if given[name] is None else given[name] for name in given}
            details = SiteDetails(new["name"], new["department"] or "", new["address"] or "")
            places.change_site(ctx, found.id, details, new["phone"] or "")
        if retired:
            places.retire_site(ctx, found.id, confirmed=confirm)
        elif retired is False:
            set_site_retired(ctx, found, retired=False)
        data = _site(ctx, found)
    answer(data, as_json=as_json, text=f"Site {data['code']} enregistré{_mark(data)}.")


def _site(ctx: Context, found: Site) -> dict[str, Any]:
    _found, sender = get_sender(ctx, found.id)
    return {
        "id": found.id,
        "code": found.code,
        "name": found.name,
        "phone": sender.phone if sender else None,
        "department": found.department,
        "address": found.address,
        "retired": found.retired_at is not None,
    }


def _mark(data: dict[str, Any]) -> str:
    return " (retiré)" if data["retired"] else ""


@click.group()
def partner() -> None:
    """Fournisseurs et gestionnaires de réseau partenaires."""


@partner.command("add")
@click.argument("code")
@click.argument("name")
@click.option(
    "--mission", "missions", multiple=True, type=MISSION, help="Répétable ; sans : toutes."
)
@json_option
@with_app
def add_partner(code: str, name: str, missions: tuple[str, ...], as_json: bool) -> None:
    """Ajoute un partenaire, avec les missions qu'il confie."""
    with use_case() as ctx:
        given = [CampaignKind(word) for word in missions] or list(CampaignKind)
        created = partners.add_partner(ctx, code, name, given)
        data = {"id": created.id, "code": created.code, "name": created.name}
    answer(data, as_json=as_json, text=f"Partenaire {data['code']} ajouté.")


@partner.command("list")
@json_option
@with_app
def list_partners(as_json: bool) -> None:
    """Les partenaires, leurs missions et leurs dossiers en cours."""
    session = reading().session
    running = places.running_by(session, Case.partner_id)
    data = [
        _partner(session, one) | {"open_cases": running.get(one.id, 0)}
        for one in all_partners(session)
    ]
    text = "\n".join(
        f"{one['code']:<20} {one['name']} – {', '.join(one['missions']) or 'aucune mission'}, "
        f"{one['open_cases']} dossiers en cours{_mark(one)}"
        for one in data
    )
    answer(data, as_json=as_json, text=text or "Aucun partenaire.")


@partner.command("edit")
@click.argument("code")
@click.option("--name")
@click.option("--phone", help="Le numéro que ce partenaire demande d'afficher ; vide : aucun.")
@click.option("--mission", "missions", multiple=True, type=MISSION, help="Répétable : les seules.")
@click.option("--site", "sites", multiple=True, help="Répétable : les seuls ; « all » : tous.")
@may_be_retired
@json_option
@with_app
def edit_a_partner(
    code: str,
    name: str | None,
    phone: str | None,
    missions: tuple[str, ...],
    sites: tuple[str, ...],
    retired: bool | None,
    confirm: bool,
    as_json: bool,
) -> None:
    """Change ce qui est dit d'un partenaire ; ce qui n'est pas nommé reste."""
    with use_case() as ctx:
        found = partners.partner_by_code(ctx.session, code)
        if name is not None or phone is not None:
            shown = found.shown_phone or "" if phone is None else phone
            edit_partner(ctx, found, name=found.name if name is None else name, shown_phone=shown)
        if sites:
            set_partner_sites(ctx, found, _site_ids(ctx.session, sites))
        if missions:
            given = [CampaignKind(word) for word in missions]
            places.change_missions(ctx, found, given, confirmed=confirm)
        if retired:
            places.retire_partner(ctx, found.id, confirmed=confirm)
        elif retired is False:
            set_partner_retired(ctx, found, retired=False)
        data = _partner(ctx.session, found)
    answer(data, as_json=as_json, text=f"Partenaire {data['code']} enregistré{_mark(data)}.")


def _site_ids(session: Session, codes: tuple[str, ...]) -> list[int]:
    if "all" not in codes:
        return [accounts.site_by_code(session, code).id for code in codes]
    if len(codes) > 1:
        raise BadInput(N_("« all » ne se combine pas avec des sites."))
    return []


def _partner(session: Session, found: Partner) -> dict[str, Any]:
    codes = {row.id: row.code for row in session.execute(select(Site.id, Site.code))}
    return {
        "id": found.id,
        "code": found.code,
        "name": found.name,
        "phone": found.shown_phone,
        "missions": [str(kind) for kind in given_missions(session).get(found.id, [])],
        "sites": [codes[site_id] for site_id in sites_by_partner(session).get(found.id, [])],
        "retired": found.retired_at is not None,
    }
