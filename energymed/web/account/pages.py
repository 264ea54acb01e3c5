"""Home, one's own account and language."""

from flask import abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from energymed.accounts.association import is_set_up
from energymed.accounts.codes import Role
from energymed.accounts.edits import edit_own_profile
from energymed.base.db import transaction
from energymed.base.errors import BadInput
from energymed.config import Settings
from energymed.telephony.service import set_extension
from energymed.web.mediator.call.keys import desk_keys
from energymed.web.shared.errors import sentence
from energymed.web.shared.extensions import LOCALES
from energymed.web.shared.permissions import may, public, requires, second_factor_compulsory
from energymed.web.shared.second_factor import FEW
from energymed.web.shared.sessions import local_path, where_to
from energymed.web.shared.use_case import reading, use_case

HOMES = {
    Role.TRAINEE: "mediator.queue",
    Role.MEDIATOR: "mediator.queue",
    Role.LEAD: "lead.files",
    Role.PARTNER: "partner.overview",
    Role.ADMIN: "admin.users",
    Role.DIRECTOR: "lead.reports",
}


@public
def home() -> Response:
    """The first page of the day, by role; an administrator first ends the set-up."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    if may("partners.manage") and not is_set_up(reading().session):
        return redirect(url_for("setup.partners"))
    return redirect(url_for(HOMES[current_user.role]))


@public
def arrival() -> Response:
    """Where signing in leads: to the page that asked for it, if it is the person's, or home."""
    if not current_user.is_authenticated:
        return redirect(url_for("security.login"))
    return redirect(where_to() or url_for("account.home"))


@requires("account.own")
def profile() -> str:
    """Name, role, password and second factor of the signed-in user."""
    settings: Settings = current_app.extensions["energymed"]
    calls = settings.dial_url and current_user.role in (Role.MEDIATOR, Role.LEAD)
    keys = desk_keys(reading().session, current_user.site_id) if may("queue.call") else {}
    return render_template(
        "account/profile.html",
        exchange=calls,
        keys=keys,
        compulsory=second_factor_compulsory(),
        few=FEW,
    )


@requires("account.own")
def extension() -> Response:
    """Keep the extension of one's telephone."""
    try:
        with use_case() as ctx:
            set_extension(ctx, request.form.get("extension", ""))
        flash(_("Votre poste est enregistré."), "success")
    except BadInput as error:
        flash(sentence(error), "warning")
    return redirect(url_for("account.profile"), 303)


@requires("account.own")
def edit_profile() -> Response:
    """Keep one's name and the languages that one speaks."""
    spoken = tuple(request.form.get("languages", "").split(","))
    try:
        with use_case() as ctx:
            edit_own_profile(ctx, request.form.get("name", ""), spoken)
        flash(_("Votre fiche est enregistrée."), "success")
    except BadInput as error:
        flash(sentence(error), "warning")
    return redirect(url_for("account.profile"), 303)


@public
def language() -> Response:
    """Keep the chosen language, in the account when signed in, and go back."""
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        abort(400)
    session["locale"] = chosen
    if current_user.is_authenticated:
        with transaction():
            current_user.locale = chosen
    return redirect(local_path(request.form.get("next")) or url_for("account.home"))
