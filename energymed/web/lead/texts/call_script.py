"""The guide of the calls: the team's own words for each mission, step by step."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.codes import as_code
from energymed.base.errors import DomainError, NotFound
from energymed.base.i18n import N_
from energymed.calling.scripts.call_script import (
    DEFAULT_STEPS,
    Step,
    change_call_script,
    placeholders_of,
    steps_of,
    version_of,
)
from energymed.calling.scripts.script_checks import LONGEST_TEXT, LONGEST_TITLE
from energymed.partners.codes import CampaignKind
from energymed.web.shared.permissions import requires
from energymed.web.shared.script_words import Problems, in_source, problems_of, step_in_language
from energymed.web.shared.use_case import reading, use_case

MOST_STEPS = 8


@requires("guide.edit")
def guide() -> Response:
    """The first mission's."""
    return redirect(url_for("lead.guide_of", kind=next(iter(CampaignKind))))


@requires("guide.edit")
def guide_of(kind: str) -> str | Response | tuple[str, int]:
    """The steps of a mission, to be changed; none at all brings ours back."""
    mission: CampaignKind | None = as_code(CampaignKind, kind)
    if mission is None:
        raise NotFound(N_("Cette mission n'existe pas."))
    ctx = reading()
    steps, own = steps_of(ctx.session, ctx.actor.site_id or 0, mission)
    current, problems = version_of(steps, own), Problems()
    shown = list(map(step_in_language, steps))
    if request.method == "POST":
        ours = "ours" in request.form
        try:
            _save(mission, [] if ours else _typed())
        except DomainError as refused:
            problems = problems_of(refused, _step_name(refused))
            shown = shown if ours else _typed()
        else:
            flash(_("Le guide est enregistré : il vaut dès le prochain appel."), "success")
            return redirect(url_for("lead.guide_of", kind=mission), 303)
    version = problems.version(current)
    page = _page(mission, shown, own=own, problems=problems, version=version)
    return page, 422 if problems.errors else 200


def _page(mission: CampaignKind, steps: Sequence[Step], **told: object) -> str:
    return render_template(
        "lead/texts/call_script.html",
        kind=mission,
        kinds=CampaignKind.labels(),
        steps=[*steps, *[Step("")] * max(0, MOST_STEPS - len(steps))],
        places=placeholders_of(mission),
        longest_title=LONGEST_TITLE,
        longest_text=LONGEST_TEXT,
        **told,
    )


def _save(kind: CampaignKind, steps: list[Step]) -> None:
    defaults = [text for step in DEFAULT_STEPS[kind] for text in _texts(step)]
    stored = [Step(*(in_source(text, defaults) for text in _texts(step))) for step in steps]
    with use_case() as ctx:
        change_call_script(ctx, kind, stored, seen_version=request.form.get("version"))


def _texts(step: Step) -> tuple[str, str, str]:
    return step.title, step.say, step.advice


def _step_name(error: DomainError) -> str:
    """The step that an error names."""
    return _("Étape %(number)s", number=str(error.params.get("field", "")).removeprefix("step-"))


def _typed() -> list[Step]:
    """The steps of the form, those left empty aside."""
    typed = (
        Step(*(request.form.get(f"{name}-{at}", "") for name in ("title", "say", "advice")))
        for at in range(1, MOST_STEPS + 1)
    )
    return [step for step in typed if f"{step.title}{step.say}{step.advice}".strip()]
