"""What a person needs for their safety, noted on the desk or on the case; a piece of both pages."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length, Optional

from energymed.base.codes import as_code
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.cases import needs
from energymed.cases.codes import NEED_KINDS, TRUSTED_RELATIONS, NeedKind, TrustedRelation
from energymed.cases.models import Case
from energymed.cases.person_models import PersonNeed
from energymed.cases.queries import get_case
from energymed.casework.case_overview import CaseOverview, case_overview
from energymed.web.mediator.call.controls import DayField, PickField, no_numbers
from energymed.web.mediator.case_file.cautions import cautions
from energymed.web.shared.errors import explain_all, sentence
from energymed.web.shared.fields import choices
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


class NeedForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What a person needs; the service asks of each kind what it asks for."""

    kind = PickField(_l("À noter"), choices=choices(NEED_KINDS))
    language = StringField(_l("Langue"), validators=[Length(max=40), no_numbers])
    name = StringField(
        _l("Nom de la personne de confiance"), validators=[Length(max=120), no_numbers]
    )
    relation = PickField(_l("Son lien avec la personne"), choices=choices(TRUSTED_RELATIONS))
    phone = StringField(_l("Son téléphone"), validators=[Length(max=40)])
    until = DayField(
        _l("Valable jusqu'au"),
        description=_l("Vide : aussi longtemps que la règle le permet."),
        validators=[Optional()],
    )
    agreed = BooleanField(_l("La personne est d'accord pour que ce soit noté"))

    def said(self) -> needs.NeedSaid:
        """What is typed."""
        return needs.NeedSaid(
            kind=as_code(NeedKind, self.kind.data),
            agreed=bool(self.agreed.data),
            language=self.language.data or "",
            name=self.name.data or "",
            relation=as_code(TrustedRelation, self.relation.data),
            phone=self.phone.data or "",
            until=self.until.data,
        )


def need_page(
    known: CaseOverview, form: NeedForm | None = None, wrong: NeedForm | None = None
) -> dict[str, Any]:
    """What `_needs.html` is drawn from; `wrong` is the correction that was refused."""
    corrections = {need.id: _correction(need) for need in known.needs}
    if wrong is not None:
        corrections |= {
            need_id: wrong for need_id in corrections if _prefix(need_id) == wrong._prefix
        }
    language = known.case.person.language
    return {
        "needs": known.needs,
        "need_form": form or NeedForm(formdata=None, prefix="need-", data={"language": language}),
        "need_corrections": corrections,
    }


@requires("cases.work")
def note(case_id: int) -> Response | str:
    """Note what the person of a case needs."""
    case, form = get_case(reading(), case_id), NeedForm(prefix="need-")
    try:
        _validate(form)
        with use_case() as ctx:
            needs.note_need(ctx, case_id, form.said())
    except (BadInput, Refused) as error:
        return _refused(case, error, form=form)
    return _answer(case_id, _("C'est noté, avec votre nom et la date."))


@requires("cases.work")
def correct(need_id: int) -> Response | str:
    """Note a need otherwise; what stood before stays on file."""
    case, form = needs.case_of_need(reading(), need_id), NeedForm(prefix=_prefix(need_id))
    try:
        _validate(form)
        with use_case() as ctx:
            needs.correct_need(ctx, need_id, form.said())
    except (BadInput, Refused) as error:
        return _refused(case, error, wrong=form)
    return _answer(case.id, _("C'est corrigé, avec votre nom et la date."))


@requires("cases.work")
def end(need_id: int) -> Response | str:
    """Note that it holds no more."""
    with use_case() as ctx:
        case_id = needs.end_need(ctx, need_id).case_id
    return _answer(case_id, _("C'est noté : cela ne vaut plus."))


def _prefix(need_id: int) -> str:
    return f"need-{need_id}-"


def _correction(need: PersonNeed) -> NeedForm:
    shown = {
        "language": need.language, "name": need.name, "relation": need.relation,
        "phone": need.e164, "until": need.until,
    }  # fmt: skip
    return NeedForm(formdata=None, prefix=_prefix(need.id), data=shown)


def _validate(form: NeedForm) -> None:
    if not form.validate():
        raise BadInput(next(iter(form.errors.values()))[0])


def _refused(case: Case, error: DomainError, **forms: NeedForm) -> Response | str:
    if "HX-Request" not in request.headers:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.case", case_id=case.id), 303)
    for form in forms.values():
        if not form.errors:
            explain_all(form, error)
    return _piece(case, **forms)


def _answer(case_id: int, told: str) -> Response | str:
    if "HX-Request" not in request.headers:
        flash(told, "success")
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    return _piece(get_case(reading(), case_id), told=told)


def _piece(
    case: Case, *, form: NeedForm | None = None, wrong: NeedForm | None = None, told: str = ""
) -> str:
    known = case_overview(reading(), case)
    return render_template(
        "mediator/case_file/_needs.html",
        case=case,
        on_desk="desk" in request.form,
        need_told=told,
        view=known,
        cautions_anew=cautions(known),
        **need_page(known, form, wrong),
    )
