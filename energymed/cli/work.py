"""`assign`: spread what is to be assigned evenly over the mediators."""

from collections import Counter

import click
from sqlalchemy.orm import Session

from energymed.accounts.actor import SYSTEM
from energymed.accounts.models import Site, User
from energymed.accounts.queries import mediators, user_by_email
from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.assignment import Share, apply_spread
from energymed.calling.pile import CaseFilter, to_assign
from energymed.cli.common import answer, json_option, with_app
from energymed.partners.service import partner_by_code


@click.command()
@click.option("--partner", "partner_code", required=True)
@click.option("--mediator", "emails", multiple=True, help="Peut être répété.")
@json_option
@with_app
def assign(partner_code: str, emails: tuple[str, ...], as_json: bool) -> None:
    """Répartit les dossiers d'un partenaire à parts égales du temps disponible."""
    with transaction() as session:
        partner = partner_by_code(session, partner_code)
        if emails:
            team = [user_by_email(session, email) for email in emails]
        else:
            team = mediators(session, SYSTEM)
        if emails:
            shares, elsewhere = _spread_near(session, partner.id, team)
        else:
            shares, elsewhere = _spread_by_site(session, partner.id, team), {}
        given = {user.email: 0 for user in team} if emails else {}
        given.update({share.user.email: len(share.cases) for share in shares})
        total = sum(given.values())
        rows = [{"email": email, "cases": count} for email, count in given.items()]
    data: dict[str, object] = {"assigned": total, "mediators": rows}
    lines = [f"Répartis : {total}", *(f"{row['email']:<40} {row['cases']}" for row in rows)]
    if elsewhere:
        data["passed_over"] = [{"site": code, "cases": n} for code, n in elsewhere.items()]
        told = ", ".join(f"{code} ({count})" for code, count in elsewhere.items())
        lines.append(f"Laissés, d'un site où aucun de ces médiateurs ne travaille : {told}")
    answer(data, as_json=as_json, text="\n".join(lines))


def _spread_near(
    session: Session, partner_id: int, team: list[User]
) -> tuple[list[Share], dict[str, int]]:
    """The cases of the sites that the named mediators belong to.

    Returns:
        The shares, and {code of another site: cases to assign that stay there}.
    """
    shares: list[Share] = []
    elsewhere: dict[str, int] = {}
    for site_id, count in _waiting(session, partner_id).items():
        own = [user.id for user in team if user.site_id == site_id]
        if own:
            chosen = CaseFilter(partner_id=partner_id, site_id=site_id)
            shares += apply_spread(session, SYSTEM, chosen, own, now=now())
        else:
            elsewhere[session.get_one(Site, site_id).code] = count
    return shares, elsewhere


def _spread_by_site(session: Session, partner_id: int, team: list[User]) -> list[Share]:
    """Each site's cases go to that site's mediators.

    Raises:
        BadInput: a site has cases and nobody of the team.
    """
    shares: list[Share] = []
    for site_id in _waiting(session, partner_id):
        own = [user.id for user in team if user.site_id == site_id]
        if not own:
            raise BadInput(N_("Aucun médiateur actif sur le site de ces dossiers."))
        chosen = CaseFilter(partner_id=partner_id, site_id=site_id)
        shares += apply_spread(session, SYSTEM, chosen, own, now=now())
    return shares


def _waiting(session: Session, partner_id: int) -> dict[int, int]:
    """{site: cases of the partner to assign}, by site."""
    waiting = session.scalars(to_assign(SYSTEM, CaseFilter(partner_id=partner_id)))
    return dict(sorted(Counter(case.site_id for case in waiting).items()))
