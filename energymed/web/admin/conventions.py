"""A partner's conventions: the one that runs with what is used of it, past ones, a new one."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import DomainError
from energymed.casework.places import days_left, volume_used
from energymed.partners.codes import CampaignKind
from energymed.partners.conventions import (
    ConventionTerms,
    get_convention,
    in_force,
    save_convention,
)
from energymed.partners.conventions import conventions as all_conventions
from energymed.partners.models import Convention
from energymed.partners.service import get_partner
from energymed.web.admin.place_forms import ConventionForm
from energymed.web.shared.errors import explain_all
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("partners.manage")
def conventions(partner_id: int) -> str | Response | tuple[str, int]:
    """Every convention of a partner, and a new one."""
    session, form = reading().session, ConventionForm()
    get_partner(session, partner_id)
    if form.validate_on_submit() and _saved(form, partner_id):
        flash(_("La convention est enregistrée."), "success")
        return redirect(url_for("admin.conventions", partner_id=partner_id), 303)
    return _page(session, form, partner_id), 422 if form.errors else 200


@requires("partners.manage")
def convention(partner_id: int, convention_id: int) -> str | Response | tuple[str, int]:
    """Set one convention right."""
    session, form = reading().session, ConventionForm()
    found = get_convention(session, partner_id, convention_id)
    if form.validate_on_submit() and _saved(form, partner_id, convention_id):
        flash(_("La convention est enregistrée."), "success")
        return redirect(url_for("admin.conventions", partner_id=partner_id), 303)
    if not form.is_submitted():
        _show(form, found)
    page = render_template(
        "admin/convention.html", form=form, partner=get_partner(session, partner_id)
    )
    return page, 422 if form.errors else 200


def _saved(form: ConventionForm, partner_id: int, convention_id: int | None = None) -> bool:
    """Whether the form's convention was kept; what is wrong with it is told in the form."""
    terms = ConventionTerms(
        form.kind.data, form.valid_from.data, form.valid_to.data, form.unit.data,
        form.volume.data, form.price.cents,
    )  # fmt: skip
    try:
        with use_case() as ctx:
            save_convention(ctx, partner_id, terms, convention_id=convention_id)
    except DomainError as error:
        explain_all(form, error)
        return False
    return True


def _show(form: ConventionForm, found: Convention) -> None:
    form.kind.data, form.unit.data = found.kind or "", found.unit
    form.valid_from.data, form.valid_to.data = found.valid_from, found.valid_to
    form.volume.data = found.volume
    form.price.show(found.price_cents)


def _page(session: Session, form: ConventionForm, partner_id: int) -> str:
    day = today()
    held = all_conventions(session, partner_id)
    return render_template(
        "admin/conventions.html",
        form=form,
        partner=get_partner(session, partner_id),
        running=[one for one in held if in_force(one, day)],
        others=[one for one in held if not in_force(one, day)],
        used={one.id: volume_used(session, one, day) for one in held},
        left={one.id: days_left(one, day) for one in held},
        kinds=CampaignKind.labels(),
        today=day,
    )
