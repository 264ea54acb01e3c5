"""Calling by the association's exchange: one click rings the telephone, then the person."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.base.http_client import NotTaken
from energymed.cases.queries import get_case
from energymed.config import Settings
from energymed.telephony.codes import DialState
from energymed.telephony.exchange import exchange
from energymed.telephony.service import ask_call, call_of_claim, note_event
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

NOT_TAKEN = ("busy", "refused", "unreachable")  # else it may ring all the same


def by_exchange() -> bool:
    """Whether numbers are dialled by the exchange: it is set, and the user has an extension."""
    settings: Settings = current_app.extensions["energymed"]
    return bool(settings.dial_url and current_user.extension)


@requires("queue.call")
def dial(case_id: int, phone_id: int) -> Response | str:
    """Ask the exchange for a call; how it goes, as a page or as a piece of it."""
    get_case(reading(), case_id)  # told apart by nothing from one that is not there
    problem = _ask(case_id, phone_id)
    if "HX-Request" in request.headers:
        return _line(case_id, problem)
    if problem:
        flash(problem, "warning")
    return redirect(url_for("mediator.call", case_id=case_id), 303)


@requires("queue.call")
def line(case_id: int) -> str:
    """How the call goes, as a piece of the page."""
    return _line(case_id, "")


def _ask(case_id: int, phone_id: int) -> str:
    """Ask for the call, outside any transaction; why not, in one sentence."""
    settings: Settings = current_app.extensions["energymed"]
    try:
        service = exchange(settings)
        with use_case() as ctx:
            call, order = ask_call(ctx, case_id, phone_id)
            token = call.token
    except (BadInput, Conflict, Refused) as error:
        return sentence(error)
    if order is None:
        return ""
    try:
        service.post(order.order(), order.call)
    except NotTaken as error:
        if error.code in NOT_TAKEN:
            with transaction() as session:
                note_event(session, token, DialState.FAILED, at=now(), now=now())
        return _("Le standard ne répond pas : composez le numéro sur votre téléphone.")
    return ""


def _line(case_id: int, problem: str) -> str:
    ctx = reading()
    return render_template(
        "mediator/call/_exchange_line.html",
        call=call_of_claim(ctx, get_case(ctx, case_id)),
        problem=problem,
        at=ctx.now,
    )
