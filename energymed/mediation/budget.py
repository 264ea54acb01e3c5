"""A household's budget: what is left to live on, and whether an instalment fits in. Pure.

Source: DOMAIN §4 and §14. Amounts are cents a month. Nothing here decides: the verdict stands
beside a plan, and whoever speaks with the person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from energymed.base.codes import Code
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.mediation.codes import BudgetBand, Frequency

DAYS_A_MONTH = Fraction(304, 10)
MOST_PEOPLE = 20
MOST_A_MONTH: Cents = 10_000_000  # above, somebody has slipped on a key
# consumption units of the first, the second and each further person, in hundredths
FIRST, SECOND, FURTHER = 100, 50, 30
MONTHLY_SHARE = {
    Frequency.MONTHLY: Fraction(1),
    Frequency.FORTNIGHTLY: Fraction(26, 12),
    Frequency.WEEKLY: Fraction(52, 12),
}
HUNDRED = 100


class BudgetLine(Code):
    """What is asked, as a household counts it: what comes in, then what goes out, a month."""

    INCOME = "income", N_("Salaires, chômage")
    BENEFITS = "benefits", N_("Prestations (CAF, RSA)")
    PENSIONS = "pensions", N_("Retraites, pensions")
    ALIMONY_RECEIVED = "alimony_received", N_("Pension alimentaire reçue")
    OTHER_RESOURCES = "other_resources", N_("Autres ressources")
    RENT = "rent", N_("Loyer, aide déduite")
    ENERGY = "energy", N_("Énergie")
    WATER = "water", N_("Eau")
    INSURANCE = "insurance", N_("Assurances")
    PHONE = "phone", N_("Téléphone et internet")
    TRANSPORT = "transport", N_("Transports pour le travail")
    TAXES = "taxes", N_("Impôts")
    ALIMONY_PAID = "alimony_paid", N_("Pension alimentaire versée")
    CHILDCARE = "childcare", N_("Garde d'enfants")
    OTHER_CHARGES = "other_charges", N_("Autres charges")
    INSTALMENTS = "instalments", N_("Crédits et échéanciers en cours")


RESOURCES = (
    BudgetLine.INCOME, BudgetLine.BENEFITS, BudgetLine.PENSIONS, BudgetLine.ALIMONY_RECEIVED,
    BudgetLine.OTHER_RESOURCES,
)  # fmt: skip
CHARGES = tuple(line for line in BudgetLine if line not in RESOURCES)
# lines above whose guideline one asks why; their rules are `budget_ask_<line>`
ASKED = (
    BudgetLine.INSURANCE, BudgetLine.PHONE, BudgetLine.TRANSPORT, BudgetLine.OTHER_CHARGES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Household:
    """Who lives from the budget; a child in alternating custody counts half. `retired`: ASPA."""

    adults: int = 1
    children: int = 0
    half_children: int = 0
    retired: bool = False

    @property
    def units(self) -> Fraction:
        """Consumption units: 1 for the first person, 0.5 for the second, 0.3 for each further."""
        whole = self.adults + self.children
        weights = [
            FIRST if at == 0 else SECOND if at == 1 else FURTHER
            for at in range(whole + self.half_children)
        ]
        full, half = sum(weights[:whole]), sum(weights[whole:])
        return Fraction(2 * full + half, 2 * HUNDRED)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a household has and pays a month, in cents by line; what was not said is not there."""

    household: Household = field(default_factory=Household)
    amounts: Mapping[BudgetLine, Cents] = field(default_factory=dict)

    def of(self, *lines: BudgetLine) -> Cents:
        """The sum of these lines."""
        return sum(self.amounts.get(line, 0) for line in lines)

    @property
    def resources_cents(self) -> Cents:
        """All that comes in."""
        return self.of(*RESOURCES)

    @property
    def rest_cents(self) -> Cents:
        """What is left to live on: resources less charges and instalments that run already."""
        return self.resources_cents - self.of(*CHARGES)


