"""Assignment: filter and search the unassigned cases, spread them or give by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.accounts.queries import mediators
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict
from energymed.calling.assignment import spread
from energymed.calling.assignment.spread import MediatorShare
from energymed.calling.assignment.unassigned import (
    UNASSIGNED,
    CaseFilter,
    unassigned_cases,
    unassigned_communes,
)
from energymed.calling.eligibility.stopped import never_called, never_called_among
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.lead import reads
from energymed.web.lead.assignment.shares import preview_of, who_got
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.list_filters import ListFilters, keep_search, kept_search
from energymed.web.shared.paging import count, page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SEARCH = "unassigned_search"
NAMES = ("partner", "kind", "commune", "least", "most", "before")


@dataclass(frozen=True, slots=True)
class UnassignedFilter:
    """What was asked: `args` as typed (for links and hidden fields), `chosen` for the service.

    `error` is a sentence when something typed cannot be read; that part is then left out. `sort`
    is the order of the list, never that of the spread.
    """

    args: dict[str, str]
    chosen: CaseFilter
    error: str | None = None
    sort: str = ""

    @property
    def filtered(self) -> bool:
        """True when something but the search narrows the list."""
        return any(name in self.args for name in NAMES)


@requires("cases.assign")
def assign() -> str:
    """The cases to be assigned, filtered; with mediators chosen, who would get what."""
    wanted = read_filter(request.args)
    chosen = request.args.getlist("mediator", type=int)
    return _page(wanted, chosen, preview="preview" in request.args)


@requires("cases.assign")
def search_unassigned() -> Response:
    """Keep what is searched for, a person's name, out of the address."""
    return keep_search(SEARCH, "lead.assign")


@requires("cases.assign")
def apply_spread() -> Response | tuple[str, int]:
    """Do what the preview showed; show it again when that is no longer what would be done."""
    wanted = read_filter(request.form)
    chosen, seen = request.form.getlist("mediator", type=int), request.form.get("seen", "")
    if wanted.error:
        return _page(wanted, chosen, preview=False), 422
    try:
        with use_case() as ctx:
            shares = spread.apply_spread(ctx, wanted.chosen, chosen, seen_version=seen)
            told = who_got(shares)
    except (BadInput, Conflict) as error:
        flash(sentence(error), "warning")
        again = {"preview": 1, "mediator": chosen} if isinstance(error, Conflict) else {}
        return to("lead.assign", {**wanted.args, **again})
    flash(told, "success" if any(share.cases for share in shares) else "warning")
    return to("lead.assign", wanted.args)


@requires("cases.assign")
def assign_by_hand() -> Response:
    """Give the ticked cases to one mediator."""
    wanted = read_filter(request.form)
    cases = request.form.getlist("case", type=int)
    user_id = request.form.get("user", 0, type=int)
    if not cases or not user_id:
        flash(_("Cochez des dossiers et choisissez à qui les donner."), "warning")
        return to("lead.assign", wanted.args)
    try:
        with use_case() as ctx:
            done, gone = spread.assign_by_hand(ctx, cases, user_id)
    except BadInput as error:
        flash(sentence(error), "warning")
        return to("lead.assign", wanted.args)
    _tell_given(done, gone)
    return to("lead.assign", wanted.args)


def _tell_given(done: int, gone: int) -> None:
    """How many were given, and how many somebody else was quicker with."""
    if done or not gone:
        flash(
            ngettext("%(num)s dossier donné.", "%(num)s dossiers donnés.", done),
            "success" if done else "warning",
        )
    if gone:
        flash(
            ngettext(
                "%(num)s dossier coché a été donné ou pris entre-temps : il reste où il est.",
                "%(num)s dossiers cochés ont été donnés ou pris entre-temps : ils restent où ils "
                "sont.",
                gone,
            ),
            "warning",
        )


def to(endpoint: str, args: Mapping[str, Any]) -> Response:
    """Back to a page after something was done, or refused."""
    return redirect(url_for(endpoint, **args), 303)


def _page(wanted: UnassignedFilter, chosen: Sequence[int], *, preview: bool) -> str:
    ctx = reading()
    loads = reads.loads(ctx)
    shares: list[MediatorShare] = []
    refusal = wanted.error
    if preview and not refusal:
        try:
            shares = spread.preview_spread(ctx, wanted.chosen, chosen)
        except BadInput as error:
            refusal = sentence(error)
    waiting = UNASSIGNED.order(unassigned_cases(ctx, wanted.chosen), wanted.sort)
    page = paginate(ctx.session, waiting, page_number(), exact=True)
    return render_template(
        "lead/assignment/unassigned.html",
        page=page,
        never=never_called_among(ctx.session, [case.id for case in page.items]),
        wanted=wanted,
        refusal=refusal,
        **preview_of(ctx, shares, loads),
        left_out=_left_out(ctx, wanted) if shares else 0,
        team=mediators(ctx),
        chosen=chosen,
        loads=loads,
        partners=all_partners(ctx.session),
        communes=unassigned_communes(ctx),
        kinds=CampaignKind.labels(),
    )


def _left_out(ctx: Context, wanted: UnassignedFilter) -> int:
    """How many of the filtered cases are never to be called: they stay unassigned."""
    return count(ctx.session, unassigned_cases(ctx, wanted.chosen).where(never_called()))


def read_filter(values: MultiDict[str, str]) -> UnassignedFilter:
    """The filter in the values of an address or a form."""
    given = ListFilters(values)
    chosen = CaseFilter(
        partner_id=given.number("partner"),
        kind=given.code("kind", CampaignKind),
        commune=given.text("commune") or None,
        least_cents=given.cents("least"),
        most_cents=given.cents("most"),
        cutoff_before=given.day("before"),
        text=kept_search(SEARCH, values),
    )
    return UnassignedFilter(
        given.typed(*NAMES, "found", "sort"), chosen, given.error, given.sort(UNASSIGNED)
    )
