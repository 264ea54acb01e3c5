"""The phrases of the note: what mediators note at one key, in the team's own words."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError
from energymed.calling.notes import KEYS, LONGEST_PHRASE, change_phrases, phrases_of
from energymed.cases.codes import KINDS
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import actor, requires


@requires("guide.edit")
def phrases() -> str | Response | tuple[str, int]:
    """The phrases of one's site, to be changed; none at all brings ours back."""
    who = actor()
    texts, own = phrases_of(db.session(), who.site_id)
    error = wrong = ""
    if request.method == "POST":
        texts = [""] * len(KEYS) if "ours" in request.form else _typed()
        try:
            with transaction() as session:
                change_phrases(session, who, texts, now=now())
        except DomainError as refused:
            error, wrong = sentence(refused), str(refused.params.get("field", ""))
        else:
            flash(_("Les phrases sont enregistrées : elles valent dès le prochain appel."),
                  "success")  # fmt: skip
            return redirect(url_for("lead.phrases"), 303)
    elif not own:
        texts = [_(text) for text in texts]
    page = render_template(
        "lead/phrases.html",
        kinds=KINDS,
        keys=KEYS,
        texts=texts,
        own=own,
        error=error,
        wrong=wrong,
        longest=LONGEST_PHRASE,
    )
    return page, 422 if error else 200


def _typed() -> list[str]:
    """The phrases of the form, in the order of the keys."""
    return [request.form.get(f"phrase-{at}", "") for at in range(1, len(KEYS) + 1)]
