"""The queue: what waits, and the one button that gives the next case."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.calling.eligibility.rules import in_hours, next_opening
from energymed.calling.queries import callbacks_of_today, my_day
from energymed.calling.queue.claims import held_case
from energymed.calling.queue.view import view_queue
from energymed.casework.cascade_letters import all_proposed_now
from energymed.casework.next_call import take_next_call
from energymed.partners.rulebook import load_calling_rules
from energymed.web.mediator.call.presence import presence_page
from energymed.web.mediator.queue.empty_queue import nobody_to_call
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading


@requires("queue.call")
def queue() -> str:
    """What may be called now and what waits, with one's own day."""
    ctx = reading()
    at, role = ctx.now, ctx.actor.role
    rules = load_calling_rules(ctx.session, today())
    view, callbacks, held = view_queue(ctx), callbacks_of_today(ctx), held_case(ctx)
    reopens_at = None if in_hours(rules, at) else next_opening(rules, at)
    if reopens_at and view.opens_at:  # overseas the hours are others
        reopens_at = min(reopens_at, view.opens_at)
    return render_template(
        "mediator/queue/queue.html",
        view=view,
        waits=[(each, each.reason.label) for each in (*view.held, *view.later)],
        callbacks=callbacks,
        nobody=nobody_to_call(view, [each.due_at for each in callbacks], reopens_at, at, role),
        day=my_day(ctx),
        held=held,
        otherwise=0 if view.ready else len(all_proposed_now(ctx)),
        at=at,
        **presence_page(held),
    )


@requires("queue.call")
def next_case() -> Response:
    """Give one case and open its desk."""
    case_id = take_next_call(actor())
    if case_id is None:
        flash(_("Il n'y a personne à appeler pour l'instant."), "info")
        return redirect(url_for("mediator.queue"), 303)
    return redirect(url_for("mediator.call", case_id=case_id), 303)
