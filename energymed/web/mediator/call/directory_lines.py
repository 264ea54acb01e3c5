"""What is told of the fund or the body that is chosen: its rules, its contact, its papers."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from energymed.base.clock import today
from energymed.base.db import db
from energymed.base.text.folding import whole_number
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.aid_papers import papers_of_fund
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.codes import FundFiler
from energymed.mediation.directory import AnyRow
from energymed.mediation.directory_choice import holds, is_old, serves, times_asked
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.partners.rulebook import load_directory_months
from energymed.web.mediator.call.consent_text import consent_told
from energymed.web.mediator.call.forms import ActsForm
from energymed.web.shared.filters import money
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a row: its rules, each in words, and whether it is to be checked again.

    `asked`: how often the person has asked it this year.
    """

    row: AnyRow
    rules: tuple[str, ...]
    old: bool
    asked: int = 0


@requires("cases.work")
def fund_line(case_id: int) -> str:
    """What is told of the fund that is chosen, and the papers to bring: those that it asks for."""
    case, form = get_case(reading(), case_id), ActsForm(formdata=request.args, meta={"csrf": False})
    told = _told(AidFund, form.aid_fund.data, case)
    ticked = form.aid_missing_documents.data
    if told is not None and isinstance(told.row, AidFund) and (told.row.documents or not ticked):
        form.aid_missing_documents.data = list(papers_of_fund(told.row))
    return render_template("mediator/call/_fund_told.html", form=form, fund_told=told)


@requires("cases.work")
def body_line(case_id: int) -> str:
    """What is told of the body that is chosen."""
    case = get_case(reading(), case_id)
    told = _told(SocialBody, request.args.get("referral_body"), case)
    return render_template("mediator/call/_body_told.html", body_told=told)


def told_of(form: ActsForm, case: Case) -> dict[str, Any]:
    """What is told of what a form has chosen; nothing is asked while nothing is."""
    chosen = (form.referral_body.data, form.referral_reason.data, form.referral_mode.data)
    return {
        "fund_told": _told(AidFund, form.aid_fund.data, case),
        "body_told": _told(SocialBody, form.referral_body.data, case),
        "consent_told": consent_told(*chosen),
    }


def _told(model: type[AidFund] | type[SocialBody], chosen: str | None, case: Case) -> Told | None:
    row_id = whole_number(chosen)
    row: Any = db.session.get(model, row_id) if row_id else None
    day = today()
    if row is None or not holds(row, day) or not serves(row, case.postal_code):
        return None
    old = is_old(row.checked_on, day, load_directory_months(db.session(), day))
    if not isinstance(row, AidFund):
        papers = ", ".join(_(DOCUMENTS[paper]) for paper in row.documents)
        return Told(row, (_("pièces : %(papers)s", papers=papers),) if papers else (), old)
    asked = times_asked(db.session(), case.person_id, row.id, day.year)
    return Told(row, rules_in_words(row, asked), old, asked)


def rules_in_words(fund: AidFund, asked: int) -> tuple[str, ...]:
    """The rules of a fund that are known, each in a few words."""
    said = (*_amounts(fund), *_shares(fund), *_limits(fund))
    already = ngettext("déjà demandé une fois cette année", "déjà demandé %(num)s fois cette année",
                       asked)  # fmt: skip
    return (*said, already) if asked else said


def _amounts(fund: AidFund) -> tuple[str, ...]:
    said = []
    if fund.ceiling_cents:
        ceiling = money(fund.ceiling_cents)
        said.append(
            _("plafond %(amount)s (%(basis)s)", amount=ceiling, basis=fund.ceiling_basis)
            if fund.ceiling_basis
            else _("plafond de ressources %(amount)s", amount=ceiling)
        )
    if fund.least_cents and fund.most_cents:
        said.append(_("de %(least)s à %(most)s", least=money(fund.least_cents),
                      most=money(fund.most_cents)))  # fmt: skip
    elif fund.least_cents:
        said.append(_("dès %(least)s", least=money(fund.least_cents)))
    elif fund.most_cents:
        said.append(_("%(most)s au plus", most=money(fund.most_cents)))
    return tuple(said)


def _shares(fund: AidFund) -> tuple[str, ...]:
    said = []
    if fund.own_share:
        said.append(_("reste à charge %(percent)s %%", percent=fund.own_share))
    if fund.loan_share:
        said.append(_("dont prêt %(percent)s %%", percent=fund.loan_share))
    return tuple(said)


def _limits(fund: AidFund) -> tuple[str, ...]:
    said = []
    if fund.times_a_year:
        said.append(ngettext("%(num)s fois par an", "%(num)s fois par an", fund.times_a_year))
    if fund.contract_months == 0:
        said.append(_("contrat en cours"))
    elif fund.contract_months:
        said.append(
            ngettext("contrat en cours ou clos depuis moins d'un mois",
                     "contrat en cours ou clos depuis moins de %(num)s mois", fund.contract_months)
        )  # fmt: skip
    if fund.filed_by == FundFiler.PROFESSIONAL:
        said.append(_("déposé par un professionnel seulement"))
    elif fund.filed_by:
        said.append(_("déposé par la personne"))
    return tuple(said)
