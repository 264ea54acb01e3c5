"""Errors become one sentence for a person, in one place: what happened, what to do."""

import structlog
from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, InternalError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from wtforms import FieldList, Form

from energymed.base.db import db
from energymed.base.db.trouble import told_at_a_page
from energymed.base.errors import BadInput, Busy, Conflict, DomainError, NotFound, Refused
from energymed.base.i18n import Label
from energymed.operations.codes import FailureSource
from energymed.operations.failures import note_failure
from energymed.web.shared import security_trail
from energymed.web.shared.extensions import wants_json
from energymed.web.shared.failure_page import DATABASE_AWAY, failure_page, let_go
from energymed.web.shared.fields import TOO_LARGE

SENTENCES = {
    400: _l("La demande n'a pas été comprise. Revenez à la page précédente et réessayez."),
    401: _l("Connectez-vous pour continuer."),
    403: _l("Votre rôle ne donne pas accès à cette page."),
    404: _l("Cette page ou ce dossier n'existe pas, ou n'est pas de votre site."),
    405: _l("Cette adresse ne s'ouvre pas ainsi. Passez par le menu."),
    409: _l("Quelqu'un d'autre a modifié ce dossier entre-temps. Rechargez la page et vérifiez."),
    413: TOO_LARGE,
    429: _l("Trop d'essais. Patientez quelques minutes, puis réessayez."),
}
STATUS = {NotFound: 404, Refused: 409, Conflict: 409, BadInput: 400}
log = structlog.get_logger("energymed.errors")


def register(app: Flask) -> None:
    """Attach the handlers."""
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(DomainError, _on_domain)
    app.register_error_handler(StaleDataError, _on_stale)
    for unusable in (DataError, OverflowError):  # a number or sign that no database keeps
        app.register_error_handler(unusable, _on_unusable)
    app.register_error_handler(Busy, _on_busy)
    for away in DATABASE_AWAY:
        app.register_error_handler(away, _on_database)
    app.register_error_handler(InternalError, _on_internal)
    app.register_error_handler(Exception, _on_anything)


def sentence(error: DomainError) -> str:
    """The error's sentence in the reader's language."""
    values = {
        name: _(value) if isinstance(value, Label) else value
        for name, value in error.params.items()
    }
    return _(error.message) % values if values else _(error.message)


def explain(form: Form, error: DomainError) -> None:
    """Put the error's sentence beside the control that it names, or on top."""
    name = str(error.params.get("field", ""))
    if name in form:
        form[name].errors = [*form[name].errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))


def explain_all(form: Form, error: DomainError) -> None:
    """`explain` for an error and all that was found with it."""
    for each in (error, *error.more):
        explain(form, each)


def explain_lines(form: Form, lines: FieldList, error: DomainError) -> None:
    """The same where some errors name a line of a list of forms, and a control of it."""
    for each in (error, *error.more):
        line = each.params.get("line")
        explain(lines[line].form if isinstance(line, int) else form, each)


def _answer(status: int, text: str, title: str | None = None) -> tuple[Response | str, int]:
    let_go()
    if wants_json(request):
        return jsonify(error=text), status
    page = render_template("errors/error.html", status=status, sentence=text, title=title)
    return page, status


def _on_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    if status >= 500:
        return failure_page(status)
    try:
        if status == 403:
            security_trail.access_refused()
        answer = _answer(status, str(SENTENCES.get(status, SENTENCES[400])))
    except DATABASE_AWAY as away:  # the page of this error asks who reads it
        return _on_database(away)
    if isinstance(error, MethodNotAllowed):
        return (*answer, {"Allow": ", ".join(error.valid_methods or [])})
    return answer


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    return _answer(
        400,
        _(
            "Votre session a expiré ou la page est restée ouverte trop longtemps. "
            "Connectez-vous, puis revenez : un appel en cours de saisie est conservé."
        ),
        _("Session expirée"),
    )


def _on_domain(error: DomainError) -> ResponseReturnValue:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    return _answer(status, sentence(error))


def _on_unusable(_error: Exception) -> ResponseReturnValue:
    return _answer(400, str(SENTENCES[400]))


def _on_stale(_error: StaleDataError) -> ResponseReturnValue:
    return _answer(409, str(SENTENCES[409]))


def _on_busy(error: Busy) -> ResponseReturnValue:
    log.warning("database_busy", endpoint=request.endpoint)
    return failure_page(503, error.message)


def _on_database(error: SQLAlchemyError) -> ResponseReturnValue:
    log.error("database_unavailable", kind=type(getattr(error, "orig", error)).__name__)
    return failure_page(503, told_at_a_page(error) if isinstance(error, DBAPIError) else None)


def _on_internal(error: InternalError) -> ResponseReturnValue:
    """PostgreSQL's name for what is none of ours: a server that only reads just now."""
    return _on_database(error) if told_at_a_page(error) else _on_anything(error)


def _on_anything(error: Exception) -> ResponseReturnValue:
    log.exception("unexpected_error", kind=type(error).__name__, endpoint=request.endpoint)
    page = failure_page(500)
    note_failure(db.engine, FailureSource.WEB, request.endpoint or "", error)
    return page
