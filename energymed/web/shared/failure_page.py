"""The page of a failure of ours: it needs nothing that may have failed.

No database, no session, no person: its language is the browser's, its template stands alone. What
was typed is not lost: it comes back in the page and is sent again by one button.
"""

from flask import Response, current_app, jsonify, make_response, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from energymed.base.db import db
from energymed.base.errors import Busy
from energymed.base.i18n import N_
from energymed.web.shared.extensions import LOCALES, wants_json
from energymed.web.watch.requests import request_id

DATABASE_AWAY = (OperationalError, InterfaceError, NoConnectionLeft)
SENTENCES = {
    503: N_("La base de données ne répond pas. Réessayez dans un instant."),
    500: N_("Une erreur est survenue de notre côté. Rien n'a été enregistré ; réessayez."),
}
READ_OUT = 8  # signs of a request's number that are read out on the telephone, and looked for
SECRETS = ("password", "code", "credential")  # parts of names of fields that are not shown again


def failure_page(status: int, told: str | None = None) -> Response:
    """The answer to a request that failed by no fault of whoever sent it; 503 or 500.

    Args:
        told: the sentence (a msgid), where more is known than the status says.
    """
    let_go()
    language = request.accept_languages.best_match(LOCALES) or "fr"
    with force_locale(language):
        sentence = _(told or SENTENCES[status if status == 503 else 500])
        if wants_json(request):
            return make_response(jsonify(error=sentence, request_id=request_id()), status)
        typed = _typed()
        template = current_app.jinja_env.get_template("errors/failure.html")
        page = template.render(
            status=status, heading=_heading(status, told), sentence=sentence, typed=typed,
            path=_again(typed), language=language, number=request_id()[:READ_OUT],
        )  # fmt: skip
    return make_response(page, status)


def _heading(status: int, told: str | None) -> str:
    if told == Busy.SENTENCE:
        return _("Base occupée")
    return _("Base indisponible") if status == 503 else _("Erreur")


def let_go() -> None:
    """End what was begun in the database, also when it does not answer any more."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()


def _again(typed: list[tuple[str, str]]) -> str:
    """Where to try again: the same address, but for one that is none or is only sent to."""
    rule = request.url_rule
    if rule is None or not (typed or "GET" in (rule.methods or ())):
        return "/"
    return request.full_path.rstrip("?")


def _typed() -> list[tuple[str, str]]:
    """What the form held, to be sent again; nothing where it cannot be, or should not be shown."""
    if request.method != "POST" or request.files or request.url_rule is None:
        return []
    sent = list(request.form.items(multi=True))
    if any(part in name for name, _value in sent for part in SECRETS):
        return []
    return sent
