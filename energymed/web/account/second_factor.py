"""One's own second factor: put in place, recovery codes shown once, passkeys, done without."""

from collections.abc import Callable
from functools import wraps

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security.utils import check_and_update_authn_fresh
from werkzeug.wrappers import Response

from energymed.accounts import service
from energymed.base.errors import DomainError
from energymed.web.shared import security_trail
from energymed.web.shared.errors import sentence
from energymed.web.shared.extensions import limiter
from energymed.web.shared.permissions import View, me, requires, second_factor_compulsory
from energymed.web.shared.second_factor import enrolment, new_recovery_codes, proved_secret
from energymed.web.shared.sessions import stay_signed_in
from energymed.web.shared.use_case import use_case

TRIES = "20 per 5 minutes"


def confirmed_self(view: View) -> View:
    """Ask for the password again, when it was given too long ago for what guards the account."""

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> ResponseReturnValue:
        config = current_app.config
        within, grace = config["SECURITY_FRESHNESS"], config["SECURITY_FRESHNESS_GRACE_PERIOD"]
        if check_and_update_authn_fresh(within, grace):
            return view(*args, **kwargs)
        back = request.path if request.method == "GET" else url_for("account.profile")
        return redirect(url_for("security.verify", next=back), 303)

    return guarded


def as_own(view: Callable[..., ResponseReturnValue]) -> View:
    """Everybody's own account, by whoever has just given its password."""
    return requires("account.own")(confirmed_self(view))


@as_own
def enrol() -> str:
    """Why it is asked, the image to scan, the key to type, and the code that proves it."""
    return _enrolment_page()


@limiter.limit(TRIES)
@as_own
def confirm() -> ResponseReturnValue:
    """Put the application in place when its code is right, then show the recovery codes."""
    with use_case() as ctx:
        user = me()
        secret = proved_secret(user, request.form.get("code", ""))
        if secret is not None:
            codes, hashes = new_recovery_codes()
            service.set_second_factor(ctx, user, secret, hashes)
    if secret is None:
        security_trail.second_factor_refused(me(), "enrolment")
        problem = _("Ce code ne convient pas. Tapez celui que l'application montre à présent.")
        return _enrolment_page(problem), 422
    stay_signed_in(me())
    return _codes_page(codes)


@as_own
def drop() -> Response:
    """Do without, where the role leaves the choice."""
    try:
        with use_case() as ctx:
            service.drop_second_factor(ctx, me(), compulsory=second_factor_compulsory())
        stay_signed_in(me())
        flash(_("Le second facteur est retiré : le mot de passe suffit."), "success")
    except DomainError as error:
        flash(sentence(error), "warning")
    return redirect(url_for("account.profile"), 303)


@requires("account.own")
def recovery_codes() -> ResponseReturnValue:
    """How many are left, and how to make new ones: those that were made cannot be shown again."""
    if not me().tf_totp_secret:
        return redirect(url_for("account.second_factor"))
    return render_template("account/recovery_codes.html", left=len(me().mf_recovery_codes or []))


@as_own
def new_codes() -> ResponseReturnValue:
    """Make new codes and show them this once; the former ones are worthless."""
    if not me().tf_totp_secret:
        return redirect(url_for("account.second_factor"), 303)
    codes, hashes = new_recovery_codes()
    with use_case() as ctx:
        service.renew_recovery_codes(ctx, me(), hashes)
    return _codes_page(codes)


@requires("account.own")
def keep_codes() -> Response:
    """The person says that the codes are kept; only then does the work go on."""
    if "kept" not in request.form:
        flash(
            _("Gardez d'abord vos codes de secours, puis dites-le en cochant la case."), "warning"
        )
        return redirect(url_for("account.recovery_codes"), 303)
    with use_case() as ctx:
        service.confirm_recovery_codes(ctx, me())
    flash(_("Le second facteur est en place."), "success")
    return redirect(url_for("account.home"), 303)


@as_own
def remove_passkey(passkey_id: int) -> Response:
    """Take one of one's passkeys back."""
    with use_case() as ctx:
        service.remove_passkey(ctx, me(), passkey_id)
    flash(_("La clé d'accès est retirée : elle n'ouvre plus rien."), "success")
    return redirect(url_for("account.profile"), 303)


def _enrolment_page(problem: str = "") -> str:
    return render_template(
        "account/second_factor.html",
        shown=enrolment(me()),
        problem=problem,
        compulsory=second_factor_compulsory(),
    )


def _codes_page(codes: list[str]) -> str:
    return render_template("account/recovery_codes_shown.html", codes=codes)
