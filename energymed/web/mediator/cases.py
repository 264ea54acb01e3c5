"""The list of cases: searched, filtered, sorted, by pages."""

from collections.abc import Collection
from typing import Any

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from energymed.base.db import db
from energymed.base.text import collapse
from energymed.cases.codes import CLOSURES, KINDS, STATES, WAITING_REASONS
from energymed.cases.queries import SORTS, CaseSearch, search_cases
from energymed.partners.queries import all_partners
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires

SEARCH = "case_search"
LONGEST_SEARCH = 80
NEWEST_FIRST = "-opened"
FILTERS = ("state", "kind", "partner", "mine")


@requires("cases.see")
def search() -> Response:
    """Keep what is searched for in the session: a name has no place in an address."""
    text = collapse(request.form.get("q", ""))[:LONGEST_SEARCH]
    session[SEARCH] = text
    filters: dict[str, Any] = {
        name: value for name, value in request.args.items() if name not in ("page", "found")
    }
    if text:
        filters["found"] = 1
    return redirect(url_for("mediator.cases", **filters), 303)


@requires("cases.see")
def cases() -> str:
    """Cases searched by reference, name, phone or commune; the menu's link shows them all."""
    partners = all_partners(db.session())
    wanted = _wanted({partner.id for partner in partners})
    return render_template(
        "mediator/cases.html",
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
        text=session.get(SEARCH, "") if "found" in args else "",
        state=args.get("state", "") if args.get("state") in STATES else "",
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        partner_id=partner_id if partner_id in partner_ids else None,
        mine="mine" in args,
        sort=sort if sort.removeprefix("-") in SORTS else NEWEST_FIRST,
    )
