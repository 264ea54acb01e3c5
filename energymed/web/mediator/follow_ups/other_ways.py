"""The view of the tray on people whom calls do not reach: the way that is proposed for each."""

from typing import Any

from flask import render_template

from energymed.base.codes import as_code
from energymed.calling.codes import STEPS, Channel
from energymed.casework.cascade_letters import all_proposed_now
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, page_of
from energymed.web.shared.use_case import reading


def other_ways_page(**shown: Any) -> str:
    """Cases on which the cascade proposes something, one's own or the site's."""
    ctx, given = reading(), ListFilters()
    everybody = "all" in given.given
    way = as_code(Channel, given.one_of("way", {step: "" for step in STEPS}))
    found = [each for each in all_proposed_now(ctx, everybody=everybody) if way in (None, each.way)]
    return render_template(
        "mediator/follow_ups/other_ways.html",
        page=page_of(found, page_number()),
        steps={step: step.label for step in STEPS},
        way=way or "",
        everybody=everybody,
        **shown,
    )
