"""How a small act on a case ends: it is done, it is said, and the case is shown again."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.cases.queries import get_case
from energymed.web.shared.errors import sentence
from energymed.web.shared.use_case import reading, use_case


def done(work: Callable[[Context], int], message: str) -> Response:
    """Do the work in one transaction, say so, and go back to the case."""
    try:
        with use_case() as ctx:
            case_id = work(ctx)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        return _whence()
    flash(message, "success")
    return back_to_case(case_id)


def back_to_case(case_id: int) -> Response:
    """To the page of a case."""
    return redirect(url_for("mediator.case", case_id=case_id), 303)


def _whence() -> Response:
    """Back to the case that the form names, when it is the actor's to see; else to the list."""
    case_id = request.form.get("case_id", 0, type=int)
    if not case_id:
        return redirect(url_for("mediator.cases"), 303)
    return back_to_case(get_case(reading(), case_id).id)


def tell_it_left() -> None:
    """Say that what is crossed out has already reached the person in writing."""
    flash(
        _("Ce qui avait été convenu est déjà parti par écrit : dites-le à la personne."), "warning"
    )
