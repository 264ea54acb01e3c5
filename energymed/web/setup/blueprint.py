"""Addresses of the set-up pages."""

from flask import Blueprint

from energymed.web.setup import gate, steps
from energymed.web.shared.extensions import limiter

TRIES = "6 per minute; 30 per hour"  # of the code, per address

blueprint = Blueprint("setup", __name__, url_prefix="/setup")
blueprint.before_app_request(gate.lead_to_set_up)
rule, both = blueprint.add_url_rule, ["GET", "POST"]
rule("", "begin", limiter.limit(TRIES, methods=["POST"])(gate.begin), methods=both)
rule("/association", "association", steps.association, methods=both)
rule("/administrator", "administrator", steps.administrator, methods=both)
rule("/partners", "partners", steps.partners, methods=both)
rule("/team", "team", steps.team, methods=both)
