"""The neutral text message that leaves with the save of a call that reached nobody: its preview."""

from flask import render_template, request

from energymed.base.errors import Refused
from energymed.cases.queries import get_case
from energymed.messages import compose
from energymed.messages.codes import MessageChannel
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("cases.work")
def neutral_sms(case_id: int) -> str:
    """The message as it would leave now, or why it may not; nothing where it is not ticked."""
    ctx = reading()
    case = get_case(ctx, case_id)
    if "neutral_sms" not in request.args:
        return ""
    draft, problem = None, ""
    try:
        choice = compose.choices(ctx.session, case, channel=MessageChannel.SMS)
        draft = compose.draft(ctx, case, choice)
        refusal = draft.refusal if draft else Refused(compose.NOWHERE)
    except Refused as error:
        refusal = error
    if refusal is not None:
        problem = sentence(refusal)
    return render_template("mediator/call/_neutral_sms.html", draft=draft, problem=problem)
