"""Assignment: filter the pile, spread it or give by hand, take back, hand over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.accounts.actor import Actor
from energymed.accounts.queries import mediators
from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput, Refused
from energymed.calling import assignment
from energymed.calling.assignment import Share
from energymed.cases.codes import KINDS
from energymed.partners.queries import all_partners
from energymed.web.lead import reads
from energymed.web.lead.assign_filter import PileFilter, read_filter
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.paging import Page, page_number, paginate
from energymed.web.shared.permissions import actor, requires


@requires("cases.assign")
def assign() -> str:
    """The cases to be assigned, filtered; with mediators chosen, who would get what."""
    wanted = read_filter(request.args)
    chosen = request.args.getlist("mediator", type=int)
    return _page(wanted, chosen, preview="preview" in request.args)


@requires("cases.assign")
def apply_spread() -> Response | tuple[str, int]:
    """Do what the preview showed, on what is still to be assigned."""
    who, wanted = actor(), read_filter(request.form)
    chosen = request.form.getlist("mediator", type=int)
    if wanted.error:
        return _page(wanted, chosen, preview=False), 422
    try:
        with transaction() as session:
            shares = assignment.apply_spread(session, who, wanted.chosen, chosen, now=now())
            told = _told(shares)
    except BadInput as error:
        flash(sentence(error), "warning")
        return _to("lead.assign", wanted.args)
    flash(told, "success" if any(share.cases for share in shares) else "warning")
    return _to("lead.assign", wanted.args)


@requires("cases.assign")
def assign_by_hand() -> Response:
    """Give the ticked cases to one mediator."""
    who, wanted = actor(), read_filter(request.form)
    cases = request.form.getlist("case", type=int)
    user_id = request.form.get("user", 0, type=int)
    if not cases or not user_id:
        flash(_("Cochez des dossiers et choisissez à qui les donner."), "warning")
        return _to("lead.assign", wanted.args)
    try:
        with transaction() as session:
            done = assignment.assign_by_hand(session, who, cases, user_id, now=now())
    except BadInput as error:
        flash(sentence(error), "warning")
        return _to("lead.assign", wanted.args)
    flash(
        ngettext("%(num)s dossier donné.", "%(num)s dossiers donnés.", done),
        "success" if done else "warning",
    )
    return _to("lead.assign", wanted.args)


@requires("cases.assign")
def give_callback(case_id: int) -> Response:
    """Give a promised call that nobody made to somebody else."""
    user_id = request.form.get("user", 0, type=int)
    try:
        with transaction() as session:
            given = assignment.assign_by_hand(session, actor(), [case_id], user_id, now=now())
    except BadInput:
        flash(_("Choisissez à qui donner ce rappel."), "warning")
        return _to("lead.team", {})
    flash(
        _("Le rappel est donné.") if given else _("Ce rappel a été pris ou fait entre-temps."),
        "success" if given else "warning",
    )
    return _to("lead.team", {})


@requires("cases.assign")
def take_back() -> Response:
    """Take the ticked cases back from their mediator: they are to be assigned again."""
    who, cases = actor(), request.form.getlist("case", type=int)
    from_id = request.form.get("from", 0, type=int)
    with transaction() as session:
        done = assignment.take_back(session, who, cases, now=now())
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
    return _to("lead.hand_over", {"from": from_id} if from_id else {})


@requires("cases.assign")
def hand_over() -> str | Response:
    """What somebody holds, and giving it all to others when they are away."""
    who = actor()
    if request.method == "GET":
        return _hand_over_page(request.args.get("from", 0, type=int))
    from_id = request.form.get("from", 0, type=int)
    to_ids = request.form.getlist("mediator", type=int)
    try:
        with transaction() as session:
            shares = assignment.hand_over(session, who, from_id, to_ids, now=now())
            told = _told(shares)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        return _to("lead.hand_over", {"from": from_id})
    flash(told, "success" if any(share.cases for share in shares) else "warning")
    return _to("lead.hand_over", {"from": from_id})


def _to(endpoint: str, args: Mapping[str, Any]) -> Response:
    return redirect(url_for(endpoint, **args), 303)


def _page(wanted: PileFilter, chosen: Sequence[int], *, preview: bool) -> str:
    session, who = db.session(), actor()
    shares: list[Share] = []
    refusal = wanted.error
    if preview and not refusal:
        try:
            shares = assignment.preview_spread(session, who, wanted.chosen, chosen)
        except BadInput as error:
            refusal = sentence(error)
    return render_template(
        "lead/assign.html",
        page=paginate(session, assignment.to_assign(who, wanted.chosen), page_number(), exact=True),
        wanted=wanted,
        refusal=refusal,
        shares=sorted(shares, key=lambda share: share.user.name),
        households=_kept_together(shares),
        team=mediators(session, who),
        chosen=chosen,
        loads=reads.loads(session, who),
        partners=all_partners(session),
        communes=assignment.waiting_communes(session, who),
        kinds=KINDS,
        calls_a_day=assignment.calls_a_day,
    )


def _hand_over_page(from_id: int) -> str:
    session, who = db.session(), actor()
    holders = reads.holders(session, who)
    away = next((holder for holder, _count in holders if holder.id == from_id), None)
    return render_template(
        "lead/hand_over.html",
        holders=holders,
        away=away,
        team=[user for user in mediators(session, who) if user.id != from_id],
        loads=dict((holder.id, count) for holder, count in holders),
        page=_held(session, who, from_id) if away else None,
        kinds=KINDS,
    )


def _held(session: Session, who: Actor, user_id: int) -> Page:
    return paginate(session, reads.held_cases(who, user_id), page_number(), exact=True)


def _kept_together(shares: Sequence[Share]) -> dict[int, int]:
    """{mediator: households of which several cases go to them together}."""
    return {
        share.user.id: sum(
            count > 1 for count in Counter(one.person.household_id for one in share.cases).values()
        )
        for share in shares
    }


def _told(shares: Sequence[Share]) -> str:
    """Who got how many, in one sentence."""
    got = [share for share in sorted(shares, key=lambda share: share.user.name) if share.cases]
    if not got:
        return _("Aucun dossier à donner : un autre envoi les a peut-être déjà répartis.")
    return _(
        "Dossiers répartis : %(shares)s.",
        shares=", ".join(f"{share.user.name} {len(share.cases)}" for share in got),
    )
