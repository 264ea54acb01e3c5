"""Correcting a call of today, with all that it did: its acts, and what it settled elsewhere."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import DomainError
from energymed.calling.calls.linked_cases import parts_of
from energymed.calling.codes import REACHED, RESULTS
from energymed.calling.models import Contact
from energymed.calling.queries import versions_of
from energymed.cases.queries import get_case
from energymed.casework.agreed_in_writing import has_left
from energymed.casework.correct_call import acts_of_call, correct_call, get_contact
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.outcome_form import correction_outcome
from energymed.web.mediator.case_file.done import tell_it_left
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("cases.work")
def correct(contact_id: int) -> Page:
    """Correct today's result of a call; the first one stays on file."""
    contact = get_contact(reading(), contact_id)
    form = call_form.correction_form(contact)
    if form.is_submitted():
        form.validate()
        try:
            with use_case() as ctx:
                ticked = request.form.getlist("void_acts", type=int)
                correct_call(ctx, contact_id, correction_outcome(form, ctx.now), ticked)
            flash(_("L'appel est corrigé ; la première saisie reste dans l'historique."), "success")
            if has_left(reading(), versions_of(reading().session, contact)):
                tell_it_left()
            return redirect(url_for("mediator.case", case_id=contact.case_id), 303)
        except DomainError as error:
            call_form.explain(form, error)
    return _page(contact, form), 422 if form.is_submitted() else 200


def _page(contact: Contact, form: CallForm) -> str:
    ctx = reading()
    case, acts = get_case(ctx, contact.case_id), acts_of_call(ctx, contact)
    asked = "acts_shown" in request.form  # else the page did not show them: all are ticked
    return render_template(
        "mediator/call/correct.html",
        **call_form.page(case, form),
        contact=contact,
        parts=parts_of(ctx.session, contact),
        acts=acts,
        ticked=request.form.getlist("void_acts") if asked else [str(act.id) for act in acts],
        reached=" ".join(REACHED),
        today=today(),
        unreached=" ".join(code for code in RESULTS if code not in REACHED),
    )
