"""The association and its sites: found in a list, added, set right, retired and used again."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.accounts.association import association as known_association
from energymed.accounts.models import Site
from energymed.accounts.service import add_site
from energymed.accounts.sites import (
    SiteDetails,
    get_site,
    listed_sites,
    set_site_retired,
    team_sizes,
)
from energymed.base.context import Context
from energymed.base.errors import DomainError, Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.casework import places
from energymed.messages.templates import get_sender
from energymed.web.admin.place_forms import AssociationForm, PlaceForm, SiteForm
from energymed.web.shared.errors import explain, explain_all, sentence
from energymed.web.shared.filters import phone
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

STATES = {"open": N_("En service"), "retired": N_("Retiré")}


@requires("sites.manage")
def sites() -> str | Response | tuple[str, int]:
    """The association's sites, and a new one."""
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                made = add_site(ctx, form.code.data, form.name.data)
                ctx.session.flush()
                places.sign_messages(ctx, made, "")
                site_id = made.id
        except DomainError as error:
            explain(form, error)
        else:
            flash(_("Le site est ajouté : complétez son numéro et son adresse."), "success")
            return redirect(url_for("admin.site", site_id=site_id), 303)
    return _list(form), 422 if form.errors else 200


def _list(form: PlaceForm) -> str:
    given, session = ListFilters(), reading().session
    wanted = {"q": given.text("q"), "state": given.one_of("state", STATES)}
    retired = {"open": False, "retired": True}.get(wanted["state"])
    sort = given.sort(places.SITES)
    found = places.SITES.order(listed_sites(search=wanted["q"], retired=retired), sort)
    return render_template(
        "admin/sites.html",
        form=form,
        page=paginate(session, found, page_number()),
        wanted=wanted,
        states=STATES,
        sort=sort,
        team=team_sizes(session),
        running=places.running_by(session, Case.site_id),
        association=known_association(session),
    )


@requires("sites.manage")
def site(site_id: int) -> str | Response | tuple[str, int]:
    """What is said of one site, and its change."""
    session, form = reading().session, SiteForm()
    found = get_site(session, site_id)
    if form.validate_on_submit():
        details = SiteDetails(form.name.data, form.department.data or "", form.address.data or "")
        try:
            with use_case() as ctx:
                places.change_site(ctx, site_id, details, form.phone.data or "")
        except DomainError as error:
            explain_all(form, error)
        else:
            flash(_("Le site est enregistré."), "success")
            return redirect(url_for("admin.sites"), 303)
    elif not form.is_submitted():
        _show(form, reading(), found)
    return _page(form, session, site_id), 422 if form.errors else 200


def _show(form: SiteForm, ctx: Context, found: Site) -> None:
    _site, sender = get_sender(ctx, found.id)
    form.name.data, form.department.data = found.name, found.department
    form.address.data = found.address
    form.phone.data = typed_phone(sender.phone if sender else None)


def typed_phone(e164: str | None) -> str:
    """A number as people type it, to be changed; nothing for none."""
    return phone(e164) if e164 else ""


def _page(form: SiteForm, session: Session, site_id: int) -> str:
    return render_template(
        "admin/site.html",
        form=form,
        site=get_site(session, site_id),
        team=team_sizes(session).get(site_id, 0),
        running=places.running_by(session, Case.site_id).get(site_id, 0),
    )


@requires("sites.manage")
def use_site(site_id: int) -> Response:
    """Retire a site, or use it again; whoever retires it has read what runs there."""
    given = ListFilters.posted()
    try:
        with use_case() as ctx:
            if given.text("use") == "again":
                set_site_retired(ctx, get_site(ctx.session, site_id, lock=True), retired=False)
            else:
                confirmed = given.text("confirmed") == "1"
                places.retire_site(ctx, site_id, confirmed=confirmed)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(_("C'est enregistré."), "success")
    return redirect(url_for("admin.site", site_id=site_id), 303)


@requires("sites.manage")
def association() -> str | Response | tuple[str, int]:
    """What the association is called, and where it is called back."""
    known, form = known_association(reading().session), AssociationForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                places.change_association(ctx, form.association.data, form.phone.data)
        except DomainError as error:
            explain_all(form, error)
        else:
            flash(_("L'association est enregistrée."), "success")
            return redirect(url_for("admin.sites"), 303)
    elif known is not None and not form.is_submitted():
        form.association.data, form.phone.data = known.name, phone(known.phone)
    page = render_template("admin/association.html", form=form)
    return page, 422 if form.errors else 200
