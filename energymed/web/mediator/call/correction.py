"""Correcting a call of today, with all that it did: its acts, and what it settled elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.context import Actor, Context
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError
from energymed.calling.calls.linked_cases import parts_of
from energymed.calling.calls.record import correct_call
from energymed.calling.calls.results import RESULTS
from energymed.calling.codes import REACHED
from energymed.calling.models import Contact
from energymed.calling.queries import versions_of
from energymed.cases.queries import get_case
from energymed.mediation.acts import void_act
from energymed.mediation.models import Act
from energymed.mediation.queries import acts_in
from energymed.partners.codes import CLOSURES
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.save_call import report_of
from energymed.web.shared.permissions import actor, requires

Page = str | Response | tuple[str, int]


@requires("cases.work")
def correct(contact_id: int) -> Page:
    """Correct today's result of a call; the first one stays on file."""
    who = actor()
    contact = call_form.get_contact(db.session(), who, contact_id)
    form = call_form.correction_form(contact)
    if form.validate_on_submit():
        try:
            with transaction() as session:
                save_correction(session, who, contact_id, form, now=now())
            flash(_("L'appel est corrigé ; la première saisie reste dans l'historique."), "success")
            return redirect(url_for("mediator.case", case_id=contact.case_id), 303)
        except DomainError as error:
            call_form.explain(form, error)
    return _page(contact, form), 422 if form.errors else 200


def save_correction(
    session: Session, who: Actor, contact_id: int, form: CallForm, *, now: datetime
) -> Contact:
    """Correct the call; when nobody was reached after all, its ticked acts are crossed out too.

    Raises:
        DomainError: the call or one of its acts cannot be taken back any more.
    """
    contact = call_form.get_contact(session, who, contact_id)
    if form.result.data not in REACHED:
        ticked = request.form.getlist("void_acts")
        for act in _acts_of(session, contact):
            if str(act.id) in ticked:
                void_act(Context(session, who, now), act.id)
    return correct_call(Context(session, who, now), contact_id, report_of(form, now))


def _acts_of(session: Session, contact: Contact) -> Sequence[Act]:
    return acts_in(session, versions_of(session, contact))


def _page(contact: Contact, form: CallForm) -> str:
    session = db.session()
    case = get_case(Context(session, actor()), contact.case_id)
    acts = _acts_of(session, contact)
    asked = "acts_shown" in request.form  # else the page did not show them: all are ticked
    return render_template(
        "mediator/call/correct.html",
        **call_form.page(case, form),
        contact=contact,
        parts=parts_of(session, contact),
        closures=CLOSURES,
        acts=acts,
        ticked=request.form.getlist("void_acts") if asked else [str(act.id) for act in acts],
        reached=" ".join(REACHED),
        unreached=" ".join(code for code in RESULTS if code not in REACHED),
    )
