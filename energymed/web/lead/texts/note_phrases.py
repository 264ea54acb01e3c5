"""The phrases of the note: what mediators note at one key, in the team's own words."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import DomainError
from energymed.base.text.folding import whole_number
from energymed.calling.scripts.note_phrases import (
    DEFAULT_PHRASES,
    KEYS,
    LONGEST_PHRASE,
    change_phrases,
    phrases_of,
    version_of,
)
from energymed.partners.codes import CampaignKind
from energymed.web.shared.permissions import requires
from energymed.web.shared.script_words import Problems, in_language, in_source, problems_of
from energymed.web.shared.use_case import reading, use_case


@requires("guide.edit")
def phrases() -> str | Response | tuple[str, int]:
    """The phrases of one's site, to be changed; none at all brings ours back."""
    ctx = reading()
    texts, own = phrases_of(ctx.session, ctx.actor.site_id)
    current, problems = version_of(texts, own), Problems()
    shown = list(map(in_language, texts))
    if request.method == "POST":
        ours = "ours" in request.form
        try:
            _save([""] * len(KEYS) if ours else _typed())
        except DomainError as refused:
            problems = problems_of(refused, _key_name(refused))
            shown = shown if ours else _typed()
        else:
            flash(_("Les phrases sont enregistrées : elles valent dès le prochain appel."),
                  "success")  # fmt: skip
            return redirect(url_for("lead.phrases"), 303)
    version = problems.version(current)
    page = _page(texts=shown, own=own, problems=problems, version=version)
    return page, 422 if problems.errors else 200


def _page(**shown: object) -> str:
    return render_template(
        "lead/texts/note_phrases.html",
        kinds=CampaignKind.labels(),
        keys=KEYS,
        longest=LONGEST_PHRASE,
        **shown,
    )


def _save(texts: list[str]) -> None:
    stored = [in_source(text, DEFAULT_PHRASES) for text in texts]
    with use_case() as ctx:
        change_phrases(ctx, stored, seen_version=request.form.get("version"))


def _key_name(error: DomainError) -> str:
    """The phrase that an error names, by its key."""
    number = whole_number(str(error.params.get("field", "")).removeprefix("phrase-"))
    return _("Phrase de la touche %(key)s", key=KEYS[number - 1].upper()) if number else ""


def _typed() -> list[str]:
    """The phrases of the form, in the order of the keys."""
    return [request.form.get(f"phrase-{at}", "") for at in range(1, len(KEYS) + 1)]
