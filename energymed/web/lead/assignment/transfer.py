"""Giving from the board what needs somebody now: missed callbacks, cut-offs not told of."""

from collections.abc import Callable

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.calling.assignment import spread
from energymed.cases.queries import get_case
from energymed.web.lead.assignment.unassigned import to
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("cases.assign")
def give_callback(case_id: int) -> Response:
    """Give a promised call that nobody made to somebody else."""
    return _given(
        case_id,
        lambda ctx, to_id, holder_id: spread.transfer_callback(ctx, case_id, to_id, holder_id),
        done=_("Le rappel est donné."),
        too_late=_("Ce rappel a été fait, pris ou donné entre-temps."),
        nobody=_("Choisissez à qui donner ce rappel."),
    )


@requires("cases.assign")
def give_cutoff(case_id: int) -> Response:
    """Give a cut-off notice that nobody was told of to somebody who calls."""
    return _given(
        case_id,
        lambda ctx, to_id, holder_id: spread.transfer_cutoff_notice(ctx, case_id, to_id, holder_id),
        done=_("Le dossier est donné."),
        too_late=_("Ce dossier a été pris ou donné entre-temps, ou la personne est prévenue."),
        nobody=_("Choisissez à qui donner ce dossier."),
    )


def _given(
    case_id: int,
    give: Callable[[Context, int, int], bool],
    *,
    done: str,
    too_late: str,
    nobody: str,
) -> Response:
    """Give to whom the form names, unless somebody else has the case by now; back to the board."""
    get_case(reading(), case_id)
    to_id, holder_id = (request.form.get(name, 0, type=int) for name in ("user", "holder"))
    try:
        with use_case() as ctx:
            given = give(ctx, to_id, holder_id)
    except BadInput:
        flash(nobody, "warning")
    else:
        flash(done if given else too_late, "success" if given else "warning")
    return to("lead.team", {})
