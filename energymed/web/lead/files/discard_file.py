"""A file that is not imported: given up, or refused with a word when a partner deposited it."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput, Refused
from energymed.intake import queries
from energymed.intake.batches.deposits import Answer
from energymed.intake.batches.pending_batches import discard
from energymed.intake.codes import BatchOrigin
from energymed.web.lead.forms import AnswerForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("files.import")
def discard_file(batch_id: int) -> str | Response | tuple[str, int]:
    """Ask, then give up a file that was never imported; a deposit is answered with a reason."""
    form = AnswerForm()
    batch = queries.get_batch(reading(), batch_id)
    deposited = batch.origin != BatchOrigin.SITE
    if request.method == "GET" or (deposited and not form.validate()):
        status = 422 if form.errors else 200
        return render_template("lead/files/confirm_discard.html", batch=batch, form=form), status
    answer = Answer(form.reason.data, form.note.data or "") if deposited else None
    try:
        with use_case() as ctx:
            discard(ctx, batch_id, answer=answer)
    except (BadInput, Refused) as error:
        if isinstance(error, BadInput) or "field" in error.params:
            form.note.errors = [sentence(error)]
            return render_template("lead/files/confirm_discard.html", batch=batch, form=form), 422
        flash(sentence(error), "warning")
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    flash(
        _("Dépôt refusé : le partenaire lira votre réponse.")
        if deposited
        else _("Fichier abandonné : rien n'a été importé."),
        "success",
    )
    return redirect(url_for("lead.files"), 303)
