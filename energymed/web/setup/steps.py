"""The steps: association and first site, first administrator, partners, team.

The first two are for whoever knows the code, the others for the administrator that they made.
"""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import login_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.accounts.association import association as known_association
from energymed.accounts.association import end_set_up, is_set_up
from energymed.accounts.codes import Role
from energymed.accounts.models import Site
from energymed.accounts.queries import get_user
from energymed.base.context import SYSTEM, Context
from energymed.base.db import begin_writing, db, transaction
from energymed.base.errors import DomainError
from energymed.casework import setup_organisation as organisation
from energymed.casework.setup_organisation import MemberPlan, PartnerPlan, SitePlan
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners, given_missions
from energymed.web.setup import gate
from energymed.web.setup.forms import AdministratorForm, FirstStepForm, OtherPartnerForm
from energymed.web.shared.errors import explain_all
from energymed.web.shared.filters import phone
from energymed.web.shared.permissions import public, requires
from energymed.web.shared.sign_in import password_hash
from energymed.web.shared.use_case import reading, use_case

OPENING = ("new_user", "team_file")  # pages on which accounts are opened


@dataclass(frozen=True, slots=True)
class OfferedPartner:
    """A partner on the page, the missions that it usually gives, and those that are ticked."""

    code: str
    name: str
    usual: tuple[CampaignKind, ...]
    ticked: list[str]


@public
def association() -> str | Response | tuple[str, int]:
    """The association, the number that people see, and the first site."""
    if (elsewhere := gate.refusal()) is not None:
        return elsewhere
    form = FirstStepForm()
    first = db.session.scalar(select(Site).order_by(Site.id).limit(1))
    if form.validate_on_submit():
        site = SitePlan(form.code.data, form.name.data, department=form.department.data or "")
        try:
            with transaction() as session:
                ctx = Context(session, SYSTEM)
                organisation.begin(ctx, form.association.data, form.phone.data, site)
        except DomainError as error:
            explain_all(form, error)
        else:
            return redirect(url_for("setup.administrator"), 303)
    elif not form.is_submitted():
        _show(form, db.session(), first)
    page = render_template("setup/association.html", form=form, first=first)
    return page, 422 if form.errors else 200


def _show(form: FirstStepForm, session: Session, first: Site | None) -> None:
    known = known_association(session)
    if known is not None:
        form.association.data, form.phone.data = known.name, phone(known.phone)
    if first is not None:
        form.code.data, form.name.data = first.code, first.name
        form.department.data = first.department


@public
def administrator() -> str | Response | tuple[str, int]:
    """The first account, which is signed in at once: its second factor comes next."""
    if (elsewhere := gate.refusal()) is not None:
        return elsewhere
    form = AdministratorForm()
    if form.validate_on_submit():
        member = MemberPlan(
            form.email.data, form.name.data, Role.ADMIN, password=form.password.data
        )
        try:
            with transaction() as session:
                ctx = Context(session, SYSTEM)
                made = organisation.open_first_administrator(ctx, member, password_hash).id
        except DomainError as error:
            explain_all(form, error)
        else:
            return _signed_in(made)
    return render_template("setup/administrator.html", form=form), 422 if form.errors else 200


def _signed_in(user_id: int) -> Response:
    gate.forget_code()
    begin_writing()  # Flask-Security commits by itself
    login_user(get_user(db.session(), user_id), authn_via=["password"])
    return redirect(url_for("setup.partners"), 303)


@requires("partners.manage")
def partners() -> str | Response | tuple[str, int]:
    """The partners, and the missions that each really gives."""
    ctx, form = reading(), OtherPartnerForm()
    if is_set_up(ctx.session):
        return redirect(url_for("admin.partners"), 303)
    offered = _offered(ctx.session)
    if form.validate_on_submit():
        plans = [PartnerPlan(one.code, one.name, one.ticked) for one in offered]
        if form.name.data or form.code.data or form.missions.data:
            name, code = form.name.data or "", form.code.data or ""
            plans.append(PartnerPlan(code, name, form.missions.data))
        try:
            with use_case() as ctx:
                organisation.give_missions(ctx, plans)
        except DomainError as error:
            explain_all(form, error)
        else:
            return redirect(url_for("setup.team"), 303)
    page = render_template(
        "setup/partners.html", form=form, offered=offered, kinds=CampaignKind.labels()
    )
    return page, 422 if form.errors else 200


def _offered(session: Session) -> list[OfferedPartner]:
    """The usual partners and those that are known, ticked as sent, else as known."""
    usual = {code: (name, kinds) for code, name, kinds in organisation.USUAL_PARTNERS}
    known = {one.code: (one.name, one.id) for one in all_partners(session)}
    given = given_missions(session)
    names = {code: name for code, (name, _kinds) in usual.items()}
    names |= {code: name for code, (name, _id) in known.items()}
    sent = request.method == "POST"
    return [
        OfferedPartner(
            code, name, usual[code][1] if code in usual else (),
            request.form.getlist(f"missions-{code}") if sent
            else [str(kind) for kind in given.get(known[code][1], [])] if code in known
            else [],
        )
        for code, name in names.items()
    ]  # fmt: skip


@requires("partners.manage")
def team() -> str | Response:
    """How the team comes in; the last button leaves the set-up pages for good."""
    ctx = reading()
    if is_set_up(ctx.session):
        return redirect(url_for("admin.users"), 303)
    if request.method == "POST":
        with use_case() as ctx:
            end_set_up(ctx)
        flash(_("energymed est en place."), "success")
        then = request.form.get("then", "")
        return redirect(url_for(f"admin.{then if then in OPENING else 'users'}"), 303)
    return render_template("setup/team.html")
