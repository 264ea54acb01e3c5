"""Somebody calls in: found in a few letters or figures, and the same desk opens."""

from flask import render_template, request, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from energymed.base.errors import Conflict, Refused
from energymed.base.text.folding import collapse
from energymed.calling.follow_ups.callbacks import callbacks_by_case
from energymed.calling.queue.claims import claim_case
from energymed.cases.search import MOST, find_people
from energymed.web.mediator.queue.not_opened import why_not_opened
from energymed.web.shared.list_filters import LONGEST_SEARCH
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SHORTEST = 2
Page = str | tuple[str, int]


@requires("queue.call")
def incoming_call() -> str:
    """Where one looks for whoever is on the line."""
    return _page("")


@requires("queue.call")
def find_caller() -> str:
    """Who that may be; what is looked for, a person's name, never stands in an address."""
    return _page(collapse(request.form.get("q", ""))[:LONGEST_SEARCH])


@requires("queue.call")
def take_caller(case_id: int) -> Page | Response:
    """Open the desk for the person who calls."""
    try:
        with use_case() as ctx:
            claim_case(ctx, case_id, incoming=True)
    except (Conflict, Refused) as error:
        text = collapse(request.form.get("q", ""))[:LONGEST_SEARCH]
        return _page(text, why_not_opened(error)), 409
    return redirect(url_for("mediator.call", case_id=case_id, incoming=1), 303)


def _page(text: str, refused: str = "") -> str:
    ctx = reading()
    found = find_people(ctx, text) if len(text) >= SHORTEST else []
    return render_template(
        "mediator/queue/incoming_call.html",
        text=text,
        searched=len(text) >= SHORTEST,
        found=found,
        most=MOST,
        refused=refused,
        promised=callbacks_by_case(ctx.session, [case.id for one in found for case in one.cases]),
        me=ctx.actor.user_id,
    )
