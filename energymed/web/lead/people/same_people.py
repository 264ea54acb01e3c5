"""Who may be one person twice, at the site or beside one person; what was done, and its undo."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import Conflict, NotFound, Refused
from energymed.cases.likely_same import likely_pairs, likely_same
from energymed.cases.queries import latest_by_reference
from energymed.casework.person_rows import cases_of, get_people
from energymed.casework.undo_person_change import recent_changes, undo_person_change
from energymed.web.shared.errors import sentence
from energymed.web.shared.openings import person_read
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("people.merge")
def same_people() -> str:
    """Pairs of the site that may be one person, and the last changes."""
    ctx = reading()
    return render_template(
        "lead/people/same_people.html", pairs=likely_pairs(ctx), changes=recent_changes(ctx)
    )


@requires("people.merge")
def person(person_id: int) -> str:
    """One person: their cases and numbers, who may be the same, and what was done."""
    ctx = reading()
    (found,) = get_people(ctx, person_id)
    person_read(person_id)
    return render_template(
        "lead/people/person.html",
        person=found,
        cases=cases_of(ctx.session, person_id),
        likely=likely_same(ctx, found),
        changes=recent_changes(ctx, person_id),
    )


@requires("people.merge")
def find_other(person_id: int) -> Response:
    """The preview of a merge with the person of a reference that was typed."""
    ctx = reading()
    (found,) = get_people(ctx, person_id)
    reference = request.form.get("reference", "")
    try:
        case = latest_by_reference(ctx, partner_id=found.partner_id, reference=reference)
    except NotFound:
        flash(_("Aucun dossier de ce partenaire ne porte cette référence à votre site."), "warning")
        return redirect(url_for("lead.person", person_id=person_id), 303)
    return redirect(url_for("lead.merge", person_id=person_id, other_id=case.person_id), 303)


@requires("people.merge")
def undo_change(change_id: int) -> Response:
    """Take a merge or a split back."""
    try:
        with use_case() as ctx:
            kept_id = undo_person_change(ctx, change_id).kept_id
    except (Conflict, Refused) as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.same_people"), 303)
    flash(_("C'est défait : les fiches sont comme avant."), "success")
    return redirect(url_for("lead.person", person_id=kept_id), 303)
