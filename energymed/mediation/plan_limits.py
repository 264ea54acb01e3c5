"""What a partner lets a plan be: granted by the mediator alone, or with its consent. Pure.

The figures are dated rules of the partner's campaign (`partners.rulebook`, `plan_…`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from energymed.base.dates import add_months
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.mediation.rules import PlanTerms, agreed_day, check_terms, count_of

ONE = 1  # the number of the first instalment, the first payment aside


@dataclass(frozen=True, slots=True)
class Bounds:
    """Longest (in instalments, and in months from the first to the last one) and smallest."""

    count: int
    months: int
    smallest_cents: Cents


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What the mediator grants alone, and what the partner may consent to beyond that."""

    alone: Bounds
    most: Bounds


def limits_from(rules: Mapping[str, Any]) -> PlanLimits:
    """The limits as the dated rules tell them (`load_solution_rules`)."""
    alone, most = (
        Bounds(
            count=rules[f"plan_count_{level}"],
            months=rules[f"plan_months_{level}"],
            smallest_cents=rules[f"plan_smallest_{level}"],
        )
        for level in ("alone", "most")
    )
    return PlanLimits(alone, most)


def check_limits(terms: PlanTerms, limits: PlanLimits) -> BadInput | None:
    """Why the partner's consent is needed, in one sentence; None when the mediator grants it alone.

    Raises:
        BadInput: the terms make no plan, or are beyond what the partner consents to.
    """
    faults, too_many = Faults(), _too_many(terms, limits.most)
    with faults:
        check_terms(terms)
    if too_many is not None:
        faults.found.append(too_many)
    faults.tell()
    beyond = _beyond(terms, limits.most)
    if beyond is not None:
        raise beyond
    return _beyond(terms, limits.alone)


def _too_many(terms: PlanTerms, bounds: Bounds) -> BadInput | None:
    count = count_of(terms)
    if count <= bounds.count:
        return None
    return BadInput(
        N_("%(count)s échéances : le partenaire en prévoit %(most)s au plus."),
        count=count, most=bounds.count, field=_field(terms),
    )  # fmt: skip


def _field(terms: PlanTerms) -> str:
    return "size" if terms.instalment_cents else "count"


def _beyond(terms: PlanTerms, bounds: Bounds) -> BadInput | None:
    """What of the terms lies beyond these bounds, as a sentence of the partner's rule."""
    field, too_many = _field(terms), _too_many(terms, bounds)
    if too_many is not None:
        return too_many
    first, last = agreed_day(terms, ONE), agreed_day(terms, count_of(terms))
    if last >= add_months(first, bounds.months):
        return BadInput(
            N_("Plus de %(most)s mois : le partenaire n'en prévoit pas davantage."),
            most=bounds.months, field=field,
        )  # fmt: skip
    if terms.regular_cents < bounds.smallest_cents:
        return BadInput(
            N_("Des échéances de moins de %(least)s € : le partenaire n'en prévoit pas d'aussi "
               "petites."),
            least=f"{bounds.smallest_cents / 100:.2f}".replace(".", ","), field=field,
        )  # fmt: skip
    return None
