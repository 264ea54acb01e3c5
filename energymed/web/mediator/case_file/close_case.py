"""Closing a case from its page, as its acts propose or otherwise."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.casework.case_overview import CaseOverview
from energymed.casework.close_case import BY_HAND, close_by_hand, may_close
from energymed.casework.closure_proposal import propose_closure
from energymed.partners.codes import Closure
from energymed.web.mediator.call.act_fields import may_hold
from energymed.web.mediator.call.next_step import reason_in_words
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires


@dataclass(frozen=True, slots=True)
class Closing:
    """What the page offers: the closures, the one that follows from the acts, and why."""

    closures: list[Closure]
    proposed: Closure | None
    why: str


@requires("cases.work")
def close(case_id: int) -> Response:
    """Closed, with what was still to do cancelled."""
    closure = as_code(Closure, request.form.get("closure"))
    return done(
        lambda ctx: close_by_hand(ctx, case_id, closure).id,
        _("Le dossier est clos ; il se rouvre ici s'il le faut."),
    )


def closing_page(ctx: Context, known: CaseOverview) -> Closing | None:
    """Of a case at rest, for who may close it; None for anything else."""
    case = known.case
    if not may_close(ctx.actor, case):
        return None
    offered = [each for each in BY_HAND if may_hold(each, case.campaign_kind)]
    found = propose_closure(ctx, case, among=offered, on_file=known.mediation)
    if found is None:
        return Closing(offered, None, "")
    return Closing(offered, found.closure, reason_in_words(found.reason))
