"""What a partner sees: its own figures, the cases behind them, its returns."""

from flask import render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.base.periods import Period, parse_period
from energymed.cases.codes import CaseState
from energymed.partners.codes import CampaignKind, Closure
from energymed.partners.disclosure import SOCIAL_SUPPORT, SOCIAL_SUPPORT_LABEL
from energymed.reporting.definitions import INDICATORS, SHARES
from energymed.reporting.deliveries import deliveries as own_deliveries
from energymed.reporting.deliveries import fetch
from energymed.reporting.formats import MEDIA_TYPES
from energymed.reporting.indicators import cases_behind, compute_with_year_before
from energymed.reporting.scope import Scope
from energymed.reporting.told import what_is_told
from energymed.web.shared.downloads import download
from energymed.web.shared.filters import period_choices
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case

HEADLINES = ("cases_received", "cases_handled", "reach_rate", "debt_total_cents",
             "debt_cleared_cents", "cleared_share")  # fmt: skip
SHOWN = ("calls_out", "contacts_out", "plans_negotiated", "plans_confirmed", "aids_created",
         "aids_granted", "referrals", "cheque_awareness", "interventions_avoided")  # fmt: skip


@requires("partner.desk")
def overview() -> str:
    """The partner's figures of a period, with the year before."""
    period = asked_period()
    figures = compute_with_year_before(reading().session, _scope(period))
    return render_template(
        "partner/overview.html",
        period=period,
        periods=period_choices(today(), period),
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
    period, ctx = asked_period(), reading()
    found = INDICATORS.get(code) or SHARES.get(code)
    told = what_is_told(ctx.session, ctx.actor.partner_id)
    if not told.shows_cases_of(code):
        raise NotFound(N_("Les dossiers de ce chiffre ne sont pas communiqués."))
    cases = cases_behind(ctx.actor, code, _scope(period))
    page = paginate(ctx.session, cases, page_number(), exact=True)
    return render_template(
        "partner/behind.html",
        page=page,
        period=period,
        label=_(found.label) if found else code,
        states=CaseState.labels(),
        closures={**Closure.labels(), SOCIAL_SUPPORT: SOCIAL_SUPPORT_LABEL},
        told=told,
        kinds=CampaignKind.labels(),
    )


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


def asked_period() -> Period:
    """The period of the address; the running year when it says none or nonsense."""
    try:
        return parse_period(request.args.get("period", ""))
    except BadInput:
        return parse_period(str(today().year))
