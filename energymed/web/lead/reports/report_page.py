"""Indicators of a period with the cases behind each, and the returns made for partners."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.accounts.queries import sites
from energymed.base.clock import today
from energymed.base.errors import BadInput
from energymed.base.periods import Period, latest_months
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.reporting import deliveries
from energymed.reporting.codes import ExportFormat
from energymed.reporting.formats import MEDIA_TYPES
from energymed.reporting.indicators import compute_with_year_before
from energymed.reporting.scope import Scope
from energymed.reporting.told import Teller
from energymed.web.lead.reports import report_view
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.figure_pages import (
    FigureAsked,
    behind_file,
    behind_page,
    definitions_page,
)
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.period_choice import (
    asked_period,
    compared_name,
    period_choices,
    period_name,
)
from energymed.web.shared.permissions import actor, may, requires
from energymed.web.shared.use_case import reading, use_case

RETURNS_A_PAGE = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is asked about; `args` carry it in links."""

    period: Period
    partner_id: int | None
    kind: CampaignKind | None
    site_id: int | None

    @property
    def args(self) -> dict[str, Any]:
        """Values for the address, empty ones left out."""
        given = {
            "period": self.period.code,
            "partner": self.partner_id,
            "kind": self.kind,
            "site": self.site_id,
        }
        return {name: value for name, value in given.items() if value}

    def scope(self) -> Scope:
        """The question for the indicators, within the actor's site when there is one."""
        return Scope(self.period, self.partner_id, self.kind, actor().site_id or self.site_id)


@requires("reports.see")
def reports() -> str:
    """The figures of a period beside the year before, each a link to its cases."""
    ctx, asked = reading(), _asked(request.args)
    figures = compute_with_year_before(ctx.session, asked.scope(), today())
    returns = None
    if may("returns.make"):
        statement = deliveries.deliveries(ctx.actor)
        returns = paginate(ctx.session, statement, page_number(), size=RETURNS_A_PAGE)
    return render_template(
        "lead/reports/reports.html",
        asked=asked,
        period_name=period_name,
        periods=period_choices(today(), asked.period),
        compared=compared_name(asked.period, today()),
        groups=report_view.grouped(figures),
        bars=report_view.bars(figures),
        partners=all_partners(ctx.session),
        sites=[] if ctx.actor.site_id else sites(ctx),
        kinds=CampaignKind.labels(),
        returns=returns,
        formats=ExportFormat.labels(),
    )


@requires("reports.cases")
def behind(code: str) -> str:
    """The cases that make one figure, with what each weighs in it."""
    back = url_for("lead.reports", **_asked(request.args).args)
    return behind_page(_figure_asked(code), back=back, export="lead.export_behind")


@requires("reports.cases")
def export_behind(code: str) -> Response:
    """The same list as a file."""
    return behind_file(_figure_asked(code))


@requires("reports.see")
def definitions() -> str:
    """What each figure counts, with an example."""
    return definitions_page(back=url_for("lead.reports"))


@requires("returns.make")
def deliver() -> Response:
    """Put a return on the partner's desk."""
    asked = _asked(request.form)
    try:
        with use_case() as ctx:
            delivery = deliveries.deliver(
                ctx,
                partner_id=asked.partner_id or 0,  # an unknown one is refused there
                site_id=ctx.actor.site_id or 0,
                period=asked.period,
                file_format=request.form.get("format", ""),
            )
            name, amends = delivery.file_name, delivery.amends_id is not None
            is_new = delivery.created_at == ctx.now
    except BadInput as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.reports", **asked.args, _anchor="returns"), 303)
    flash(_delivered(name, is_new=is_new, amends=amends), "success" if is_new else "info")
    return redirect(url_for("lead.reports", **asked.args, _anchor="returns"), 303)


@requires("returns.make")
def delivery(delivery_id: int) -> Response:
    """The bytes of a return; the download is noted."""
    with use_case() as ctx:
        found, content = deliveries.fetch(ctx, delivery_id)
        name, form = found.file_name, found.format
    return download(content, name, MEDIA_TYPES[form])


def _delivered(name: str, *, is_new: bool, amends: bool) -> str:
    if not is_new:
        return _("« %(name)s » est déjà remis, à l'identique : rien de nouveau.", name=name)
    if amends:
        return _("« %(name)s » est remis : il corrige le précédent.", name=name)
    return _("« %(name)s » est remis sur l'espace du partenaire.", name=name)


def _figure_asked(code: str) -> FigureAsked:
    """A figure of the association's own people: nothing of a case is withheld from them."""
    return FigureAsked(code, _asked(request.args).scope(), Teller(frozenset()), named=True)


def _asked(given: MultiDict[str, str]) -> Asked:
    """The question of an address or a form; this month when it names no period."""
    filters = ListFilters(given)
    period = asked_period(given, lambda: latest_months(today(), 1)[0])
    kind = filters.code("kind", CampaignKind)
    return Asked(period, filters.number("partner"), kind, filters.number("site"))
