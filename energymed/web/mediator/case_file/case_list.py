"""The list of cases: searched, filtered, sorted, by pages."""

from collections.abc import Collection
from typing import Any

from flask import render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.accounts.codes import Role
from energymed.accounts.queries import mediators
from energymed.base.context import Context
from energymed.calling.assignment.bulk import BulkAct
from energymed.cases.codes import CaseState
from energymed.cases.queries import CASES, CaseSearch, search_cases
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.mediator.case_file.saved_views import views_page
from energymed.web.shared.list_filters import ListFilters, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import may, requires
from energymed.web.shared.use_case import reading

SEARCH = "case_search"
FILTERS = ("state", "kind", "partner")
LIST = (*FILTERS, "all", "sort", "found")  # what the list is asked for by
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
    wanted = wanted_cases(ctx, request.args, {partner.id for partner in partners})
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
        **_many(ctx),
    )


def _many(ctx: Context) -> dict[str, Any]:
    """What a lead may do with many cases of the list at once; nothing for whoever may not."""
    if not may("cases.assign"):
        return {"bulk_acts": {}}
    return {
        "bulk_acts": BulkAct.labels(),
        "bulk_team": mediators(ctx),
        "bulk_list": [(name, request.args[name]) for name in LIST if name in request.args],
    }


def wanted_cases(
    ctx: Context, given: MultiDict[str, str], partner_ids: Collection[int] | None = None
) -> CaseSearch:
    """What an address, or a form that acts on the list, and the session ask for."""
    asked, text = ListFilters(given), kept_search(SEARCH, given)
    own = ctx.actor.role in OWN_FIRST and not text and "all" not in given
    return CaseSearch(
        text=text,
        state=asked.one_of("state", CaseState.labels()),
        kind=asked.one_of("kind", CampaignKind.labels()),
        partner_id=asked.number("partner", partner_ids),
        mine=own or "mine" in given,
        sort=asked.sort(CASES),
    )
