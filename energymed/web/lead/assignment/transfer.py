"""Giving from the board what needs somebody now: missed callbacks, cut-offs not told of."""

from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput
from energymed.calling.assignment import spread
from energymed.web.lead.assignment.unassigned import to
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import use_case


@requires("cases.assign")
def give_callback(case_id: int) -> Response:
    """Give a promised call that nobody made to somebody else."""
    try:
        with use_case() as ctx:
            given = spread.transfer_callback(ctx, case_id, *_asked())
    except BadInput:
        flash(_("Choisissez à qui donner ce rappel."), "warning")
        return to("lead.team", {})
    flash(
        _("Le rappel est donné.")
        if given
        else _("Ce rappel a été fait, pris ou donné entre-temps."),
        "success" if given else "warning",
    )
    return to("lead.team", {})


@requires("cases.assign")
def give_cutoff(case_id: int) -> Response:
    """Give a cut-off notice that nobody was told of to somebody who calls."""
    try:
        with use_case() as ctx:
            given = spread.transfer_cutoff_notice(ctx, case_id, *_asked())
    except BadInput:
        flash(_("Choisissez à qui donner ce dossier."), "warning")
        return to("lead.team", {})
    flash(
        _("Le dossier est donné.")
        if given
        else _("Ce dossier a été pris ou donné entre-temps, ou la personne est prévenue."),
        "success" if given else "warning",
    )
    return to("lead.team", {})


def _asked() -> tuple[int, int]:
    """To whom, and who had the case on the page that was looked at."""
    return request.form.get("user", 0, type=int), request.form.get("holder", 0, type=int)
