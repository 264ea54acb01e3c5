"""Splitting a person: which cases and numbers go to a new one, under which name."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.casework.person_rows import cases_of, get_people
from energymed.casework.split_person import Part, Share, split_person
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

NUMBER = "number-"  # with the id of a number: where it goes
Page = str | Response | tuple[str, int]


@requires("people.merge")
def split(person_id: int) -> Page:
    """Choose what goes to a new person."""
    return _page(person_id)


@requires("people.merge")
def split_now(person_id: int) -> Page:
    """Split the person; what cannot be is said with the choices as they were."""
    try:
        with use_case() as ctx:
            other_id = split_person(ctx, person_id, _part()).other_id
    except BadInput as error:
        return _page(person_id, problem=sentence(error)), 422
    except (Conflict, Refused) as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.person", person_id=person_id), 303)
    flash(_("La fiche est séparée : voici la nouvelle."), "success")
    return redirect(url_for("lead.person", person_id=other_id), 303)


def _page(person_id: int, **more: Any) -> str:
    ctx = reading()
    (person,) = get_people(ctx, person_id)
    return render_template(
        "lead/people/split.html",
        person=person,
        cases=cases_of(ctx.session, person_id),
        shares=Share.labels(),
        typed=request.form,
        ticked=request.form.getlist("case", type=int),
        **more,
    )


def _part() -> Part:
    form = request.form
    numbers = {
        int(name.removeprefix(NUMBER)): as_code(Share, code) or Share.STAYS
        for name, code in form.items()
        if name.startswith(NUMBER) and name.removeprefix(NUMBER).isdecimal()
    }
    return Part(
        last_name=form.get("last_name", ""),
        first_name=form.get("first_name", ""),
        civility=form.get("civility", ""),
        case_ids=form.getlist("case", type=int),
        numbers=numbers,
        takes_email="takes_email" in form,
        takes_reference="takes_reference" in form,
    )
