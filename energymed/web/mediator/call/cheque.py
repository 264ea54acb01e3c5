"""The energy cheque estimated while the person listens; the income stays on the page."""

from flask import render_template
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import Optional

from energymed.base.clock import today
from energymed.base.db import db
from energymed.base.errors import BadInput, DomainError
from energymed.cases.queries import get_case
from energymed.mediation.budget import Household
from energymed.mediation.cheque_estimate import Estimate, estimate
from energymed.partners.cheque_band_rows import load_cheque_bands
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.shared.errors import sentence
from energymed.web.shared.fields import EuroField
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


class ChequeEstimateForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What is asked for an estimate; nothing of it is kept."""

    budget_rfr = EuroField()
    cheque_adults = IntegerField(validators=[Optional()])
    cheque_children = IntegerField(validators=[Optional()])
    cheque_half_children = IntegerField(validators=[Optional()])

    @property
    def household(self) -> Household:
        """Nobody said is one adult."""
        adults = self.cheque_adults.data
        return Household(
            adults=1 if adults is None else adults,
            children=self.cheque_children.data or 0,
            half_children=self.cheque_half_children.data or 0,
        )


@requires("queue.call")
def cheque_estimate(case_id: int) -> str:
    """The band and the amount of the running campaign, for what was typed."""
    get_case(reading(), case_id)
    campaign = load_cheque_campaigns(db.session()).running(today())
    found, problem = None, ""
    try:
        found = _estimate(ChequeEstimateForm(), campaign.year if campaign else None)
    except DomainError as error:
        problem = sentence(error)
    return render_template(
        "mediator/call/_cheque_estimate.html", estimate=found, problem=problem, campaign=campaign
    )


def _estimate(form: ChequeEstimateForm, year: int | None) -> Estimate | None:
    form.validate()
    if form.budget_rfr.errors:
        raise BadInput(str(form.budget_rfr.errors[0]))
    bands = load_cheque_bands(db.session(), year) if year else []
    return estimate(bands, form.budget_rfr.cents, form.household)
