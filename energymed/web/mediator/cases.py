"""The list of cases, and one case's file."""

from uuid import uuid4

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError
from energymed.calling.claim import claim_case
from energymed.calling.service import record_contact
from energymed.cases.codes import CLOSURES, ENERGIES, KINDS, STATES, WAITING_REASONS
from energymed.cases.queries import CaseSearch, get_case, search_cases
from energymed.mediation import codes
from energymed.mediation.aids import DOCUMENTS
from energymed.mediation.models import AidRequest
from energymed.mediation.states import AID_MOVES, PLAN_MOVES, RUNNING_PLANS
from energymed.partners.queries import all_partners
from energymed.web.mediator.case_view import case_view
from energymed.web.mediator.forms import AidStepForm, ContactForm, PostponeForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires

SEARCH = "case_search"
LONGEST_SEARCH = 80


@requires("cases.see")
def search() -> Response:
    """Keep what is searched for in the session: a name has no place in an address."""
    session[SEARCH] = request.form.get("q", "").strip()[:LONGEST_SEARCH]
    return redirect(url_for("mediator.cases"), 303)


@requires("cases.see")
def cases() -> str:
    """Cases searched by reference, name, phone or commune, filtered and sorted."""
    args = request.args
    wanted = CaseSearch(
        text=session.get(SEARCH, ""),
        state=args.get("state", ""),
        kind=args.get("kind", ""),
        partner_id=args.get("partner", type=int),
        mine="mine" in args,
        sort=args.get("sort", "-opened"),
    )
    page = paginate(db.session(), search_cases(actor(), wanted), page_number())
    return render_template(
        "mediator/cases.html",
        page=page,
        wanted=wanted,
        states=STATES,
        kinds=KINDS,
        waiting=WAITING_REASONS,
        closures=CLOSURES,
        partners=all_partners(db.session()),
    )


@requires("cases.see")
def case(case_id: int) -> str:
    """Everything on one case."""
    found = get_case(db.session(), actor(), case_id)
    contact = ContactForm()
    contact.request_key.data = str(uuid4())
    return render_template(
        "mediator/case.html",
        case=found,
        view=case_view(db.session(), found, now()),
        contact=contact,
        aid_step=AidStepForm(),
        postpone=PostponeForm(),
        aid_moves=AID_MOVES,
        plan_moves=PLAN_MOVES,
        running=RUNNING_PLANS,
        at=now(),
        energies=ENERGIES,
        kinds=KINDS,
        states=STATES,
        closures=CLOSURES,
        codes=codes,
        aid_documents=_documents,
    )


def _documents(aid: AidRequest) -> str:
    return ", ".join(_(DOCUMENTS[name]) for name in aid.missing_documents)


@requires("queue.call")
def open_case(case_id: int) -> Response:
    """Open a case by hand: the person calls back, or a colleague asks."""
    with transaction() as writing:
        claim_case(writing, actor(), case_id, now=now())
    return redirect(url_for("mediator.call", case_id=case_id), 303)


@requires("cases.work")
def contact(case_id: int) -> Response:
    """Record an exchange on another channel."""
    form = ContactForm()
    back = redirect(url_for("mediator.case", case_id=case_id), 303)
    if not form.validate_on_submit():
        flash(_("Choisissez le canal."), "warning")
        return back
    try:
        with transaction() as writing:
            record_contact(
                writing,
                actor(),
                case_id,
                form.channel.data,
                now=now(),
                note=form.note.data,
                result=form.result.data or None,
                request_key=form.request_key.data or None,
            )
    except DomainError as error:
        flash(sentence(error), "warning")
        return back
    flash(_("L'échange est enregistré."), "success")
    return back
