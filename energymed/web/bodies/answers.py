"""A body says what came of a referral: received, met, ended. Without an account and without a name.

Whoever has the address may answer, and learns nothing of the person: the page has the association,
its telephone and the number of the referral. A token is in no log (routes are, by name) and in no
referrer; programs that open mails ahead of people answer nothing.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from energymed.accounts.models import Association
from energymed.base.clock import now
from energymed.base.codes import as_code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import NotFound
from energymed.casework.referral_news import hear_body
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import answers_of, find_referral
from energymed.mediation.request_codes import BodyAnswer
from energymed.messages.templates import sender_of
from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import public

TRIES = "30 per minute"  # from one place, whatever it asks for
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


@limiter.limit(TRIES)
@public
def answer(token: str) -> Response:
    """Show the three answers, or keep one; one page for every link that serves no longer."""
    try:
        if request.method == "POST" and (given := _given()) is not None:
            with transaction() as session:
                hear_body(Context(session, SYSTEM), token, given)
            return _quiet(redirect(url_for("bodies.answer", token=token), 303))
        found = find_referral(db.session(), token, now())
    except NotFound:
        return _quiet(Response(render_template("bodies/gone.html"), 404, mimetype="text/html"))
    unread = request.method == "POST"
    page = render_template("bodies/answer.html", **_shown(found), unread=unread)
    return _quiet(Response(page, 422 if unread else 200, mimetype="text/html"))


def _given() -> BodyAnswer | None:
    return as_code(BodyAnswer, request.form.get("answer", ""))


def _shown(referral: Referral) -> dict[str, Any]:
    """All that the page says; nothing of the person is among it."""
    session, site = db.session(), referral.case.site
    signs, house = sender_of(session, site.id), session.get(Association, 1)
    link = referral.link
    return {
        "association": signs.association if signs else house.name if house else site.name,
        "site": site.name,
        "phone_number": signs.phone if signs else house.phone if house else "",
        "number": referral.number,
        "choices": list(BodyAnswer),
        "answered": dict(answers_of(referral)),
        "until": link.expires_at if link else None,
    }


def _quiet(response: Response) -> Response:
    """Kept, found and told on nowhere."""
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
