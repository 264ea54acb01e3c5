"""What the open desk asks in the background: a longer lease, what is typed kept, the case back."""

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.delicate_words import delicate_words
from energymed.base.text.folding import storable, whole_number
from energymed.base.text.sensitive import remove_sensitive
from energymed.calling.calls import drafts, release_case
from energymed.calling.calls.report import MAX_KEY
from energymed.calling.queue import claims
from energymed.cases.codes import CaseState
from energymed.cases.queries import get_case
from energymed.web.mediator.call import call_form
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

LEFT = {
    "mistake": N_("Le dossier est revenu où il était."),
    "not_now": N_("Le dossier reviendra plus tard dans votre file."),
    "bad_number": N_("Ce numéro ne sera plus composé ; le dossier est retourné dans la file."),
    "not_for_me": N_("Le dossier est rendu à l'équipe, qui le confiera à quelqu'un d'autre."),
}
NOT_HELD = N_("Vous n'avez plus ce dossier en appel : rien n'a changé.")


@requires("queue.call")
def renew(case_id: int) -> Response:
    """Lengthen the lease while the page is open; 409 when the case is somebody else's."""
    with use_case() as ctx:
        until = claims.renew(ctx, case_id)
    return jsonify(until=until.isoformat())


@requires("queue.call")
def draft(case_id: int) -> Response:
    """Keep what has been typed so far, and say of the note what should not stand in it.

    400 when it is no form, or too long.
    """
    content = _sent(case_id)
    typed, key = call_form.typed(content), storable(str(content.get("request_key", "")))[:MAX_KEY]
    with use_case() as ctx:
        drafts.save_draft(ctx, case_id, typed, request_key=key)
    note = str(content.get("note", ""))
    return jsonify(numbers=remove_sensitive(note)[1], words=delicate_words(note))


@requires("queue.call")
def forget(case_id: int) -> Response:
    """Start again: forget what was typed before."""
    with use_case() as ctx:
        get_case(ctx, case_id)
        drafts.delete_draft(ctx, case_id)
    return redirect(url_for("mediator.call", case_id=case_id), 303)


@requires("queue.call")
def release(case_id: int) -> Response:
    """Leave the case without a result, and say why."""
    reason, phone_id = request.form.get("reason", ""), whole_number(request.form.get("phone_id"))
    try:
        with use_case() as ctx:
            held = get_case(ctx, case_id).claimed_by_id == ctx.actor.user_id
            case = release_case.leave(ctx, case_id, reason, phone_id=phone_id)
            closed = case.state == CaseState.CLOSED
    except BadInput as error:
        flash(sentence(error), "warning")
        return redirect(url_for("mediator.call", case_id=case_id), 303)
    told = N_("Sans autre numéro, le dossier est clos.") if closed else LEFT.get(reason)
    flash(_(told if held and told else NOT_HELD), "info")
    return redirect(url_for("mediator.queue"), 303)


def _sent(case_id: int) -> dict[str, Any]:
    """The fields sent as JSON.

    Raises:
        BadInput: it is no JSON object; kept as an empty draft it would replace the one there is.
    """
    content = request.get_json(silent=True)
    if not isinstance(content, dict):
        get_case(reading(), case_id)  # a foreign case is none, whatever was sent
        raise BadInput(N_("Saisie illisible : ce qui était conservé n'a pas changé."))
    return content
