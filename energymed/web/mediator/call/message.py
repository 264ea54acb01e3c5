"""A neutral text message or e-mail from the desk: chosen, read as it will leave, sent."""

from uuid import uuid4

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now, paris_date
from energymed.base.db import db
from energymed.base.errors import Conflict, DomainError, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.text.folding import whole_number
from energymed.calling.eligibility.stopped import REFUSALS, stops_of
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.messages import compose, sending, service
from energymed.messages.codes import UNSURE, MessageChannel, MessageState
from energymed.messages.models import Message
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import clock
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("cases.work")
def message(case_id: int) -> Page:
    """Choose to whom and what, and read it as it will leave."""
    case = get_case(reading(), case_id)
    return _page(case, request.args.get("to", ""), request.args.get("text", type=int))


@requires("cases.work")
def send_message(case_id: int) -> Page:
    """Write the message and send it; a second press tells the same."""
    form = request.form
    chosen = service.MessageRequest(
        to=form.get("to", ""),
        template_id=whole_number(form.get("text")) or 0,
        seen=form.get("seen", ""),
        request_key=form.get("request_key", ""),
    )
    gateways = sending.gateways(current_app.extensions["energymed"])
    try:
        with use_case() as ctx:
            written = service.write_message(ctx, case_id, chosen)
            if gateways.get(written.channel) is None:
                raise Refused(N_("Aucune passerelle n'est réglée pour ce canal."))
            message_id = written.id
    except NotFound:
        raise
    except DomainError as error:
        case = get_case(reading(), case_id)
        page = _page(case, chosen.to, chosen.template_id, problem=sentence(error))
        return page, 409 if isinstance(error, Conflict | Refused) else 422
    sending.send_now(message_id, gateways, now())
    return _tell(message_id)


@requires("cases.work")
def retry_message(message_id: int) -> Response:
    """Send again what failed."""
    try:
        with use_case() as ctx:
            service.retry_message(ctx, message_id)
    except (Refused, Conflict) as error:
        flash(sentence(error), "warning")
        return _back(message_id)
    gateways = sending.gateways(current_app.extensions["energymed"])
    sending.send_now(message_id, gateways, now())
    return _tell(message_id)


@requires("cases.work")
def cancel_message(message_id: int) -> Response:
    """Take back what still waits."""
    try:
        with use_case() as ctx:
            service.cancel_message(ctx, message_id)
    except Conflict as error:
        flash(sentence(error), "warning")
    else:
        flash(_("Le message est annulé : il ne partira pas."), "success")
    return _back(message_id)


def _page(case: Case, to: str, template_id: int | None, *, problem: str = "") -> str:
    ctx = reading()
    choice = compose.choices(ctx.session, case, to=to, template_id=template_id)
    try:
        draft = compose.draft(ctx, case, choice)
    except Refused as error:
        draft, problem = None, problem or sentence(error)
    stop = stops_of(ctx.session, case.person).contact_reason(paris_date(ctx.now))
    if draft is None and stop:
        problem = _(REFUSALS[stop])
    channel = choice.recipient.channel if choice.recipient else MessageChannel.SMS
    gateway = sending.gateways(current_app.extensions["energymed"])[channel]
    return render_template(
        "mediator/call/message.html",
        case=case,
        choice=choice,
        draft=draft,
        refusal=sentence(draft.refusal) if draft and draft.refusal else "",
        problem=problem,
        channel=channel,
        ready=gateway is not None,
        request_key=uuid4(),
    )


def _tell(message_id: int) -> Response:
    """Say what came of it, and go back to the case."""
    db.session.rollback()
    found = db.session.get_one(Message, message_id)
    text, category = _outcome(found)
    flash(text, category)
    return _back(message_id)


def _outcome(found: Message) -> tuple[str, str]:
    why = _(found.error.label) if found.error else ""
    if found.state == MessageState.SENT:
        by_sms = found.channel == MessageChannel.SMS
        return _("Le SMS est parti.") if by_sms else _("L'e-mail est parti."), "success"
    if found.state == MessageState.QUEUED:
        later = _("Il est gardé et repartira de lui-même vers %(time)s.",
                  time=clock(found.next_try_at))  # fmt: skip
        return f"{why} {later}".strip(), "warning"
    if found.state == MessageState.FAILED:
        lost = "" if found.error in UNSURE else _("Le message n'est pas parti.")
        return f"{lost} {why}".strip(), "danger"
    if found.state == MessageState.CANCELLED:
        return _("Le message est annulé : il ne partira pas."), "info"
    return _("L'envoi est en cours : l'historique dira s'il est parti."), "info"


def _back(message_id: int) -> Response:
    case_id = db.session.get_one(Message, message_id).case_id
    return redirect(url_for("mediator.case", case_id=case_id), 303)
