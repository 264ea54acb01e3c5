"""The causes of a case's arrears, said otherwise on the case page."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.mediation.causes import Causes, note_causes
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires


@requires("cases.work")
def say_causes(case_id: int) -> Response:
    """Say the causes of the arrears otherwise; what was said before stays on file."""
    said = Causes.of(request.form.getlist("causes"), request.form.get("main_cause"))

    def work(ctx: Context) -> int:
        note_causes(ctx, case_id, said)
        return case_id

    return done(work, _("La cause est notée."))