@dataclass(frozen=True, slots=True)
class BudgetRules:
    """Thresholds in force (dated rules `budget_…`), in cents and per cent."""

    day_cents: Cents
    tight_percent: int
    energy_percent: int
    floor_cents: Cents
    retired_floor_cents: Cents
    ask_above: Mapping[BudgetLine, Cents]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a budget says before and after an instalment of so many cents a month.

    Amounts are rounded down to the cent; the verdict is worked out from what they were before.
    `band` and `energy_percent` are None without resources. `asks`: lines above their guideline.
    """

    resources_cents: Cents
    rest_cents: Cents
    instalment_cents: Cents
    after_cents: Cents
    units: Fraction
    after_per_unit_cents: Cents
    after_per_unit_day_cents: Cents
    energy_percent: Fraction | None
    energy_high: bool
    band: BudgetBand | None
    asks: tuple[BudgetLine, ...]


def rules_from(rules: Mapping[str, Any]) -> BudgetRules:
    """The thresholds as the dated rules tell them (`load_solution_rules`)."""
    return BudgetRules(
        day_cents=rules["budget_day_cents"],
        tight_percent=rules["budget_tight_percent"],
        energy_percent=rules["budget_energy_percent"],
        floor_cents=rules["budget_floor_rsa"],
        retired_floor_cents=rules["budget_floor_aspa"],
        ask_above={line: rules[f"budget_ask_{line}"] for line in ASKED},
    )


def check_budget(budget: Budget) -> None:
    """Refuse a household without anybody, or an amount that nobody has.

    Raises:
        BadInput: with `params["field"]`.
    """
    home, faults = budget.household, Faults()
    faults.when(
        not 1 <= home.adults <= MOST_PEOPLE,
        BadInput(N_("Donnez un nombre de %(least)s à %(most)s."), least=1, most=MOST_PEOPLE,
                 field="adults"),
    )  # fmt: skip
    for name, number in (("children", home.children), ("half_children", home.half_children)):
        faults.when(
            not 0 <= number <= MOST_PEOPLE,
            BadInput(N_("Donnez un nombre de %(least)s à %(most)s."), least=0, most=MOST_PEOPLE,
                     field=name),
        )  # fmt: skip
    for line, cents in budget.amounts.items():
        faults.when(
            not 0 <= cents <= MOST_A_MONTH,
            BadInput(N_("Donnez un montant par mois, de zéro à %(most)s €."),
                     most=MOST_A_MONTH // HUNDRED, field=str(line)),
        )  # fmt: skip
    faults.tell()


def monthly_cents(instalment_cents: Cents, frequency: Frequency) -> Cents:
    """What an instalment is a month, rounded up to the cent."""
    return -int(-instalment_cents * MONTHLY_SHARE[frequency] // 1)


def study(budget: Budget, rules: BudgetRules, instalment_cents: Cents = 0) -> Findings:
    """What the budget says, with an instalment of so many cents a month."""
    units, resources = budget.household.units, budget.resources_cents
    after = budget.rest_cents - instalment_cents
    per_unit = Fraction(after) / units
    energy = budget.of(BudgetLine.ENERGY)
    share = Fraction(energy * HUNDRED, resources) if resources else None
    return Findings(
        resources_cents=resources,
        rest_cents=budget.rest_cents,
        instalment_cents=instalment_cents,
        after_cents=after,
        units=units,
        after_per_unit_cents=per_unit // 1,
        after_per_unit_day_cents=per_unit / DAYS_A_MONTH // 1,
        energy_percent=share,
        energy_high=share is not None and share > rules.energy_percent,
        band=_band(budget, rules, after, instalment_cents) if resources else None,
        asks=tuple(line for line in ASKED if _asks_why(budget, rules, line)),
    )


def _band(
    budget: Budget, rules: BudgetRules, after_cents: Cents, instalment_cents: Cents
) -> BudgetBand:
    """Of the two lines that a budget must stay above, the nearer one gives the verdict.

    The rest to live on stays above so many euros per unit and day; what instalments leave of the
    resources stays above the minimum income of such a household (DOMAIN §14: never below).
    """
    home = budget.household
    threshold = rules.day_cents * home.units * DAYS_A_MONTH
    floor = (rules.retired_floor_cents if home.retired else rules.floor_cents) * home.units
    left = budget.resources_cents - budget.of(BudgetLine.INSTALMENTS) - instalment_cents
    lines = ((after_cents, threshold), (left, floor))
    tight = Fraction(HUNDRED - rules.tight_percent, HUNDRED)
    if all(has >= line for has, line in lines):
        return BudgetBand.HOLDS
    if all(has >= line * tight for has, line in lines):
        return BudgetBand.TIGHT
    return BudgetBand.DOES_NOT_HOLD


def _asks_why(budget: Budget, rules: BudgetRules, line: BudgetLine) -> bool:
    most = rules.ask_above[line] * budget.household.units
    return 0 < most < budget.of(line)
