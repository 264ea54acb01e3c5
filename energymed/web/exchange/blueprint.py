"""Address of the exchange's events (docs/telephony.md)."""

from flask import Blueprint

from energymed.web.exchange import events
from energymed.web.shared.extensions import csrf

blueprint = Blueprint("exchange", __name__)
blueprint.add_url_rule("/telephony/events", "events", events.events, methods=["POST"])
csrf.exempt(blueprint)  # every event is signed
