"""Letters of what was agreed and found: their words and figures, in French, for `base.pdf`.

They say what was agreed and ask for nothing: this house demands no payment (DOMAIN §1).
"""

from collections.abc import Sequence
from datetime import date

from babel.dates import format_date
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from energymed.accounts.models import Association, User
from energymed.base.db import db
from energymed.base.money import Cents
from energymed.base.pdf import (
    MEDIA_TYPE,
    Facts,
    Figures,
    Letter,
    Paragraph,
    Part,
    Signatures,
    write_pdf,
)
from energymed.cases.models import Case
from energymed.mediation.budget import CHARGES, RESOURCES, Budget, BudgetLine, Findings
from energymed.mediation.models import Plan
from energymed.messages.templates import sender_of
from energymed.web.shared.filters import money, ngettext, phone
from energymed.web.shared.permissions import me

FRENCH = "fr"  # of whoever is written to, whatever the mediator reads
Download = tuple[bytes, str, str]  # content, name, media type


def plan_letter(plan: Plan, today: date) -> Download:
    """What was agreed with the person of a plan, to be sent or signed."""
    with force_locale(FRENCH):
        letter = letter_to(plan.case, _("Accord d'échéancier"), today, _plan_parts(plan))
    return write_pdf(letter), f"echeancier-{plan.case.reference}.pdf", MEDIA_TYPE


def budget_letter(case: Case, budget: Budget, found: Findings, today: date) -> Download:
    """A household's budget, to be signed, as a supplier or a fund takes it."""
    with force_locale(FRENCH):
        parts = _budget_parts(budget, found)
        letter = letter_to(case, _("Synthèse du budget du foyer"), today, parts)
    return write_pdf(letter), f"budget-{case.reference}.pdf", MEDIA_TYPE


def letter_to(case: Case, title: str, today: date, parts: list[Part]) -> Letter:
    """A letter of the association to the person of a case."""
    signs = sender_of(db.session(), case.site_id)
    house = db.session.get(Association, 1)
    name = signs.association if signs else house.name if house else case.site.name
    number = signs.phone if signs else house.phone if house else ""
    person = case.person
    address = (case.address, case.address_extra, f"{case.postal_code or ''} {case.commune or ''}")
    return Letter(
        language=FRENCH,
        title=title,
        sender=[line for line in (name, case.site.name, phone(number) if number else "") if line],
        recipient=[person.full_name, *(line.strip() for line in address if line and line.strip())],
        dated=_("Le %(day)s", day=long_day(today)),
        footer=f"{name} · {case.partner.name} · {case.reference}",
        parts=parts,
    )


def _plan_parts(plan: Plan) -> list[Part]:
    case, first = plan.case, plan.instalments[0]
    agreed = long_day(plan.agreed_on) if plan.agreed_on else ""
    rows = [
        (str(each.number) if each.number else _("Premier versement"), long_day(each.due_on),
         money(each.amount_cents))
        for each in plan.instalments
    ]  # fmt: skip
    return [
        Paragraph(_("Lors de notre échange du %(day)s, nous avons convenu ensemble de l'échéancier "
               "ci-dessous pour votre dossier auprès de %(partner)s.",
               day=agreed, partner=case.partner.name)),
        Facts([
            (_("Fournisseur"), case.partner.name),
            (_("Référence"), case.reference),
            (_("Montant étalé"), money(plan.amount_cents)),
            (_("Premier paiement"), long_day(first.due_on)),
            (_("Moyen de paiement"), _(plan.method.label)),
        ]),
        Figures(_("Calendrier convenu"), [_("N°"), _("Date"), _("Montant")], rows,
                [_("Total"), "", money(plan.amount_cents)], [2, 3, 2]),
        Paragraph(_standing(plan)),
        Paragraph(_("Si votre situation change, ou si une date ne convient plus, appelez-nous : "
               "l'échéancier peut être revu avec vous. Notre association ne reçoit aucun "
               "paiement.")),
        _signatures(_("Le titulaire du contrat"), plan.act.user),
    ]  # fmt: skip


def _standing(plan: Plan) -> str:
    """Whether the supplier has said yes: whoever reads must not take an agreement for more."""
    if plan.confirmed_on:
        return _("%(partner)s l'a confirmé le %(day)s.", partner=plan.case.partner.name,
                 day=long_day(plan.confirmed_on))  # fmt: skip
    return _("Il sera transmis à %(partner)s, qui le confirme.", partner=plan.case.partner.name)


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
        told.append((_("Part de l'énergie dans les ressources"), f"{share} %"))
    return [
        Paragraph(_("Établie avec la personne, d'après ce qu'elle déclare.")),
        _table(budget, RESOURCES, _("Ressources par mois"), found.resources_cents),
        _table(budget, CHARGES, _("Charges par mois"), budget.of(*CHARGES)),
        Facts(told),
        _signatures(_("La personne, lu et approuvé"), me()),
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


def long_day(day: date) -> str:
    """A day as a letter writes it: 23 novembre 2026."""
    return format_date(day, "d MMMM y", locale=FRENCH)
