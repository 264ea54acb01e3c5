"""The campaigns of the energy cheque: all of them with the one that runs, one to set right."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import DomainError
from energymed.partners.cheque_band_rows import load_cheque_bands
from energymed.partners.cheque_campaign_rows import (
    get_cheque_campaign,
    load_cheque_campaigns,
    save_cheque_campaign,
)
from energymed.web.admin.cheque_bands import RANKS, TITLES, ChequeBandsForm
from energymed.web.admin.cheque_form import ChequeCampaignForm
from energymed.web.shared.errors import explain_all
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("rules.manage")
def cheque_campaigns() -> Page:
    """Every campaign, and a new one."""
    form = ChequeCampaignForm()
    if form.validate_on_submit() and _saved(form):
        return _done()
    known = load_cheque_campaigns(reading().session)
    page = render_template(
        "admin/cheque_campaigns.html",
        form=form,
        campaigns=known.known,
        running=known.running(today()),
        today=today(),
    )
    return page, 422 if form.errors else 200


@requires("rules.manage")
def cheque_campaign(year: int) -> Page:
    """Set the days of one campaign right."""
    found, form = get_cheque_campaign(reading().session, year), ChequeCampaignForm()
    if not form.is_submitted():
        form.process(obj=found)
    del form.year
    if form.validate_on_submit() and _saved(form, year):
        return _done()
    bands = ChequeBandsForm(formdata=None)
    bands.show(load_cheque_bands(reading().session, year))
    page = render_template(
        "admin/cheque_campaign.html", form=form, campaign=found, bands=bands, ranks=RANKS,
        titles=TITLES,
    )  # fmt: skip
    return page, 422 if form.errors else 200


def _saved(form: ChequeCampaignForm, year: int | None = None) -> bool:
    """Whether the campaign was kept; what is wrong with it is told in the form."""
    try:
        with use_case() as ctx:
            save_cheque_campaign(ctx, form.campaign(year), new=year is None)
    except DomainError as error:
        explain_all(form, error)
        return False
    return True


def _done() -> Response:
    flash(_("La campagne est enregistrée."), "success")
    return redirect(url_for("admin.cheque_campaigns"), 303)
