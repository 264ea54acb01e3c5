"""Practice calls: what a good record would have held, the same person again, the ten people."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from energymed.base.errors import Conflict, Refused
from energymed.casework.practice import call_again, give_practice_cases
from energymed.casework.practice_feedback import feedback_of, people_left, told_of_all
from energymed.web.mediator.queue.not_opened import why_not_opened
from energymed.web.shared.filters import ngettext
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


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


@requires("practice.renew")
def practice_calls() -> str:
    """The ten people: who was called well, who may be called again, and what comes afterwards."""
    ctx = reading()
    return render_template(
        "mediator/queue/practice_calls.html", people=told_of_all(ctx), left=people_left(ctx)
    )


@requires("practice.renew")
def feedback(case_id: int) -> str:
    """What is right in the call just recorded, and what is missing, with why."""
    ctx = reading()
    return render_template(
        "mediator/queue/practice_feedback.html",
        told=feedback_of(ctx, case_id),
        left=people_left(ctx),
    )


@requires("practice.renew")
def again(case_id: int) -> Response:
    """Call the same invented person once more."""
    try:
        with use_case() as ctx:
            anew = call_again(ctx, case_id).id
    except (Conflict, Refused) as error:
        flash(why_not_opened(error), "warning")
        return redirect(url_for("mediator.practice_calls"), 303)
    return redirect(url_for("mediator.call", case_id=anew), 303)
