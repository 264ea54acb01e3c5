"""Plans side by side with the household's budget, drawn anew as they are typed; nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import render_template
from werkzeug.wrappers import Response

from energymed.base.clock import now, today
from energymed.base.db import db
from energymed.base.errors import BadInput, DomainError
from energymed.base.money import Cents
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.budget import Findings, check_budget, study
from energymed.mediation.budget_studies import budget_rules_of
from energymed.mediation.codes import ActKind, BudgetBand
from energymed.mediation.comparison import beside, usual_first_day
from energymed.mediation.models import Plan
from energymed.mediation.plan_limits import PlanLimits, check_limits
from energymed.mediation.plans import limits_of, payments_of, proposed_plan, running_plan
from energymed.mediation.rules import NOT_GIVEN, PlanTerms, ScheduledPayment, count_of, schedule
from energymed.messages.letters.library import variant_of
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.outcome_form import (
    budget_of,
    guardian_is_there,
    instalment_a_month,
    plan_terms,
)
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.letters.plan_and_budget import budget_letter
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading

KEYS = (
    "w",
    "x",
    "y",
    "z",
)  # of the plans side by side, while the hand is in the plan or the budget


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the plans side by side: what each instalment is, and when the last one is due.

    `consent` says why the partner has to agree, `problem` why there is no such plan; `chosen` is
    the one of the form.
    """

    key: str
    count: int
    first_due_on: str
    chosen: bool
    each_cents: Cents = 0
    last: ScheduledPayment | None = None
    consent: str = ""
    problem: str = ""
    band: BudgetBand | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """The plan as typed with those beside it, and what the budget says; `problem`: why it is none.

    `former` is the plan whose place it takes.
    """

    payments: list[ScheduledPayment]
    problem: str
    consent: str
    former: Plan | None
    choices: list[Choice]
    findings: Findings | None
    budget_problem: str


@requires("queue.call")
def schedule_typed(case_id: int) -> str:
    """The plan as typed, those beside it and the budget, by the rules that save them."""
    case = get_case(reading(), case_id)
    form = call_form.call_form(case, actor())
    form.validate()
    return render_template(
        "mediator/call/_schedule.html", solution=solution_of(form, case), live=True
    )


@requires("queue.call")
def budget_pdf(case_id: int) -> Response:
    """The budget as typed, as a document to be signed; nothing of it is kept."""
    case = get_case(reading(), case_id)
    form = call_form.call_form(case, actor())
    form.validate()
    wrong = next((each for name, each in form.errors.items() if name.startswith("budget_")), None)
    if wrong:
        raise BadInput(str(wrong[0]))
    budget = budget_of(form)
    check_budget(budget)
    asked = instalment_a_month(plan_terms(form)) if _ticked(form, ActKind.PLAN_AGREED) else 0
    found = study(budget, budget_rules_of(db.session(), case, today()), asked)
    return download(*budget_letter(case, budget, found, variant_of(reading(), case), today()))


def solution_of(form: CallForm, case: Case) -> Solution:
    """What the desk shows of the plan and the budget as typed."""
    session, terms = db.session(), plan_terms(form)
    limits = limits_of(session, case, today())
    findings, problem = _findings(form, case, instalment_a_month(terms))
    payments, why = _payments(form, case, terms)
    return Solution(
        payments=payments,
        problem=why,
        consent=_consent(terms, limits) if payments else "",
        former=running_plan(session, case.id) or proposed_plan(session, case.id),
        choices=list(_choices(form, case, terms, limits)),
        findings=findings,
        budget_problem=problem,
    )


def _choices(form: CallForm, case: Case, terms: PlanTerms, limits: PlanLimits) -> Iterator[Choice]:
    """The plans side by side; none while nobody knows how much there is to spread."""
    if terms.rest_cents <= 0 or terms.amount_cents <= 0:
        return
    if terms.first_due_on == NOT_GIVEN:
        terms = replace(terms, first_due_on=usual_first_day(today()))
    typed = count_of(terms)
    for key, each in zip(KEYS, beside(terms), strict=False):
        count = each.instalment_count
        begins = each.first_due_on.isoformat()
        try:
            consent = _consent(each, limits, strict=True)
            last = schedule(each, case.postal_code)[-1]
        except BadInput as error:
            yield Choice(key, count, begins, typed == count, problem=sentence(error))
            continue
        found, _why = _findings(form, case, instalment_a_month(each))
        yield Choice(
            key, count, begins, typed == count, each.regular_cents, last, consent,
            band=found.band if found else None,
        )  # fmt: skip


def _payments(form: CallForm, case: Case, terms: PlanTerms) -> tuple[list[ScheduledPayment], str]:
    """The payments of the plan as typed, or why there are none."""
    try:
        guarded = guardian_is_there(form)
        return payments_of(db.session(), case, terms, now=now(), with_guardian=guarded), ""
    except DomainError as error:
        return [], sentence(error)


def _consent(terms: PlanTerms, limits: PlanLimits, *, strict: bool = False) -> str:
    """Why the partner has to agree to a plan; "" where the mediator grants it alone.

    Raises:
        BadInput: with `strict`, what makes no plan or is beyond what a partner consents to.
    """
    try:
        needed = check_limits(terms, limits)
    except BadInput:
        if strict:
            raise
        return ""
    return sentence(needed) if needed else ""


def _findings(form: CallForm, case: Case, instalment_cents: Cents) -> tuple[Findings | None, str]:
    """What the budget as typed says; None while there is none, and what is wrong with it."""
    if not _ticked(form, ActKind.BUDGET_STUDY):
        return None, ""
    budget, asked = budget_of(form), instalment_cents
    if not _ticked(form, ActKind.PLAN_AGREED):
        asked = 0
    try:
        check_budget(budget)
    except BadInput as error:
        return None, sentence(error)
    return study(budget, budget_rules_of(db.session(), case, today()), asked), ""


def _ticked(form: CallForm, kind: ActKind) -> bool:
    return kind in (form.acts.data or ())
