"""The team's board, live: who has what to do today. Counts only: never money, never a rank."""

from flask import render_template

from energymed.accounts.codes import Role
from energymed.accounts.listing import ends_around
from energymed.accounts.queries import mediators
from energymed.base.clock import paris_date
from energymed.calling.eligibility.availability import WEEKDAYS
from energymed.calling.presence.help_requests import help_asked
from energymed.calling.presence.team_minutes import team_minutes
from energymed.calling.team.answer_rates import MIN_CALLS, answer_rates, best_hours
from energymed.calling.team.dashboard import MOST, team_alerts, team_dashboard
from energymed.web.lead import reads
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("team.see")
def team() -> str:
    """Every mediator of the site by name; the page renews itself."""
    ctx = reading()
    return render_template(
        "lead/team/dashboard.html",
        lines_of_board=team_dashboard(ctx),
        needs=team_alerts(ctx),
        team=mediators(ctx),
        ends=ends_around(ctx),
        most=MOST,
        unassigned=reads.unassigned_count(ctx),
        roles=Role.labels(),
        at=ctx.now,
        helps=help_asked(ctx),
        minutes=team_minutes(ctx, paris_date(ctx.now)),
    )


@requires("team.see")
def help_wanted() -> str:
    """Who asks for help in a call, as a piece of the board."""
    return render_template("lead/team/_help_asked.html", helps=help_asked(reading()))


@requires("team.see")
def when() -> str:
    """When people answer, to plan the calls."""
    hours = answer_rates(reading())
    shown = range(min((one.hour for one in hours), default=9), 1 + max(
        (one.hour for one in hours), default=18
    ))  # fmt: skip
    return render_template(
        "lead/team/answer_rates.html",
        by_hour={(one.weekday, one.hour): one for one in hours},
        best=best_hours(hours),
        hours=shown,
        weekdays=WEEKDAYS,
        enough=MIN_CALLS,
        calls=sum(one.calls for one in hours),
    )
