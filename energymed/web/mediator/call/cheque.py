"""The energy cheque estimated while the person listens; the income stays on the page."""

from flask import render_template

from energymed.base.clock import today
from energymed.base.db import db
from energymed.base.errors import BadInput, DomainError
from energymed.cases.queries import get_case
from energymed.mediation.budget import Household
from energymed.mediation.cheque_estimate import Estimate, estimate
from energymed.partners.cheque_band_rows import load_cheque_bands
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.mediator.call.forms import ActsForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("queue.call")
def cheque_estimate(case_id: int) -> str:
    """The band and the amount of the running campaign, for what was typed."""
    get_case(reading(), case_id)
    campaign = load_cheque_campaigns(db.session()).running(today())
    found, problem = None, ""
    try:
        found = _estimate(ActsForm(), campaign.year if campaign else None)
    except DomainError as error:
        problem = sentence(error)
    return render_template(
        "mediator/call/_cheque_estimate.html", estimate=found, problem=problem, campaign=campaign
    )


def _estimate(form: ActsForm, year: int | None) -> Estimate | None:
    unread = form.budget_rfr.process_errors
    if unread:
        raise BadInput(str(unread[0]))
    bands = load_cheque_bands(db.session(), year) if year else []
    adults = form.cheque_adults.data
    household = Household(
        adults=1 if adults is None else adults,
        children=form.cheque_children.data or 0,
        half_children=form.cheque_half_children.data or 0,
    )
    return estimate(bands, form.budget_rfr.cents, household)
