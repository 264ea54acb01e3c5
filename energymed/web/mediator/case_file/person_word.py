"""What the person says of themselves, typed on the desk or on the case; a piece of both pages."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Conflict, DomainError, Refused
from energymed.cases.codes import PhoneOwner, WordField
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.cases.words import TYPED_FIELDS, Said, keep_words, standing_words
from energymed.casework.case_overview import case_overview
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SHOWN = "shown-"  # with the name of a field: what the page showed in it
OWNER = "owner-"  # with the id of a number: whose it is


@requires("cases.work")
def say(case_id: int) -> Response:
    """Keep what the person says; the piece of the page anew, or the page without script."""
    try:
        with use_case() as ctx:
            phone = keep_words(ctx, case_id, _said())
            added = phone.id if phone else None
    except (BadInput, Conflict, Refused) as error:
        return _refused(case_id, error)
    if "HX-Request" not in request.headers:
        flash(_("C'est noté, avec votre nom et la date."), "success")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    answer = make_response(_piece(case_id, saved=True, added=added))
    answer.headers["HX-Trigger"] = "person-said"  # what follows the call may have changed
    return answer


def word_page(case: Case) -> dict[str, Any]:
    """What `_person.html` is drawn from; `typed` and `wrong` are of a form that was refused."""
    ctx = reading()
    values = {
        name: getattr(case, name, None) or getattr(case.person, name, None) or ""
        for name in TYPED_FIELDS
    }
    return {
        "words": standing_words(ctx.session, case.person_id, case.id),
        "word_fields": WordField.labels(),
        "owners": PhoneOwner.labels(),
        "shown": values,
        "typed": values,
        "wrong": {},
        "saved": False,
    }


def _refused(case_id: int, error: DomainError) -> Response:
    """What was typed stays where it was, with what is wrong beside it."""
    if "HX-Request" not in request.headers:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    wrong = {str(each.params.get("field", "all")): sentence(each) for each in (error, *error.more)}
    typed = {name: request.form.get(name, "") for name in (*TYPED_FIELDS, "number", "owner")}
    return make_response(_piece(case_id, typed=typed, wrong=wrong))


def _piece(case_id: int, *, added: int | None = None, **more: Any) -> str:
    case = get_case(reading(), case_id)
    on_desk = "desk" in request.form
    shown = word_page(case)
    overview = case_overview(reading(), case) if on_desk and added else None
    numbers = overview.numbers if overview else []
    return render_template(
        "mediator/case_file/_person_said.html",
        case=case,
        on_desk=on_desk,
        number=next((each for each in numbers if each.phone.id == added), None),
        **{**shown, **more},
    )


def _said() -> Said:
    form = request.form
    owners = {
        int(name.removeprefix(OWNER)): as_code(PhoneOwner, code)
        for name, code in form.items()
        if name.startswith(OWNER) and name.removeprefix(OWNER).isdecimal()
    }
    return Said(
        values={name: form[name] for name in TYPED_FIELDS if name in form},
        shown={name: form[SHOWN + name] for name in TYPED_FIELDS if SHOWN + name in form},
        number=form.get("number", "")[:100],
        owner=as_code(PhoneOwner, form.get("owner")),
        owners=owners,
    )
