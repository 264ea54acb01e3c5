"""The addresses of the work tray (`tray`), and what is done with follow-ups: done, postponed."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.follow_ups import service
from energymed.web.mediator.call.forms import PostponeForm
from energymed.web.mediator.follow_ups.other_ways import other_ways_page
from energymed.web.mediator.follow_ups.tray import lapses_page, tray_page
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import (
    LONGEST_SEARCH,
    ListFilters,
    filters_now,
    keep_search,
    kept_search,
)
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SEARCH = "task_search"
REFUSED = "task_refused"  # a time that was, told beside its control on the page that comes
TO_DO, LAPSES, OTHER_WAYS = "open", "lapses", "other_ways"
STATES = {
    TO_DO: _l("À faire"),
    LAPSES: _l("Va finir"),
    OTHER_WAYS: _l("Autre moyen"),
    FollowUpState.DONE: _l("Faits"),
    FollowUpState.CANCELLED: _l("Annulés"),
}


@requires("tasks.own")
def search() -> Response:
    """Keep what is searched for, a person's name, out of the address."""
    return keep_search(SEARCH, "mediator.tasks")


@requires("tasks.own")
def tasks() -> str:
    """One's work tray, or the site's: to be done, to lapse, to reach otherwise, done, cancelled."""
    text, state = kept_search(SEARCH), ListFilters().one_of("state", STATES, TO_DO)
    shown = {"views": STATES, "state": state}
    if state == LAPSES:
        return lapses_page(text, **shown)
    if state == OTHER_WAYS:
        return other_ways_page(**shown)
    if state == TO_DO:
        return tray_page(text, refused=cookie.pop(REFUSED, {}), **shown)
    return _ended_page(text, **shown)


def _ended_page(text: str, **shown: Any) -> str:
    """Follow-ups that are done or cancelled, the latest first."""
    ctx, given = reading(), ListFilters()
    kind, everybody = given.code("kind", FollowUpKind), "all" in given.given
    statement = service.ended_tasks(
        ctx, FollowUpState(shown["state"]), mine=not everybody, kind=kind, text=text
    )
    return render_template(
        "mediator/follow_ups/tasks.html",
        page=paginate(ctx.session, statement, page_number()),
        kinds=FollowUpKind.labels(),
        kind=kind or "",
        everybody=everybody,
        text=text,
        **shown,
    )


@requires("tasks.own")
def finish(follow_up_id: int) -> Response:
    """Mark a follow-up done or cancelled."""
    cancelled = request.form.get("state") == FollowUpState.CANCELLED
    state = FollowUpState.CANCELLED if cancelled else FollowUpState.DONE
    with use_case() as ctx:
        service.finish_follow_up(ctx, follow_up_id, state)
    flash(_("Le suivi est annulé.") if cancelled else _("Le suivi est fait."), "success")
    return _back()


@requires("tasks.own")
def postpone(follow_up_id: int) -> Response:
    """Move a follow-up to a later time."""
    form = PostponeForm()
    form.validate()
    due_at = form.due_at.moment
    try:
        with use_case() as ctx:
            service.get_follow_up(ctx, follow_up_id)
            if due_at is None:
                wrong = next(iter(form.due_at.errors), N_("Donnez le jour et l'heure."))
                raise BadInput(wrong, field="due_at")
            service.postpone_follow_up(ctx, follow_up_id, due_at)
    except BadInput as error:
        typed = request.form.get("due_at", "")[:LONGEST_SEARCH]
        cookie[REFUSED] = {"id": follow_up_id, "said": sentence(error), "due_at": typed}
        return redirect(url_for("mediator.tasks", **filters_now()), 303)
    flash(_("Le suivi est reporté."), "success")
    return _back()


def _back() -> Response:
    """To the case when the form says so, else to the list with its filters."""
    case_id = request.form.get("case_id", type=int)
    if case_id:
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    return redirect(url_for("mediator.tasks", **filters_now("page")), 303)
