"""What writing a text is, whether a message or a letter carries it: saved, judged, offered."""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import DomainError, NotFound, Refused
from energymed.web.shared.errors import explain, sentence
from energymed.web.shared.use_case import use_case

Answer = str | Response | tuple[str, int]


def saved(form: FlaskForm, save: Callable[[Context], object]) -> Response | None:
    """Save what was typed; None when it was refused, which the form then says.

    Raises:
        NotFound: the text is none of the actor's.
    """
    try:
        with use_case() as ctx:
            save(ctx)
    except NotFound:
        raise
    except DomainError as error:
        explain(form, error)
        return None
    flash(_("Le texte est enregistré."), "success")
    return redirect(url_for("lead.texts"), 303)


def judged(form: FlaskForm, check: Callable[[], object]) -> None:
    """Say in the form what would refuse the text, before it is saved."""
    try:
        check()
    except DomainError as error:
        explain(form, error)


def offered(offer: Callable[[Context, bool], object]) -> Response:
    """Offer a text for use, or no longer, as the pressed button says."""
    active = request.form.get("active") == "1"
    try:
        with use_case() as ctx:
            offer(ctx, active)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(
            _("Le texte est proposé.") if active else _("Le texte n'est plus proposé."), "success"
        )
    return redirect(url_for("lead.texts"), 303)
