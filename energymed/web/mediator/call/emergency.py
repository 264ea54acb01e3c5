"""Emergencies on the desk: what to do and whom to ring, and one press that notes what was done."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.db import db
from energymed.cases.queries import get_case
from energymed.mediation.codes import ALERT_ACTIONS, AlertAction
from energymed.mediation.emergencies import emergency_lines, note_alert
from energymed.web.shared.permissions import requires
from energymed.web.shared.script_words import in_language
from energymed.web.shared.use_case import use_case


def emergency_page() -> dict[str, Any]:
    """What the dialog is drawn from; texts of ours in the reader's language."""
    return {
        "emergencies": [
            (row, in_language(row.advice), in_language(row.whom))
            for row in emergency_lines(db.session())
        ],
        "alert_actions": ALERT_ACTIONS,
    }


@requires("queue.call")
def alert(case_id: int) -> Response | str:
    """Note at once what an emergency led to: its coded action and no word more."""
    action = as_code(AlertAction, request.form.get("action"))
    with use_case() as ctx:
        get_case(ctx, case_id)  # a foreign one is none, whatever was pressed
        note_alert(ctx, case_id, action, request.form.get("form_key", "")[:36])
    told = _("C'est noté : %(what)s.", what=_(action.label) if action else "")
    if "HX-Request" in request.headers:
        return render_template("mediator/call/_alert_told.html", told=told)
    flash(told, "success")
    return redirect(url_for("mediator.call", case_id=case_id), 303)
