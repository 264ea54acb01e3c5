"""The exchange's events: no session, a signature instead; nothing is told to a stranger."""

import json
from datetime import UTC, datetime

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.base.errors import BadInput, NotFound
from energymed.config import Settings
from energymed.telephony.rules import is_signed
from energymed.telephony.service import note_event
from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import public

LONGEST_BODY = 4096
TIME, SIGNATURE = "X-Energymed-Timestamp", "X-Energymed-Signature"
EVENTS_A_MINUTE = "1200 per minute"


@public
@limiter.limit(EVENTS_A_MINUTE)
def events() -> Response:
    """Note one event; 204, also when it was known already."""
    settings: Settings = current_app.extensions["energymed"]
    request.max_content_length = LONGEST_BODY  # a body without a length is cut there too
    body = request.get_data(cache=False)
    given = request.headers.get(SIGNATURE, "").removeprefix("sha256=")
    told_at = request.headers.get(TIME, "")
    if not is_signed(settings.dial_secret, told_at, body, given, now().timestamp()):
        abort(401)
    told = _told(body)
    at = datetime.fromtimestamp(int(told_at), UTC)
    try:
        with transaction() as session:
            note_event(session, told["call"], told["event"], at=at, now=now())
    except NotFound:
        abort(404)
    except BadInput:
        abort(400)
    return Response(status=204)


def _told(body: bytes) -> dict[str, str]:
    """The call and the event of a body."""
    try:
        told: object = json.loads(body)
    except (ValueError, RecursionError):
        abort(400)
    if not isinstance(told, dict):
        abort(400)
    found = {name: told.get(name) for name in ("call", "event")}
    if not all(isinstance(value, str) and value.isascii() for value in found.values()):
        abort(400)
    return {name: str(value) for name, value in found.items()}
