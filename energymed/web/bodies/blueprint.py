"""Address at which a body answers a referral."""

from flask import Blueprint

from energymed.web.bodies import answers
from energymed.web.shared.extensions import csrf

blueprint = Blueprint("bodies", __name__)
blueprint.add_url_rule("/o/<token>", "answer", answers.answer, methods=["GET", "POST"])
# no session stands behind it: whoever could forge an answer knows the secret address already
csrf.exempt(blueprint)
