"""Who speaks for a person, noted on the desk or on the case; a piece of both pages."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length, Optional

from energymed.base.clock import today
from energymed.base.codes import as_code
from energymed.base.db import db
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.cases import mandates
from energymed.cases.codes import MANDATE_KINDS, MandateKind
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.web.mediator.call.controls import DayField, PickField, no_numbers
from energymed.web.mediator.case_file.person_word import word_page
from energymed.web.shared.errors import explain_all, sentence
from energymed.web.shared.fields import choices
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


class MandateForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Who speaks for the person."""

    kind = PickField(_l("Qui parle pour la personne"), choices=choices(MANDATE_KINDS))
    name = StringField(
        _l("Nom du tuteur ou de la personne"), validators=[Length(max=120), no_numbers]
    )
    proof_seen_on = DayField(_l("Justificatif vu le"), validators=[Optional()])
    until = DayField(_l("Jusqu'au"), validators=[Optional()])


def mandate_page(case: Case, form: MandateForm | None = None) -> dict[str, Any]:
    """What `_mandates.html` is drawn from."""
    return {
        "mandates": mandates.standing_mandates(db.session(), case.person_id, today()),
        "mandate_form": form or MandateForm(formdata=None, prefix="mandate-"),
    }


def person_page(case: Case) -> dict[str, Any]:
    """All that the two pages show of the person: their own words, and who speaks for them."""
    return {**word_page(case), **mandate_page(case)}


@requires("cases.work")
def note(case_id: int) -> Response | str:
    """Note who speaks for the person of a case."""
    case = get_case(reading(), case_id)
    form = MandateForm(prefix="mandate-")
    try:
        if not form.validate():
            raise BadInput(next(iter(form.errors.values()))[0])
        with use_case() as ctx:
            mandates.note_mandate(ctx, case_id, _said(form))
    except (BadInput, Refused) as error:
        return _refused(case, form, error)
    return _answer(case_id, _("C'est noté, avec votre nom et la date."))


@requires("cases.work")
def end(mandate_id: int) -> Response | str:
    """Note that it holds no more."""
    with use_case() as ctx:
        case_id = mandates.end_mandate(ctx, mandate_id).case_id
    return _answer(case_id, _("C'est noté : cela ne vaut plus."))


def _said(form: MandateForm) -> mandates.MandateSaid:
    return mandates.MandateSaid(
        kind=as_code(MandateKind, form.kind.data),
        name=form.name.data or "",
        proof_seen_on=form.proof_seen_on.data,
        until=form.until.data,
    )


def _refused(case: Case, form: MandateForm, error: DomainError) -> Response | str:
    if "HX-Request" not in request.headers:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.case", case_id=case.id), 303)
    if not form.errors:
        explain_all(form, error)
    return _piece(case, form)


def _answer(case_id: int, told: str) -> Response | str:
    if "HX-Request" not in request.headers:
        flash(told, "success")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    return _piece(get_case(reading(), case_id), told=told)


def _piece(case: Case, form: MandateForm | None = None, *, told: str = "") -> str:
    return render_template(
        "mediator/case_file/_mandates.html",
        case=case,
        on_desk="desk" in request.form,
        told=told,
        **mandate_page(case, form),
    )
