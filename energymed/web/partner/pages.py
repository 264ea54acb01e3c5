"""What a partner sees: its own figures, the cases behind them, its returns."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.base.periods import Period, parse_period
from energymed.partners.codes import CampaignKind
from energymed.reporting.deliveries import deliveries as own_deliveries
from energymed.reporting.deliveries import fetch
from energymed.reporting.formats import MEDIA_TYPES
from energymed.reporting.indicators import compute_with_year_before
from energymed.reporting.scope import Scope
from energymed.reporting.told import what_is_told
from energymed.web.shared.downloads import download
from energymed.web.shared.figure_pages import (
    FigureAsked,
    behind_file,
    behind_page,
    definitions_page,
)
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.period_choice import asked_period, compared_name, period_choices
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case

HEADLINES = ("cases_received", "cases_handled", "reach_rate", "debt_total_cents",
             "payments_confirmed_cents", "cleared_share")  # fmt: skip
SHOWN = ("calls_out", "contacts_out", "action_share", "plans_negotiated", "plans_confirmed",
         "aids_created", "aids_granted", "referrals", "cheque_awareness",
         "interventions_avoided")  # fmt: skip


@requires("partner.desk")
def overview() -> str:
    """The partner's figures of a period, with the year before."""
    period = _period()
    figures = compute_with_year_before(reading().session, _scope(period), today())
    return render_template(
        "partner/overview.html",
        period=period,
        periods=period_choices(today(), period),
        compared=compared_name(period, today()),
        figures=figures,
        headlines=HEADLINES,
        shown=SHOWN,
        kind=request.args.get("kind", ""),
        opens=what_is_told(reading().session, actor().partner_id).shows_cases_of,
        kinds=CampaignKind.labels(),
    )


@requires("partner.desk")
def behind(code: str) -> str:
    """The cases behind a figure: references and states, never a name nor what is withheld."""
    asked = _figure_asked(code)
    overview_address = url_for("partner.overview", **filters_now("page", "sort"))
    return behind_page(asked, back=overview_address, export="partner.export_behind")


@requires("partner.desk")
def export_behind(code: str) -> Response:
    """The same list as a file."""
    return behind_file(_figure_asked(code))


@requires("partner.desk")
def definitions() -> str:
    """What each figure counts, with an example."""
    return definitions_page(back=url_for("partner.overview"))


def _figure_asked(code: str) -> FigureAsked:
    """The figure of the address.

    Raises:
        NotFound: no such figure, or its cases are not told.
    """
    told = what_is_told(reading().session, actor().partner_id)
    if not told.shows_cases_of(code):
        raise NotFound(N_("Les dossiers de ce chiffre ne sont pas communiqués."))
    return FigureAsked(code, _scope(_period()), told, named=False)


@requires("partner.desk")
def deliveries() -> str:
    """The returns that were handed over, newest first."""
    ctx = reading()
    page = paginate(ctx.session, own_deliveries(ctx.actor), page_number())
    return render_template("partner/deliveries.html", page=page)


@requires("partner.desk")
def delivery(delivery_id: int) -> Response:
    """Download a return; who fetched it and when is noted."""
    with use_case() as ctx:
        fetched, content = fetch(ctx, delivery_id)
        name, media = fetched.file_name, MEDIA_TYPES[fetched.format]
    return download(content, name, media)


def _scope(period: Period) -> Scope:
    kind = ListFilters().code("kind", CampaignKind)
    return Scope(period, partner_id=actor().partner_id, kind=kind)


def _period() -> Period:
    """The period of the address; the running year when it says none or nonsense."""
    return asked_period(request.args, lambda: parse_period(str(today().year)))
