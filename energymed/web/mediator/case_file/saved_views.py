"""Views of the list of cases: kept under a name, opened by an address of their own, taken away."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.scope import may_take_back
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.cases.saved_views import (
    LONGEST_NAME,
    NO_FILTER,
    delete_view,
    filters_of,
    get_view,
    save_view,
    views_of,
)
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import may, requires
from energymed.web.shared.use_case import reading, use_case


def views_page(ctx: Context) -> dict[str, Any]:
    """The views beside a list of cases: those there are, and whether what is shown is one."""
    filters = filters_of(request.args)
    views = views_of(ctx) if ctx.actor.site_id is not None else []
    shown = next((each for each in views if each.filters == filters), None)
    return {
        "views": views,
        "view_shown": shown,
        "view_mine": shown is not None and may_take_back(ctx.actor, shown.owner_id),
        "view_filters": filters,
        "may_keep_view": may("cases.work") and bool(filters.keys() - NO_FILTER),
        "longest_view_name": LONGEST_NAME,
    }


@requires("cases.see")
def open_view(view_id: int) -> Response:
    """The list that a view keeps."""
    return redirect(url_for("mediator.cases", **get_view(reading(), view_id).filters))


@requires("cases.work")
def keep_view() -> Response:
    """Keep the list that is shown under a name."""
    filters: dict[str, Any] = filters_of(request.form)
    try:
        with use_case() as ctx:
            name, shared = request.form.get("name", ""), "shared" in request.form
            view = save_view(ctx, name, filters, shared=shared)
            flash(_("La vue « %(name)s » est gardée.", name=view.name), "success")
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("mediator.cases", **filters), 303)


@requires("cases.work")
def drop_view(view_id: int) -> Response:
    """Take a view away; its cases stay as they are."""
    try:
        with use_case() as ctx:
            delete_view(ctx, view_id)
        flash(_("La vue est supprimée."), "success")
    except Refused as error:
        flash(sentence(error), "warning")
    return redirect(url_for("mediator.cases"), 303)
