"""A mediator's diary: the calls of today, and what became of what was agreed.

Who is next stands in the queue, what is to be followed in the work tray.
"""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import BadInput, Refused
from energymed.calling import queries
from energymed.calling.assignment.transfer import leave_handover_note
from energymed.mediation.queries import recent_instalments
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

LOOK_BACK = timedelta(days=7)


@requires("queue.call")
def my_day() -> str:
    """One's own day: neutral counts, no money, no comparison."""
    ctx = reading()
    return render_template(
        "mediator/follow_ups/day.html",
        calls=queries.calls_of_day(ctx),
        count=queries.my_day(ctx),
        agreed=recent_instalments(ctx.session, ctx.actor.user_id, today() - LOOK_BACK, today()),
        at=ctx.now,
    )


@requires("cases.work")
def handover(case_id: int) -> Response:
    """Leave a word for whoever takes the case next, or say that it is done."""
    try:
        with use_case() as ctx:
            case = leave_handover_note(ctx, case_id, request.form.get("handover"))
            left = case.handover_note is not None
        flash(_("Le mot est sur le dossier.") if left else _("Le mot est retiré."), "success")
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
    endpoint = "mediator.call" if "desk" in request.form else "mediator.case"
    return redirect(url_for(endpoint, case_id=case_id), 303)
