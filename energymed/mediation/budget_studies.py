"""A budget studied with the person: the verdict is kept; the amounts only where the person agrees.

What is typed of a household stays on the page otherwise: it is in no draft, no log and no row
(DOMAIN §12, §14).
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.budget import (
    Budget,
    BudgetLine,
    BudgetRules,
    Household,
    check_budget,
    rules_from,
    study,
)
from energymed.mediation.codes import BUDGET_BANDS, ActKind, BudgetBand
from energymed.mediation.journal import known_act, new_act
from energymed.mediation.models import HouseholdBudget
from energymed.partners.rulebook import load_solution_rules


@dataclass(frozen=True, slots=True)
class BudgetStudy:
    """What was found: by the figures, or, where they were seen elsewhere, the `band` as told.

    `budget` is not part of any text of this value: nothing that prints it tells an amount.
    `instalment_cents` is what the plan of the same conversation asks a month. `kept`: the person
    agrees that the amounts be kept.
    """

    budget: Budget = field(repr=False)
    band: BudgetBand | None = None
    instalment_cents: Cents = 0
    kept: bool = False


def budget_rules_of(session: Session, case: Case, on: date) -> BudgetRules:
    """The thresholds in force `on` a day for a case."""
    rules = load_solution_rules(session, on, partner_id=case.partner_id, kind=case.campaign_kind)
    return rules_from(rules)


def check_study(session: Session, case: Case, told: BudgetStudy, on: date) -> BudgetBand:
    """The verdict that would be kept: that of the figures where there are resources.

    Raises:
        BadInput: an amount or a household that cannot be, nothing found, or nothing to be kept;
            with `params["field"]`.
    """
    check_budget(told.budget)
    found = study(told.budget, budget_rules_of(session, case, on), told.instalment_cents)
    band = found.band or told.band
    if band not in BUDGET_BANDS:
        raise BadInput(
            N_("Donnez les ressources du mois, ou dites ce qui a été trouvé."), field="band"
        )
    if told.kept and found.band is None:
        raise BadInput(N_("Sans ressources, il n'y a rien à garder : décochez."), field="kept")
    assert band is not None
    return band


def record_study(
    ctx: Context,
    case_id: int,
    told: BudgetStudy,
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> HouseholdBudget:
    """Keep what was found of the budget of a case's household today.

    Raises:
        BadInput: as `check_study` does.
        NotFound: unknown or of another site.
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, ActKind.BUDGET_STUDY, request_key)
    if known is not None:
        mine = select(HouseholdBudget).where(HouseholdBudget.act_id == known.id)
        return ctx.session.scalars(mine).one()
    today = paris_date(ctx.now)
    band = check_study(ctx.session, case, told, today)
    act = new_act(ctx, case, ActKind.BUDGET_STUDY, contact_id=contact_id, request_key=request_key)
    found = HouseholdBudget(
        act_id=act.id,
        case_id=case.id,
        band=band,
        instalment_cents=told.instalment_cents,
        amounts=_amounts(told.budget) if told.kept else None,
        household=_household(told.budget.household) if told.kept else None,
        made_on=today,
    )
    ctx.session.add(found)
    ctx.session.flush()
    audit.record(ctx, "budget.studied", found, after={"band": band, "kept": told.kept})
    return found


def get_budget(ctx: Context, budget_id: int) -> HouseholdBudget:
    """A budget, when its case is the actor's to see.

    Raises:
        NotFound: unknown or of another site.
    """
    found = ctx.session.get(HouseholdBudget, budget_id)
    if found is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, found.case_id)
    return found


def kept_budget(found: HouseholdBudget) -> Budget | None:
    """The amounts that the person let us keep; None where the band alone is."""
    if found.amounts is None or found.household is None:
        return None
    amounts = {BudgetLine(line): cents for line, cents in found.amounts.items()}
    return Budget(Household(**found.household), amounts)


def _amounts(budget: Budget) -> dict[str, Cents]:
    return {str(line): cents for line, cents in budget.amounts.items()}


def _household(home: Household) -> dict[str, object]:
    return {
        "adults": home.adults,
        "children": home.children,
        "half_children": home.half_children,
        "retired": home.retired,
    }
