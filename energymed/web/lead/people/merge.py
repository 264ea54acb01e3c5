"""Merging two rows of one person: what moves, who keeps what, then the act."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import Conflict, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Person
from energymed.casework.merge_people import CHOICES, merge_people, preview_merge
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

LABELS = {
    "name": N_("Nom et prénom"),
    "civility": N_("Civilité"),
    "email": N_("E-mail"),
    "customer_reference": N_("Référence client"),
}
MARKS = {
    "opposed_at": N_(
        "S'oppose à tout nouveau contact depuis le %(day)s : vaut pour la fiche réunie."
    ),
    "deceased_at": N_("Décès déclaré le %(day)s : vaut pour la fiche réunie."),
    "rests_until": N_("En repos jusqu'au %(day)s : vaut pour la fiche réunie."),
}


@requires("people.merge")
def merge(person_id: int, other_id: int) -> str | Response:
    """What merging the second into the first would do, and the choice of what is kept."""
    try:
        seen = preview_merge(reading(), person_id, other_id)
    except Refused as error:
        return _back(person_id, error)
    return render_template(
        "lead/people/merge.html",
        seen=seen,
        labels=LABELS,
        marks=MARKS,
        text_of=_text_of,
    )


@requires("people.merge")
def merge_now(person_id: int, other_id: int) -> Response:
    """Merge them."""
    taken = [name for name in CHOICES if request.form.get(name) == "other"]
    try:
        with use_case() as ctx:
            merge_people(ctx, person_id, other_id, taken)
    except (Conflict, Refused) as error:
        return _back(person_id, error)
    flash(_("Les deux fiches n'en font plus qu'une."), "success")
    return redirect(url_for("lead.person", person_id=person_id), 303)


def _back(person_id: int, error: Conflict | Refused) -> Response:
    flash(sentence(error), "warning")
    return redirect(url_for("lead.person", person_id=person_id), 303)


def _text_of(person: Person, choice: str) -> str:
    """What a person has of it, as it is read."""
    if choice == "name":
        return " ".join(filter(None, (person.first_name, person.last_name)))
    return str(getattr(person, choice) or "")
