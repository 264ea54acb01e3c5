"""`assign`: spread what is to be assigned evenly over the mediators."""

from collections import Counter
from dataclasses import dataclass, field, replace

import click
from sqlalchemy.orm import Session

from energymed.accounts.models import Site, User
from energymed.accounts.queries import mediators, user_by_email
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.assignment.spread import MediatorShare, apply_spread
from energymed.calling.assignment.unassigned import CaseFilter, unassigned_cases
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
        named = [user_by_email(session, email) for email in emails]
        spread = _spread_by_site(session, partner.id, named)
        given = {user.email: 0 for user in named}
        given.update({share.user.email: len(share.cases) for share in spread.shares})
    rows = [{"email": email, "cases": count} for email, count in given.items()]
    data: dict[str, object] = {"assigned": sum(given.values()), "mediators": rows}
    lines = [f"Répartis : {data['assigned']}"]
    lines += [f"{email:<40} {count}" for email, count in given.items()]
    if spread.elsewhere:
        data["passed_over"] = [{"site": code, "cases": n} for code, n in spread.elsewhere.items()]
        told = ", ".join(f"{code} ({count})" for code, count in spread.elsewhere.items())
        lines.append(f"Laissés, d'un site où aucun de ces médiateurs ne travaille : {told}")
    if spread.never_called:
        data["never_called"] = spread.never_called
        lines.append(f"Laissés, à ne plus jamais appeler : {spread.never_called}")
    answer(data, as_json=as_json, text="\n".join(lines))


@dataclass(slots=True)
class _Spread:
    """What was given; {code of a site where none of the named works: cases that stay there}."""

    shares: list[MediatorShare] = field(default_factory=list)
    elsewhere: dict[str, int] = field(default_factory=dict)
    never_called: int = 0


def _spread_by_site(session: Session, partner_id: int, named: list[User]) -> _Spread:
    """Each site's cases go to that site's mediators: all of them, or those who are named.

    Raises:
        BadInput: nobody is named, and a site has cases but no mediator.
    """
    team = named or mediators(Context(session, SYSTEM))
    done = _Spread()
    of_partner = CaseFilter(partner_id=partner_id)
    waiting = Counter(
        case.site_id
        for case in session.scalars(unassigned_cases(Context(session, SYSTEM), of_partner))
    )
    for site_id, count in sorted(waiting.items()):
        own = [user.id for user in team if user.site_id == site_id]
        if own:
            chosen = replace(of_partner, site_id=site_id)
            shares = apply_spread(Context(session, SYSTEM), chosen, own)
            done.shares += shares
            done.never_called += count - sum(len(share.cases) for share in shares)
        elif named:
            done.elsewhere[session.get_one(Site, site_id).code] = count
        else:
            raise BadInput(N_("Aucun médiateur actif sur le site de ces dossiers."))
    return done
