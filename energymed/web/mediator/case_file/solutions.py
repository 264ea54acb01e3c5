"""Documents of what was agreed and found, and the letter that somebody says was sent."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.calling.calls.report import MAX_KEY
from energymed.casework.agreement_letter import letter_sent
from energymed.mediation.budget import study
from energymed.mediation.budget_studies import budget_rules_of, get_budget, kept_budget
from energymed.mediation.plans import read_plan
from energymed.web.mediator.case_file.done import done
from energymed.web.mediator.case_file.take_along import wished_variant
from energymed.web.shared.downloads import download
from energymed.web.shared.letters.plan_and_budget import budget_letter, plan_letter
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("cases.work")
def plan_pdf(plan_id: int) -> Response:
    """What was agreed of a plan, as a letter."""
    plan = read_plan(reading(), plan_id)
    person_read(plan.case.person_id)
    return download(*plan_letter(plan, wished_variant(plan.case), today()))


@requires("cases.work")
def plan_letter_sent(plan_id: int) -> Response:
    """Somebody has sent the letter of a plan."""
    key = request.form.get("request_key", "")[:MAX_KEY] or None

    def work(ctx: Context) -> int:
        return letter_sent(ctx, plan_id, request_key=key).case_id

    return done(work, _("L'envoi du courrier est noté."))


@requires("cases.work")
def kept_budget_pdf(budget_id: int) -> Response:
    """The budget that the person let us keep, to be signed."""
    ctx = reading()
    found = get_budget(ctx, budget_id)
    budget = kept_budget(found)
    if budget is None:
        raise NotFound(N_("Les montants de ce budget n'ont pas été gardés."))
    rules = budget_rules_of(ctx.session, found.case, found.made_on)
    person_read(found.case.person_id)
    findings = study(budget, rules, found.instalment_cents)
    return download(
        *budget_letter(found.case, budget, findings, wished_variant(found.case), today())
    )
