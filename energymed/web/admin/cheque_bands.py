"""What a campaign of the energy cheque gives: its bands, on the campaign's page."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput, DomainError
from energymed.base.i18n import N_
from energymed.partners.cheque_band_rows import AMOUNTS, save_cheque_bands
from energymed.partners.cheque_bands import ChequeBand
from energymed.partners.cheque_campaign_rows import get_cheque_campaign
from energymed.web.admin.cheque_form import ChequeCampaignForm
from energymed.web.shared.errors import explain_all
from energymed.web.shared.fields import EuroField
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

RANKS = (1, 2, 3, 4)
TITLES = {
    "below_cents": _l("Revenu par unité, moins de"),
    "one_cents": _l("Une unité"),
    "few_cents": _l("Plus d'une, moins de deux"),
    "many_cents": _l("Deux et plus"),
}

NO_BANDS = N_("Les tranches sont vides : aucune estimation n'est proposée pour cette campagne.")


class ChequeBandsForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Four bands of four amounts; all empty where a campaign's are not known."""

    def show(self, bands: Sequence[ChequeBand]) -> None:
        """Fill the form with bands."""
        for band in bands:
            for name in AMOUNTS:
                self[f"band_{band.rank}_{name}"].show(getattr(band, name))

    def bands(self) -> list[ChequeBand]:
        """The bands as typed; a line that is left empty is no band.

        Raises:
            BadInput: a line half filled, or a band after an empty line; with `params["field"]`.
        """
        found: list[ChequeBand] = []
        for rank in RANKS:
            amounts = {name: self[f"band_{rank}_{name}"].cents for name in AMOUNTS}
            given = [name for name, cents in amounts.items() if cents is not None]
            if not given:
                continue
            missing = next((name for name in AMOUNTS if name not in given), None)
            if missing or rank != len(found) + 1:
                raise BadInput(
                    N_("Remplissez la tranche en entier, la première d'abord."),
                    field=f"band_{rank}_{missing or AMOUNTS[0]}",
                )
            found.append(ChequeBand(rank, **{name: cents or 0 for name, cents in amounts.items()}))
        return found


for _rank in RANKS:
    for _name in AMOUNTS:
        setattr(ChequeBandsForm, f"band_{_rank}_{_name}", EuroField(TITLES[_name]))


@requires("rules.manage")
def cheque_bands(year: int) -> str | Response | tuple[str, int]:
    """Set the bands of a campaign right."""
    campaign = get_cheque_campaign(reading().session, year)
    form = ChequeBandsForm()
    if form.validate():
        try:
            bands = form.bands()
            with use_case() as ctx:
                save_cheque_bands(ctx, year, bands)
            flash(_("Les tranches sont enregistrées.") if bands else _(NO_BANDS), "success")
            return redirect(url_for("admin.cheque_campaign", year=year), 303)
        except DomainError as error:
            explain_all(form, error)
    days = ChequeCampaignForm(formdata=None, obj=campaign)
    del days.year
    page = render_template(
        "admin/cheque_campaign.html", form=days, campaign=campaign, bands=form, ranks=RANKS,
        titles=TITLES,
    )  # fmt: skip
    return page, 422
