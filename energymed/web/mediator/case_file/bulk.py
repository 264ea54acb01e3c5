"""One act of a lead on many cases of the list: those that are ticked, or all that is filtered."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.accounts.queries import mediators
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, Refused
from energymed.base.i18n import N_
from energymed.calling.assignment.bulk import (
    MOST,
    BulkAct,
    BulkOrder,
    BulkPlan,
    apply_bulk,
    preview_bulk,
)
from energymed.cases.models import Case
from energymed.cases.queries import search_cases
from energymed.web.mediator.case_file.case_list import LIST, wanted_cases
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SHOWN = 20  # references told on the preview


@requires("cases.assign")
def preview_many() -> str | Response:
    """What an act would do with the cases: how many it takes, which ones stay as they are."""
    ctx = reading()
    try:
        order = _order(request.args)
        plan = preview_bulk(ctx, _cases(ctx, request.args), order)
    except (BadInput, Refused) as error:
        return _back(request.args, sentence(error), "warning")
    if not plan.done:
        return _back(request.args, _nothing(plan), "warning")
    return render_template(
        "mediator/case_file/bulk.html",
        plan=plan,
        user=next((each for each in mediators(ctx) if each.id == order.user_id), None),
        asked=list(request.args.items(multi=True)),
        back=url_for("mediator.cases", **_list(request.args)),
        shown=SHOWN,
    )


@requires("cases.assign")
def apply_many() -> Response:
    """Do what was looked at, with all of the cases or none."""
    asked = request.form
    try:
        with use_case() as ctx:
            seen = asked.get("seen", "")
            plan = apply_bulk(ctx, _cases(ctx, asked), _order(asked), seen_version=seen)
    except Conflict as error:
        flash(sentence(error), "warning")
        again: dict[str, Any] = {
            name: asked.getlist(name) for name in asked if name not in ("csrf_token", "seen")
        }
        return redirect(url_for("mediator.preview_many", **again), 303)
    except DomainError as error:
        return _back(asked, sentence(error), "warning")
    return _back(asked, _told(plan), "success")


def _order(asked: MultiDict[str, str]) -> BulkOrder:
    act = as_code(BulkAct, asked.get("act"))
    if act is None:
        raise BadInput(N_("Choisissez ce qui est à faire."), field="act")
    user = asked.get("user", type=int) if act == BulkAct.GIVE else None
    return BulkOrder(act, user)


def _cases(ctx: Context, asked: MultiDict[str, str]) -> Sequence[int]:
    """The cases that are ticked, or all those of the list; one more than may be at once."""
    if "whole" not in asked:
        return asked.getlist("case", type=int)
    listed = search_cases(ctx, wanted_cases(ctx, asked)).with_only_columns(Case.id)
    return ctx.session.scalars(select(listed.limit(MOST + 1).subquery().c.id)).all()


def _list(asked: MultiDict[str, str]) -> dict[str, Any]:
    return {name: asked[name] for name in LIST if name in asked}


def _nothing(plan: BulkPlan) -> str:
    if not plan.left:
        return _("Cochez des dossiers, ou prenez tout ce qui est filtré.")
    return _("Aucun de ces dossiers ne s'y prête : ils restent comme ils sont.")


def _told(plan: BulkPlan) -> str:
    count = len(plan.done)
    if plan.order.act == BulkAct.GIVE:
        return ngettext("%(num)s dossier confié.", "%(num)s dossiers confiés.", count)
    if plan.order.act == BulkAct.QUEUE:
        return ngettext(
            "%(num)s dossier est dans la file.", "%(num)s dossiers sont dans la file.", count
        )
    return ngettext(
        "%(num)s dossier repris : il est de nouveau à répartir.",
        "%(num)s dossiers repris : ils sont de nouveau à répartir.",
        count,
    )


def _back(asked: MultiDict[str, str], message: str, category: str) -> Response:
    flash(message, category)
    return redirect(url_for("mediator.cases", **_list(asked)), 303)
