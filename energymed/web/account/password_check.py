"""What is to be said of a password before it is sent."""

from flask import render_template, request
from flask_login import current_user

from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import me, public
from energymed.web.shared.sign_in import password_problem

CHECKS = "60 per minute"


@public
@limiter.limit(CHECKS)
def check() -> str:
    """The sentence that sending it would give, as a piece of the page; the password goes nowhere.

    The invitation and the reset of a password ask it too, of nobody who is signed in.
    """
    typed = request.form.get("new_password") or request.form.get("password") or ""
    user = me() if current_user.is_authenticated else None
    return render_template(
        "account/_password_verdict.html", typed=typed, problem=password_problem(typed, user)
    )
