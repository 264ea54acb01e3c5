"""The team's board: who has what to do today. Counts only: never money, never a rank."""

from flask import render_template

from energymed.base.clock import now
from energymed.base.db import db
from energymed.calling.queries import team_board
from energymed.web.lead import reads
from energymed.web.shared.permissions import actor, requires


@requires("team.see")
def team() -> str:
    """Every mediator of the site by name."""
    session, who, at = db.session(), actor(), now()
    return render_template(
        "lead/team.html",
        lines_of_board=team_board(session, who, at),
        unassigned=reads.unassigned_count(session, who),
        at=at,
    )
