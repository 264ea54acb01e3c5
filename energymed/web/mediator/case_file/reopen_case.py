"""Opening a closed case again from its page, with a coded reason."""

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.cases.codes import REOPEN_REASONS, CaseState, ReopenReason
from energymed.casework.case_overview import CaseOverview
from energymed.casework.reopen_case import may_reopen, reopen_case, why_not_reopened
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.permissions import requires


@dataclass(frozen=True, slots=True)
class Reopening:
    """What the page offers: the reasons, or why nobody opens it again."""

    reasons: dict[str, str]
    refusal: str | None


@requires("cases.work")
def reopen(case_id: int) -> Response:
    """Back in its mediator's queue, or to be assigned."""
    reason = as_code(ReopenReason, request.form.get("reopen_reason"))
    return done(
        lambda ctx: reopen_case(ctx, case_id, reason).id,
        _("Le dossier est rouvert ; sa clôture reste dans l'historique."),
    )


def reopening_page(ctx: Context, known: CaseOverview) -> Reopening | None:
    """Of a closed case, for who may open it again; None for anything else."""
    case = known.case
    if case.state != CaseState.CLOSED or not may_reopen(ctx.actor, case):
        return None
    return Reopening(REOPEN_REASONS, why_not_reopened(ctx, case, known.stops))
