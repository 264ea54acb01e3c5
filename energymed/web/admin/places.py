"""Sites and partners: list and add."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.queries import sites as all_sites
from energymed.accounts.service import add_site
from energymed.base.errors import BadInput
from energymed.partners.queries import all_partners
from energymed.partners.service import add_partner
from energymed.web.admin.forms import PlaceForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("sites.manage")
def sites() -> str | Response | tuple[str, int]:
    """The association's sites, and a new one."""
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                add_site(ctx, form.code.data, form.name.data)
            flash(_("Le site est ajouté."), "success")
            return redirect(url_for("admin.sites"))
        except BadInput as error:
            form.form_errors.append(sentence(error))
    places = all_sites(reading())
    status = 422 if form.errors else 200
    return render_template("admin/sites.html", form=form, places=places), status


@requires("partners.manage")
def partners() -> str | Response | tuple[str, int]:
    """The partners, and a new one."""
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                add_partner(ctx, form.code.data, form.name.data)
            flash(_("Le partenaire est ajouté."), "success")
            return redirect(url_for("admin.partners"))
        except BadInput as error:
            form.form_errors.append(sentence(error))
    places = all_partners(reading().session)
    status = 422 if form.errors else 200
    return render_template("admin/partners.html", form=form, places=places), status
