"""Letters of what was agreed and found: their figures, in French, for `base.pdf`.

They say what was agreed and ask for nothing: this house demands no payment (DOMAIN §1).
"""

from collections.abc import Sequence
from datetime import date

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from energymed.accounts.models import User
from energymed.base.money import Cents
from energymed.base.pdf import Facts, Figures, Part, Signatures
from energymed.cases.models import Case
from energymed.mediation.budget import CHARGES, RESOURCES, Budget, BudgetLine, Findings
from energymed.mediation.models import Plan
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.web.shared.filters import money, ngettext
from energymed.web.shared.letters.page import (
    FRENCH,
    Download,
    Told,
    as_download,
    letter_of,
    long_day,
)
from energymed.web.shared.permissions import me


def plan_letter(plan: Plan, variant: LetterVariant, today: date) -> Download:
    """What was agreed with the person of a plan, to be sent or signed."""
    letter = letter_of(plan.case, plan_told(plan, variant), variant, today)
    return as_download(letter, f"echeancier-{plan.case.reference}")


def budget_letter(
    case: Case, budget: Budget, found: Findings, variant: LetterVariant, today: date
) -> Download:
    """A household's budget, to be signed, as a supplier or a fund takes it."""
    with force_locale(FRENCH):
        told = Told(
            LetterKind.BUDGET,
            {},
            _budget_parts(budget, found),
            [_signatures(_("La personne, lu et approuvé"), me())],
        )
    return as_download(letter_of(case, told, variant, today), f"budget-{case.reference}")


def plan_told(plan: Plan, variant: LetterVariant) -> Told:
    """What the agreement of a plan tells."""
    with force_locale(FRENCH):
        return Told(
            LetterKind.PLAN_AGREEMENT,
            {
                "jour": long_day(plan.agreed_on) if plan.agreed_on else "–",
                "confirmation": _standing(plan, variant),
            },
            [*_plan_facts(plan), plan_days(plan)],
            [_signatures(_("Le titulaire du contrat"), plan.act.user)],
        )


def plan_days(plan: Plan) -> Figures:
    """The payments of a plan, in French."""
    rows = [
        (str(each.number) if each.number else _("Premier versement"), long_day(each.due_on),
         money(each.amount_cents))
        for each in plan.instalments
    ]  # fmt: skip
    return Figures(_("Calendrier convenu"), [_("N°"), _("Date"), _("Montant")], rows,
                   [_("Total"), "", money(plan.amount_cents)], [2, 3, 2])  # fmt: skip


def _plan_facts(plan: Plan) -> list[Part]:
    return [
        Facts([
            (_("Fournisseur"), plan.case.partner.name),
            (_("Référence"), plan.case.reference),
            (_("Montant étalé"), money(plan.amount_cents)),
            (_("Premier paiement"), long_day(plan.instalments[0].due_on)),
            (_("Moyen de paiement"), _(plan.method.label)),
        ])
    ]  # fmt: skip


def _standing(plan: Plan, variant: LetterVariant) -> str:
    """Whether the supplier has said yes: whoever reads must not take an agreement for more."""
    partner = plan.case.partner.name
    if plan.confirmed_on:
        return _("%(partner)s l'a confirmé le %(day)s.", partner=partner,
                 day=long_day(plan.confirmed_on))  # fmt: skip
    if variant == LetterVariant.PLAIN:
        return _("Nous donnons ces dates à %(partner)s. %(partner)s dira si c’est d’accord.",
                 partner=partner)  # fmt: skip
    return _("Il sera transmis à %(partner)s, qui le confirme.", partner=partner)


def _budget_parts(budget: Budget, found: Findings) -> list[Part]:
    home = budget.household
    who = [ngettext("%(num)s adulte", "%(num)s adultes", home.adults)]
    if home.children:
        who.append(ngettext("%(num)s enfant", "%(num)s enfants", home.children))
    if home.half_children:
        who.append(ngettext("%(num)s enfant en garde alternée", "%(num)s enfants en garde alternée",
                            home.half_children))  # fmt: skip
    units = format_decimal(float(found.units), "0.##")
    told = [
        (_("Foyer"), ", ".join(who)),
        (_("Unités de consommation"), units),
        (_("Reste à vivre par mois"), money(found.rest_cents)),
    ]
    if found.instalment_cents:
        told += [
            (_("Échéance étudiée, par mois"), money(found.instalment_cents)),
            (_("Reste à vivre après l'échéance"), money(found.after_cents)),
        ]
    told += [
        (_("Par unité de consommation"), money(found.after_per_unit_cents)),
        (_("Par unité et par jour"), money(found.after_per_unit_day_cents)),
    ]
    if found.energy_percent is not None:
        share = format_decimal(float(found.energy_percent), "0.0")
        told.append((_("Part de l'énergie dans les ressources"), f"{share}\N{NO-BREAK SPACE}%"))
    return [
        _table(budget, RESOURCES, _("Ressources par mois"), found.resources_cents),
        _table(budget, CHARGES, _("Charges par mois"), budget.of(*CHARGES)),
        Facts(told),
    ]  # fmt: skip


def _table(budget: Budget, lines: Sequence[BudgetLine], title: str, total_cents: Cents) -> Figures:
    rows = [
        (_(line.label), money(budget.amounts[line])) for line in lines if line in budget.amounts
    ]
    total = [_("Total"), money(total_cents)]
    return Figures(title, [_("Ligne"), _("Montant")], rows, total, [4, 1])


def _signatures(person: str, user: User | None) -> Signatures:
    name = user.name if user else ""
    return Signatures([person, _("Pour l'association : %(name)s", name=name)])
