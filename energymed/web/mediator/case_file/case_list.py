"""The list of cases: searched, filtered, sorted, by pages."""

from collections.abc import Collection

from flask import render_template, request
from werkzeug.wrappers import Response

from energymed.base.db import db
from energymed.cases.codes import STATES, WAITING_REASONS
from energymed.cases.queries import SORTS, CaseSearch, search_cases
from energymed.partners.codes import CLOSURES, KINDS
from energymed.partners.queries import all_partners
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.search_terms import keep_search, kept_search

SEARCH = "case_search"
NEWEST_FIRST = "-opened"
FILTERS = ("state", "kind", "partner", "mine")


@requires("cases.see")
def search() -> Response:
    """Keep what is searched for, a person's name, out of the address."""
    return keep_search(SEARCH, "mediator.cases")


@requires("cases.see")
def cases() -> str:
    """Cases searched by reference, name, phone or commune; the menu's link shows them all."""
    partners = all_partners(db.session())
    wanted = _wanted({partner.id for partner in partners})
    return render_template(
        "mediator/case_file/cases.html",
        page=paginate(db.session(), search_cases(actor(), wanted), page_number()),
        wanted=wanted,
        filtered=any(request.args.get(name) for name in FILTERS),
        states=STATES,
        kinds=KINDS,
        waiting=WAITING_REASONS,
        closures=CLOSURES,
        partners=partners,
    )


def _wanted(partner_ids: Collection[int]) -> CaseSearch:
    """What the address and the session ask for; what makes no sense asks nothing."""
    args = request.args
    partner_id = args.get("partner", type=int)
    sort = args.get("sort", NEWEST_FIRST)
    return CaseSearch(
        text=kept_search(SEARCH),
        state=args.get("state", "") if args.get("state") in STATES else "",
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        partner_id=partner_id if partner_id in partner_ids else None,
        mine="mine" in args,
        sort=sort if sort.removeprefix("-") in SORTS else NEWEST_FIRST,
    )
