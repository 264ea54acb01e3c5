"""Somebody is away: what they hold, taking some of it back, passing all of it on."""

from collections.abc import Sequence

from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.queries import mediators
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.calling.assignment import cover, spread
from energymed.calling.assignment.spread import MediatorShare
from energymed.partners.codes import CampaignKind
from energymed.web.lead import reads
from energymed.web.lead.assignment.shares import preview_of, who_got
from energymed.web.lead.assignment.unassigned import to
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.list_filters import ListFilters, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SEARCH = "held_search"


@requires("cases.assign")
def search_held() -> Response:
    """Keep what is searched for, a person's name, out of the address."""
    return keep_search(SEARCH, "lead.hand_over")


@requires("cases.assign")
def unassign_held() -> Response:
    """Take the ticked cases back from their mediator: they are to be assigned again."""
    cases = request.form.getlist("case", type=int)
    with use_case() as ctx:
        done = spread.unassign_cases(ctx, cases)
    flash(
        ngettext(
            "%(num)s dossier repris : il est de nouveau à répartir.",
            "%(num)s dossiers repris : ils sont de nouveau à répartir.",
            done,
        )
        if done
        else _(
            "Cochez les dossiers à reprendre ; ceux qui sont clos ou en appel restent en place."
        ),
        "success" if done else "warning",
    )
    kept = {name: text for name in ("from", "found", "sort") if (text := request.form.get(name))}
    return to("lead.hand_over", kept)


@requires("cases.assign")
def hand_over() -> str | Response:
    """What somebody holds, and giving all that was shown to others when they are away."""
    asked = request.values
    from_id, to_ids = asked.get("from", 0, type=int), asked.getlist("mediator", type=int)
    if request.method == "GET":
        return _page(from_id, to_ids, preview="preview" in request.args)
    seen = request.form.get("seen", "")
    try:
        with use_case() as ctx:
            shares = cover.cover_absence(ctx, from_id, to_ids, seen_version=seen)
            told = who_got(shares)
    except (BadInput, Conflict, Refused) as error:
        flash(sentence(error), "warning")
        again = {"preview": 1, "mediator": to_ids} if isinstance(error, Conflict) else {}
        return to("lead.hand_over", {"from": from_id, **again})
    flash(told, "success" if any(share.cases for share in shares) else "warning")
    return to("lead.hand_over", {"from": from_id})


def _page(from_id: int, chosen: Sequence[int], *, preview: bool) -> str:
    ctx = reading()
    holders = reads.holders(ctx)
    away = next((holder for holder, _count in holders if holder.id == from_id), None)
    text, sort = kept_search(SEARCH), ListFilters().sort(reads.HELD)
    held = reads.held_cases(ctx, from_id, text, sort)
    loads = reads.loads(ctx) if away else {}
    shares = _shares(ctx, from_id, chosen) if away and preview else []
    return render_template(
        "lead/assignment/cover.html",
        holders=holders,
        away=away,
        passed=cover.count_cases_to_cover(ctx, from_id) if away else None,
        team=[user for user in mediators(ctx) if user.id != from_id],
        **preview_of(ctx, shares, loads),
        chosen=chosen,
        loads=loads,
        page=paginate(ctx.session, held, page_number(), exact=True) if away else None,
        text=text,
        sort=sort,
        kinds=CampaignKind.labels(),
    )


def _shares(ctx: Context, from_id: int, chosen: Sequence[int]) -> list[MediatorShare]:
    """Who would get what; nothing, with a word on the page, when that cannot be."""
    try:
        return cover.preview_cover(ctx, from_id, chosen)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        return []
