"""Sites and partners: list and add."""

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.queries import sites as all_sites
from energymed.accounts.service import add_site
from energymed.base.context import Context
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
    if _added(form, add_site):
        flash(_("Le site est ajouté."), "success")
        return redirect(url_for("admin.sites"))
    page = render_template("admin/sites.html", form=form, places=all_sites(reading()))
    return page, 422 if form.errors else 200


@requires("partners.manage")
def partners() -> str | Response | tuple[str, int]:
    """The partners, and a new one."""
    form = PlaceForm()
    if _added(form, add_partner):
        flash(_("Le partenaire est ajouté."), "success")
        return redirect(url_for("admin.partners"))
    page = render_template("admin/partners.html", form=form, places=all_partners(reading().session))
    return page, 422 if form.errors else 200


def _added(form: PlaceForm, add: Callable[[Context, str, str], object]) -> bool:
    """Whether the form's place was added; what is wrong with it is told in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with use_case() as ctx:
            add(ctx, form.code.data, form.name.data)
    except BadInput as error:
        form.form_errors.append(sentence(error))
        return False
    return True
