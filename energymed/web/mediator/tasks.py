"""Follow-ups: what is due, what is coming, done, postponed."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput
from energymed.calling import followups
from energymed.calling.models import FOLLOW_UP_KINDS
from energymed.web.mediator.forms import PostponeForm, instant
from energymed.web.shared.errors import sentence
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires

STATES = ("open", "done", "cancelled")


@requires("tasks.own")
def tasks() -> str:
    """One's own follow-ups, or the site's."""
    args = request.args
    state = args.get("state", "open")
    kind = args.get("kind", "")
    statement = followups.tasks(
        actor(),
        mine="all" not in args,
        state=state if state in STATES else "open",
        kind=kind if kind in FOLLOW_UP_KINDS else None,
    )
    return render_template(
        "mediator/tasks.html",
        page=paginate(db.session(), statement, page_number()),
        kinds=FOLLOW_UP_KINDS,
        state=state,
        kind=kind,
        everybody="all" in args,
        postpone=PostponeForm(),
        at=now(),
    )


@requires("tasks.own")
def finish(follow_up_id: int) -> Response:
    """Mark a follow-up done or cancelled."""
    state = "cancelled" if request.form.get("state") == "cancelled" else "done"
    with transaction() as session:
        followups.finish_follow_up(session, actor(), follow_up_id, state, now=now())
    flash(_("Le suivi est fait.") if state == "done" else _("Le suivi est annulé."), "success")
    return redirect(url_for("mediator.tasks"), 303)


@requires("tasks.own")
def postpone(follow_up_id: int) -> Response:
    """Move a follow-up to a later time."""
    form = PostponeForm()
    form.validate()
    due_at = instant(form.due_at.data)
    try:
        if due_at is None:
            raise BadInput(_("Donnez le jour et l'heure."))
        with transaction() as session:
            followups.postpone_follow_up(session, actor(), follow_up_id, due_at, now=now())
    except BadInput as error:
        flash(sentence(error), "warning")
    else:
        flash(_("Le suivi est reporté."), "success")
    return redirect(url_for("mediator.tasks"), 303)
