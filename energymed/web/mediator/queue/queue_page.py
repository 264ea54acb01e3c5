"""The queue: who is next and why, what waits, and the one button that gives the next case."""

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.calling.eligibility.rules import in_hours, next_opening
from energymed.calling.queries import callbacks_of_today, my_day
from energymed.calling.queue.claims import held_case
from energymed.calling.queue.view import LOOKED_AT, QueueView, cases_shown, view_queue
from energymed.casework.cascade_letters import all_proposed_now
from energymed.casework.next_call import take_next_call
from energymed.casework.practice import give_practice_cases
from energymed.partners.rulebook import load_calling_rules
from energymed.web.mediator.call.presence import presence_page
from energymed.web.mediator.queue.empty_queue import nobody_to_call
from energymed.web.shared.filters import ngettext
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case
from energymed.web.shared.why_words import why_sentence

SHOWN = 5


@requires("queue.call")
def queue() -> str:
    """Who is next and why, the calls promised for today, what waits, and one's own day."""
    ctx = reading()
    view, callbacks, held = view_queue(ctx), callbacks_of_today(ctx), held_case(ctx)
    times = [each.due_at for each in callbacks]
    return render_template(
        "mediator/queue/queue.html",
        view=view,
        shown=cases_shown(ctx, view.ready[:SHOWN]),
        looked_at=LOOKED_AT,
        why_sentence=why_sentence,
        waits=[(each, each.reason.label) for each in (*view.held, *view.later)],
        callbacks=callbacks,
        nobody=None if view.ready else _nobody(ctx, view, times),
        day=my_day(ctx),
        held=held,
        otherwise=0 if view.ready else len(all_proposed_now(ctx)),
        at=ctx.now,
        **presence_page(held),
    )


def _nobody(ctx: Context, view: QueueView, times: list[datetime]) -> tuple[str, str, str]:
    return nobody_to_call(view, times, _reopens_at(ctx, view), ctx.now, ctx.actor.role)


def _reopens_at(ctx: Context, view: QueueView) -> datetime | None:
    """When calls are made again, outside the general hours; overseas the hours are others."""
    rules = load_calling_rules(ctx.session, today())
    if in_hours(rules, ctx.now):
        return None
    opening = next_opening(rules, ctx.now)
    return min(opening, view.opens_at) if opening and view.opens_at else opening


@requires("queue.call")
def next_case() -> Response:
    """Give one case and open its desk."""
    case_id = take_next_call(actor())
    if case_id is None:
        flash(_("Il n'y a personne à appeler pour l'instant."), "info")
        return redirect(url_for("mediator.queue"), 303)
    return redirect(url_for("mediator.call", case_id=case_id), 303)


@requires("practice.renew")
def practice() -> Response:
    """Invented cases for whoever is in formation."""
    with use_case() as ctx:
        count = give_practice_cases(ctx)
    given = ngettext(
        "%(num)s dossier inventé est dans votre file.",
        "%(num)s dossiers inventés sont dans votre file.", count,
    )  # fmt: skip
    flash(given, "success")
    return redirect(url_for("mediator.queue"), 303)
