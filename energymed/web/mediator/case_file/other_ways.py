"""What the cascade proposes on a case, and a visit that somebody plans for it."""

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.other_ways import plan_visit, proposal
from energymed.casework.case_overview import CaseOverview
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import use_case


def other_ways(ctx: Context, known: CaseOverview) -> dict[str, Any]:
    """The proposal on the page of a case, and the visit that is planned."""
    planned = (
        each
        for each in known.follow_ups
        if each.kind == FollowUpKind.VISIT
        and each.state == FollowUpState.OPEN
        and each.case_id == known.case.id
    )
    return {
        "proposal": proposal(ctx, known.case, known.contacts),
        "planned_visit": next(planned, None),
    }


@requires("cases.work")
def plan(case_id: int) -> Response:
    """Plan a visit, or another day for it."""
    on = ListFilters.posted().day("on")
    try:
        with use_case() as ctx:
            plan_visit(ctx, case_id, on)
        flash(_("La visite est prévue : elle est dans la tournée."), "success")
    except (BadInput, Conflict, Refused) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("mediator.case", case_id=case_id), 303)
