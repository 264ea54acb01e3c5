"""People in formation: how far each is, and the end of it. No rank, and never how well."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import DomainError, NotFound
from energymed.casework.formation import end_formation, trainees
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("formation.end")
def formation() -> str:
    """Everybody in formation, by name."""
    return render_template("lead/team/formation.html", people=trainees(reading()))


@requires("formation.end")
def end(user_id: int) -> Response:
    """Open real calls to somebody: they are a mediator of the site from now on."""
    try:
        with use_case() as ctx:
            name = end_formation(ctx, user_id).name
    except NotFound:
        raise
    except DomainError as error:
        flash(sentence(error), "warning")
    else:
        flash(_("%(name)s appelle désormais pour votre site.", name=name), "success")
    return redirect(url_for("lead.formation"), 303)
