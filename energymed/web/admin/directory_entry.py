"""One fund or body of the directory: added, set right, ended."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import Conflict, DomainError
from energymed.base.text.folding import whole_number
from energymed.mediation.directory import add_entry, end_entry, get_entry, save_entry
from energymed.mediation.directory_list import state_of
from energymed.partners.rulebook import load_directory_months
from energymed.web.admin.directory_forms import FORMS, BodyForm
from energymed.web.shared.errors import explain_all, sentence
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("rules.manage")
def new_entry() -> Page:
    """Add a fund, or a body where the address says so."""
    side = ListFilters().one_of("side", FORMS, "fund")
    form = FORMS[side]()
    if form.validate_on_submit() and _saved(form):
        return _done(_("La fiche est dans l'annuaire."))
    page = render_template("admin/directory_entry.html", form=form, side=side, row=None)
    return page, 422 if form.errors else 200


@requires("rules.manage")
def entry(side: str, entry_id: int) -> Page:
    """Set a fund or a body right."""
    ctx, form = reading(), FORMS[side]()
    row = get_entry(ctx, side, entry_id)
    if not form.is_submitted():
        form.show(row)
    if form.validate_on_submit() and _saved(form, entry_id):
        return _done(_("La fiche est à jour."))
    row = get_entry(reading(), side, entry_id)
    months = load_directory_months(reading().session, today())
    page = render_template(
        "admin/directory_entry.html",
        form=form,
        side=side,
        row=row,
        state=state_of(row, today(), months),
        today=today(),
    )
    return page, 422 if form.errors else 200


@requires("rules.manage")
def end(side: str, entry_id: int) -> Response:
    """Offer a fund or a body until a day, and no more after it."""
    here = redirect(url_for("admin.entry", side=side, entry_id=entry_id), 303)
    given = ListFilters.posted()
    day = given.day("last_day")
    if day is None:
        flash(given.error or _("Donnez un jour."), "warning")
        return here
    try:
        with use_case() as ctx:
            seen = whole_number(request.form.get("version")) or 0
            end_entry(ctx, side, entry_id, day, seen=seen)
    except DomainError as error:
        flash(sentence(error), "warning")
        return here
    return _done(_("La fiche n'est plus proposée après ce jour."))


def _saved(form: BodyForm, entry_id: int | None = None) -> bool:
    """Whether it was kept; what is wrong with it is told in the form."""
    try:
        with use_case() as ctx:
            if entry_id is None:
                add_entry(ctx, form.details())
            else:
                save_entry(ctx, entry_id, form.details(), seen=form.seen)
    except Conflict as error:
        form.form_errors.append(sentence(error))
        return False
    except DomainError as error:
        explain_all(form, error)
        return False
    return True


def _done(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("admin.directory"), 303)
