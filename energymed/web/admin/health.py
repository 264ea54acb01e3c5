"""How the service is: its quick examination, the last whole one, the jobs, and what failed."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response as FlaskResponse
from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.db import db
from energymed.base.i18n import Label
from energymed.config import Settings
from energymed.operations.doctor.background import begin, how_far
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.examination import examine as examined
from energymed.operations.doctor.findings import Finding
from energymed.operations.doctor.kept import last_examined
from energymed.operations.doctor.setting_checks import running_with
from energymed.operations.failing_jobs import failing_jobs
from energymed.operations.failures import count_failures, last_failures
from energymed.operations.plans import PLANS
from energymed.operations.runs import last_runs
from energymed.web.shared.filters import moment, number
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

TONES = {Health.OK: "good", Health.WARNING: "warning", Health.WRONG: "bad"}


@requires("service.see")
def health() -> str:
    """The quick part at once, and what is kept of the rest."""
    settings: Settings = current_app.extensions["energymed"]
    session = reading().session
    return render_template(
        "admin/health.html",
        findings=examined(running_with(settings), whole=False),
        kept=last_examined(session),
        work=how_far(session),
        plans=PLANS.values(),
        runs=last_runs(session),
        failing={spell.job: spell for spell in failing_jobs(session)},
        failures=last_failures(session),
        failure_count=count_failures(session),
        tones=TONES,
        in_words=in_words,
        advised=advised,
    )


@requires("service.see")
def examine() -> Response:
    """Have everything examined, in a process of its own: a large database takes minutes."""
    begin(current_app.extensions["energymed"])
    return redirect(url_for("admin.health"), 303)


@requires("service.see")
def examination() -> str | Response:
    """How far it is; on to the page when it is over."""
    work = how_far(db.session())
    if work is not None and work.is_under_way and "HX-Request" in request.headers:
        return render_template("admin/_examination.html", work=work)
    url = url_for("admin.health")
    if "HX-Request" in request.headers:
        return FlaskResponse(headers={"HX-Redirect": url})
    return redirect(url, 303)


def in_words(finding: Finding) -> str:
    """The sentence of a finding in the reader's language."""
    return _filled(finding.message, finding.params)


def advised(finding: Finding) -> str:
    """What to do, in the reader's language; nothing where all is well."""
    return _filled(finding.advice, finding.params) if finding.advice else ""


def _filled(sentence: str, params: Mapping[str, object]) -> str:
    values = {name: _shown(value) for name, value in params.items()}
    return _(sentence, **values) if values else _(sentence)


def _shown(value: object) -> object:
    if isinstance(value, Label):
        return _(value)
    if isinstance(value, int):
        return number(value)
    return moment(value) if isinstance(value, datetime) else value
