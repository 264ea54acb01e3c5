"""The call desk: one page for a call, from the first word to the saved outcome."""

from typing import Any
from uuid import uuid4

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.base.clock import now, today
from energymed.base.db import db, transaction
from energymed.base.errors import Conflict, DomainError
from energymed.calling import claim, drafts
from energymed.calling.models import Contact
from energymed.calling.results import GROUPS, RESULTS
from energymed.calling.service import correct_call
from energymed.cases.codes import ENERGIES, KINDS
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.rules import schedule as payments_of
from energymed.web.mediator.case_view import case_view
from energymed.web.mediator.forms import ACTS, CallForm, prepare
from energymed.web.mediator.save_call import plan_terms, report_of, save_call
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import phone
from energymed.web.shared.permissions import actor, requires

Page = str | Response | tuple[str, int]


@requires("queue.call")
def call(case_id: int) -> Page:
    """The desk of a case in call; what was typed before a lapse is there again."""
    session, who = db.session(), actor()
    case = get_case(session, who, case_id)
    draft = drafts.load_draft(session, who, case_id)
    mine = case.state == "in_call" and case.claimed_by_id == who.user_id
    if not mine and draft is None:
        flash(_("Ce dossier n'est pas en appel chez vous."), "info")
        return redirect(url_for("mediator.case", case_id=case_id))
    return _desk(case, _form(case, draft.content if draft else None), draft=draft, mine=mine)


@requires("queue.call")
def save(case_id: int) -> Page:
    """Save the call and what was agreed, all or nothing; then the next case, or the queue."""
    who = actor()
    form = _form(get_case(db.session(), who, case_id))
    if form.validate_on_submit():
        try:
            with transaction() as session:
                save_call(session, who, case_id, form, now=now())
            flash(_("L'appel est enregistré."), "success")
            return _onward()
        except DomainError as error:
            _explain(form, error)
    case = get_case(db.session(), who, case_id)
    return _desk(case, form, mine=True), 422


@requires("queue.call")
def renew(case_id: int) -> Response:
    """Lengthen the lease while the page is open."""
    with transaction() as session:
        until = claim.renew(session, actor(), case_id, now=now())
    return jsonify(until=until.isoformat())


@requires("queue.call")
def draft(case_id: int) -> Response:
    """Keep what has been typed so far."""
    with transaction() as session:
        content = request.get_json(silent=True) or {}
        drafts.save_draft(session, actor(), case_id, content, now=now())
    return jsonify(saved=True)


@requires("queue.call")
def release(case_id: int) -> Response:
    """Give the case back without a result."""
    with transaction() as session:
        claim.release(session, actor(), case_id, now=now())
    flash(_("Le dossier est retourné dans la file."), "info")
    return redirect(url_for("mediator.queue"), 303)


@requires("queue.call")
def schedule(case_id: int) -> tuple[str, int] | str:
    """The schedule of the plan as typed, computed by the same rule that saves it."""
    case = get_case(db.session(), actor(), case_id)
    form = _form(case)
    form.validate()
    try:
        payments = payments_of(plan_terms(form), case.postal_code)
    except DomainError as error:
        return render_template("mediator/_schedule.html", payments=[], problem=sentence(error))
    return render_template("mediator/_schedule.html", payments=payments, problem=None)


@requires("cases.work")
def correct(contact_id: int) -> Page:
    """Correct today's result of a call; the first one stays on file."""
    session, who = db.session(), actor()
    contact = session.get(Contact, contact_id)
    case = get_case(session, who, contact.case_id if contact else 0)
    form = _form(case)
    if form.validate_on_submit():
        try:
            with transaction() as writing:
                correct_call(writing, who, contact_id, report_of(form, now()), now=now())
            flash(_("L'appel est corrigé ; la première saisie reste dans l'historique."), "success")
            return redirect(url_for("mediator.case", case_id=case.id), 303)
        except DomainError as error:
            _explain(form, error)
    case = get_case(db.session(), who, case.id)
    return _desk(case, form, mine=True, correcting=contact_id), 422 if form.errors else 200


def _form(case: Case, typed: dict[str, Any] | None = None) -> CallForm:
    """The form of this request, or filled with what was typed before."""
    data = MultiDict(typed) if typed and request.method == "GET" else None
    form = CallForm(formdata=data) if data is not None else CallForm()
    numbers = [(each.id, phone(each.e164)) for each in case.person.phones]
    prepare(form, numbers, today())
    form.request_key.data = form.request_key.data or str(uuid4())
    started = case.claimed_at or now()
    form.started_at.data = form.started_at.data or started.isoformat()
    return form


def _desk(
    case: Case,
    form: CallForm,
    *,
    mine: bool,
    draft: Any = None,
    correcting: int | None = None,
) -> str:
    session: Session = db.session()
    return render_template(
        "mediator/call.html",
        view=case_view(session, case, now()),
        case=case,
        form=form,
        results=RESULTS,
        groups=GROUPS,
        acts=ACTS,
        draft=draft,
        mine=mine,
        correcting=correcting,
        at=now(),
        energies=ENERGIES,
        kinds=KINDS,
    )


def _explain(form: CallForm, error: DomainError) -> None:
    """Put the error where the person can mend it: beside its field, or on top."""
    name = str(error.params.get("field", ""))
    if name in form._fields and not isinstance(error, Conflict):
        form[name].errors = [*form[name].errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))


def _onward() -> Response:
    """After saving: the next case when asked for and there is one, else the queue."""
    if "next" not in request.form:
        return redirect(url_for("mediator.queue"), 303)
    with transaction() as session:
        following = claim.claim_next(session, actor(), now=now())
        case_id = following.id if following else None
    if case_id is None:
        flash(_("Personne d'autre à appeler pour l'instant."), "info")
        return redirect(url_for("mediator.queue"), 303)
    return redirect(url_for("mediator.call", case_id=case_id), 303)
