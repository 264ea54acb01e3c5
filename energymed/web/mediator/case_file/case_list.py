"""The list of cases: searched, filtered, sorted, by pages."""

from collections.abc import Collection

from flask import render_template, request
from werkzeug.wrappers import Response

from energymed.accounts.codes import Role
from energymed.cases.codes import CaseState
from energymed.cases.queries import CASES, CaseSearch, search_cases
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.mediator.case_file.saved_views import views_page
from energymed.web.shared.list_filters import ListFilters, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

SEARCH = "case_search"
FILTERS = ("state", "kind", "partner")
OWN_FIRST = (Role.MEDIATOR, Role.TRAINEE)  # whose own cases are what the list shows first


@requires("cases.see")
def search() -> Response:
    """Keep what is searched for, a person's name, out of the address."""
    return keep_search(SEARCH, "mediator.cases")


@requires("cases.see")
def cases() -> str:
    """Cases searched by reference, name, phone or commune; a mediator's own unless asked for all.

    A search is for anybody of the site.
    """
    ctx = reading()
    partners = all_partners(ctx.session)
    wanted = _wanted(ctx.actor.role, {partner.id for partner in partners})
    return render_template(
        "mediator/case_file/cases.html",
        page=paginate(ctx.session, search_cases(ctx, wanted), page_number()),
        wanted=wanted,
        filtered=any(request.args.get(name) for name in FILTERS),
        states=CaseState.labels(),
        kinds=CampaignKind.labels(),
        partners=partners,
        own_first=ctx.actor.role in OWN_FIRST,
        **views_page(ctx),
    )


def _wanted(role: str, partner_ids: Collection[int]) -> CaseSearch:
    """What the address and the session ask for."""
    given, text = ListFilters(), kept_search(SEARCH)
    own = role in OWN_FIRST and not text and "all" not in given.given
    return CaseSearch(
        text=text,
        state=given.one_of("state", CaseState.labels()),
        kind=given.one_of("kind", CampaignKind.labels()),
        partner_id=given.number("partner", partner_ids),
        mine=own or "mine" in given.given,
        sort=given.sort(CASES),
    )
