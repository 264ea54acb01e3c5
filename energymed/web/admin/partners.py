"""Partners: found in a list, added, set right, retired and used again; whom they may turn to."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from energymed.accounts.queries import open_sites
from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.errors import DomainError, Refused
from energymed.cases.models import Case
from energymed.casework import places
from energymed.partners.codes import CampaignKind, DisclosureTopic
from energymed.partners.conventions import conventions, in_force
from energymed.partners.disclosure import set_told, withheld_topics
from energymed.partners.models import Partner
from energymed.partners.partner_changes import (
    ContactDetails,
    edit_partner,
    set_contacts,
    set_partner_retired,
    set_partner_sites,
)
from energymed.partners.queries import (
    campaigns,
    column_profiles,
    given_missions,
    listed_partners,
    sites_by_partner,
)
from energymed.partners.service import add_partner, get_partner
from energymed.partners.taking import missions_given
from energymed.web.admin.place_forms import ContactsForm, NewPartnerForm, PartnerForm, ToldForm
from energymed.web.admin.sites import STATES, typed_phone
from energymed.web.shared.errors import explain, explain_all, explain_lines, sentence
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

EMPTY_LINES = 2  # of the form of contacts, for new ones


@requires("partners.manage")
def partners() -> str | Response | tuple[str, int]:
    """The partners, and a new one."""
    form = NewPartnerForm()
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                missions = [CampaignKind(word) for word in form.missions.data]
                partner_id = add_partner(ctx, form.code.data, form.name.data, missions).id
        except DomainError as error:
            explain(form, error)
        else:
            flash(_("Le partenaire est ajouté : complétez ce que vous savez de lui."), "success")
            return redirect(url_for("admin.partner", partner_id=partner_id), 303)
    return _list(form), 422 if form.errors else 200


def _list(form: NewPartnerForm) -> str:
    given, session = ListFilters(), reading().session
    wanted = {"q": given.text("q"), "state": given.one_of("state", STATES)}
    retired = {"open": False, "retired": True}.get(wanted["state"])
    sort = given.sort(places.PARTNERS)
    found = places.PARTNERS.order(listed_partners(search=wanted["q"], retired=retired), sort)
    return render_template(
        "admin/partners.html",
        form=form,
        page=paginate(session, found, page_number()),
        wanted=wanted,
        states=STATES,
        sort=sort,
        missions=given_missions(session),
        running=places.running_by(session, Case.partner_id),
    )


@requires("partners.manage")
def partner(partner_id: int) -> str | Response | tuple[str, int]:
    """What is known of a partner, and the change of its name, missions and sites."""
    ctx, form = reading(), PartnerForm()
    found = get_partner(ctx.session, partner_id)
    named = sites_by_partner(ctx.session).get(partner_id, [])
    form.sites.choices = [SelectChoice(one.id, one.name) for one in open_sites(ctx)]
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                _change(ctx, partner_id, form)
        except DomainError as error:
            explain_all(form, error)
        else:
            flash(_("Le partenaire est enregistré."), "success")
            return redirect(url_for("admin.partner", partner_id=partner_id), 303)
    elif not form.is_submitted():
        form.name.data, form.shown_phone.data = found.name, typed_phone(found.shown_phone)
        form.missions.data, form.sites.data = missions_given(ctx.session, partner_id), named
    return _page(form, ctx.session, partner_id), 422 if form.errors else 200


def _change(ctx: Context, partner_id: int, form: PartnerForm) -> None:
    found = get_partner(ctx.session, partner_id, lock=True)
    edit_partner(ctx, found, name=form.name.data, shown_phone=form.shown_phone.data or "")
    set_partner_sites(ctx, found, form.sites.data)
    given = [CampaignKind(word) for word in form.missions.data]
    places.change_missions(ctx, found, given, confirmed=form.confirmed.data)


def _page(form: PartnerForm, session: Session, partner_id: int) -> str:
    found = get_partner(session, partner_id)
    withheld = withheld_topics(session, partner_id)
    held = [one for one in conventions(session, partner_id) if in_force(one, today())]
    return render_template(
        "admin/partner.html",
        form=form,
        partner=found,
        running=places.running_missions(session, partner_id),
        kinds=CampaignKind.labels(),
        told=[topic for topic in DisclosureTopic if topic not in withheld],
        conventions=[(one, places.volume_used(session, one, today())) for one in held],
        layouts=column_profiles(session, partner_id),
        rules_of=_campaigns(session, found),
    )


def _campaigns(session: Session, found: Partner) -> list[tuple[int, CampaignKind]]:
    """(id, mission) of the campaigns whose rules may be looked at."""
    ids = {one.kind: one.id for one in campaigns(session) if one.partner_id == found.id}
    return [(ids[kind], kind) for kind in CampaignKind if kind in ids]


@requires("partners.manage")
def contacts(partner_id: int) -> str | Response | tuple[str, int]:
    """Who may be turned to at a partner."""
    found, form = get_partner(reading().session, partner_id), ContactsForm()
    if form.validate_on_submit():
        people = [_details(line) for line in form.people.data]
        try:
            with use_case() as ctx:
                set_contacts(ctx, get_partner(ctx.session, partner_id, lock=True), people)
        except DomainError as error:
            explain_lines(form, form.people, error)
        else:
            flash(_("Les contacts sont enregistrés."), "success")
            return redirect(url_for("admin.partner", partner_id=partner_id), 303)
    elif not form.is_submitted():
        for one in found.contacts:
            form.people.append_entry({
                "name": one.name, "role": one.role, "email": one.email,
                "phone": typed_phone(one.phone),
            })  # fmt: skip
        for _empty in range(EMPTY_LINES):
            form.people.append_entry()
    wrong = form.errors or any(line.form.errors for line in form.people)
    page = render_template("admin/contacts.html", form=form, partner=found)
    return page, 422 if wrong else 200


def _details(line: Mapping[str, str | None]) -> ContactDetails:
    return ContactDetails(**{name: text or "" for name, text in line.items()})


@requires("partners.manage")
def told(partner_id: int) -> str | Response | tuple[str, int]:
    """What a partner may be told of a person's social follow-up."""
    session, form = reading().session, ToldForm()
    found = get_partner(session, partner_id)
    if form.validate_on_submit():
        with use_case() as ctx:
            locked = get_partner(ctx.session, partner_id, lock=True)
            set_told(ctx, locked, [DisclosureTopic(word) for word in form.topics.data])
        flash(_("C'est enregistré : les prochains retours en tiennent compte."), "success")
        return redirect(url_for("admin.partner", partner_id=partner_id), 303)
    if not form.is_submitted():
        withheld = withheld_topics(session, partner_id)
        form.topics.data = [topic for topic in DisclosureTopic if topic not in withheld]
    page = render_template("admin/told.html", form=form, partner=found)
    return page, 422 if form.errors else 200


@requires("partners.manage")
def use_partner(partner_id: int) -> Response:
    """Retire a partner, or use it again; whoever retires it has read what runs."""
    given = ListFilters.posted()
    try:
        with use_case() as ctx:
            if given.text("use") == "again":
                found = get_partner(ctx.session, partner_id, lock=True)
                set_partner_retired(ctx, found, retired=False)
            else:
                confirmed = given.text("confirmed") == "1"
                places.retire_partner(ctx, partner_id, confirmed=confirmed)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(_("C'est enregistré."), "success")
    return redirect(url_for("admin.partner", partner_id=partner_id), 303)
