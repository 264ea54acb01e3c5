"""Correcting an act, or crossing it out with a reason: the desk's controls, filled in."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import BooleanField

from energymed.base.clock import paris
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.casework import correct_act as corrections
from energymed.casework.agreed_acts import WITH_TERMS
from energymed.casework.closure_needs import is_claimed_by
from energymed.mediation.aids import aid_of
from energymed.mediation.budget_studies import kept_budget
from energymed.mediation.carried_answers import known_since
from energymed.mediation.codes import VOID_REASONS, ActKind, AidState, VoidReason
from energymed.mediation.details import FIELDS
from energymed.mediation.directory_choice import offer
from energymed.mediation.models import Act, ChequeAwareness, HouseholdBudget, Plan, Referral
from energymed.mediation.plan_terms import terms_of
from energymed.mediation.plan_withdrawal import plan_of
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.controls import PickField
from energymed.web.mediator.call.directory_lines import told_of
from energymed.web.mediator.call.forms import ActsForm
from energymed.web.mediator.call.outcome_form import act_typed
from energymed.web.mediator.case_file.done import back_to_case, done
from energymed.web.shared.fields import choices
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


class ActCorrectionForm(ActsForm):
    """An act as it should have been noted, and why it is corrected."""

    void_reason = PickField(_l("Pourquoi ?"), choices=choices(VOID_REASONS))
    anew = BooleanField(_l("Ce qui a été noté depuis est une erreur : reprendre au début"))


@requires("cases.work")
def correct(act_id: int) -> Page:
    """The act with its controls; another one takes its place, on the same day."""
    act = corrections.get_act(reading(), act_id)
    form = _form(act)
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                made = corrections.correct_act(
                    ctx, act_id, act_typed(form, act.kind), _reason(),
                    anew=form.anew.data, request_key=form.request_key.data or None,
                )  # fmt: skip
            flash(_("L'acte est corrigé ; le premier reste dans l'historique, barré."), "success")
            _tell_closure(act)
            return back_to_case(made.case_id)
        except DomainError as error:
            call_form.explain(form, error)
    return _page(act_id, form), 422 if form.is_submitted() else 200


@requires("cases.work")
def void(act_id: int) -> Response:
    """Cross out an act; nothing takes its place."""

    def work(ctx: Context) -> int:
        return corrections.void_act(ctx, act_id, _reason()).case_id

    answer = done(work, _("L'acte est barré ; il reste dans l'historique."))
    _tell_closure(corrections.get_act(reading(), act_id))
    return answer


def _reason() -> VoidReason | None:
    return as_code(VoidReason, request.form.get("void_reason"))


def _tell_closure(act: Act) -> None:
    """A closed case may say what is not so any more: nobody else would notice."""
    ctx = reading()
    ctx.session.refresh(act)
    if act.voided_at is not None and is_claimed_by(ctx, act.case, act.kind):
        how = _(str(act.case.closure.label)) if act.case.closure else ""
        flash(
            _("Le dossier reste clos « %(how)s », ce que rien ne dit plus : rouvrez-le pour le "
              "clore autrement.", how=how),
            "warning",
        )  # fmt: skip


def _page(act_id: int, form: ActCorrectionForm) -> str:
    ctx = reading()
    act = corrections.get_act(ctx, act_id)
    page = call_form.acts_page(act.case.campaign_kind)
    own_table = act.kind in WITH_TERMS
    page |= {"main_acts": [act.kind] if own_table else [], "other_acts": [act.kind]}
    return render_template(
        "mediator/case_file/correct_act.html",
        act=act,
        case=act.case,
        form=form,
        confirmed=act.kind == ActKind.PLAN_AGREED and plan_of(ctx, act).confirmed_on is not None,
        has_plan=False,
        since=known_since(ctx, act).told,
        today=act.acted_on,
        **told_of(form, act.case),
        **page,
    )


def _form(act: Act) -> ActCorrectionForm:
    ctx, form = reading(), ActCorrectionForm()
    form.offer_campaigns(load_cheque_campaigns(ctx.session).talked_of(act.acted_on))
    form.offer_months(act.acted_on)
    if not form.is_submitted():
        _fill(ctx, form, act)
    case = act.case
    form.offer_entries(offer(ctx.session, case.postal_code, case.commune, act.acted_on))
    form.acts.data = [act.kind]
    form.request_key.data = form.request_key.data or str(uuid4())
    return form


def _fill(ctx: Context, form: ActsForm, act: Act) -> None:
    """Show what stands."""
    if act.kind in FILL:
        FILL[act.kind](ctx, form, act)
        return
    for name, field in FIELDS.get(act.kind, {}).items():
        if name in act.details:
            show = SHOW.get(field.type, _show)
            show(form[f"{act.kind}_{name}"], act.details[name])


def _show(control: Any, value: Any) -> None:
    control.data = value


SHOW: dict[str, Callable[[Any, Any], None]] = {
    "date": lambda control, value: _show(control, date.fromisoformat(value)),
    "moment": lambda control, value: _show(control, paris(datetime.fromisoformat(value))),
    "cents": lambda control, value: control.show(value),
}


def _fill_plan(ctx: Context, form: ActsForm, act: Act) -> None:
    plan = ctx.session.scalars(select(Plan).where(Plan.act_id == act.id)).one()
    terms = terms_of(plan, act.case.postal_code)
    form.plan_amount.show(terms.amount_cents)
    form.plan_down_payment.show(terms.down_payment_cents or None)
    form.plan_down_payment_on.data = terms.down_payment_on
    form.plan_count.data = terms.instalment_count or None
    form.plan_size.show(terms.instalment_cents or None)
    form.plan_day.data = str(terms.day_of_month or "")
    form.plan_first_due_on.data = terms.first_due_on
    form.plan_frequency.data, form.plan_method.data = terms.frequency, terms.method


def _fill_aid(ctx: Context, form: ActsForm, act: Act) -> None:
    aid = aid_of(ctx, act)
    form.aid_fund.data, form.aid_body.data = str(aid.fund_id or aid.fund), aid.body
    form.aid_amount.show(aid.amount_requested_cents)
    form.aid_consent.data = aid.state != AidState.IDENTIFIED
    form.aid_missing_documents.data = list(aid.missing_documents)


def _fill_referral(ctx: Context, form: ActsForm, act: Act) -> None:
    found = ctx.session.scalar(select(Referral).where(Referral.act_id == act.id))
    if found is None:  # told again since: its row is that of the later act
        return
    form.referral_body.data = str(found.body_id or found.body)
    form.referral_reason.data = found.reason
    # that the person goes back on it later is no slip of whoever noted it
    form.referral_mode.data = found.mode
    form.referral_consent.data = found.consent or found.consent_on is not None
    form.referral_appointment_on.data = found.appointment_on
    form.referral_consent_text.data = str(found.consent_text_id or "")


def _fill_cheque(ctx: Context, form: ActsForm, act: Act) -> None:
    found = ctx.session.scalar(select(ChequeAwareness).where(ChequeAwareness.act_id == act.id))
    if found is None:
        return
    form.cheque_campaign_year.data = found.campaign_year
    form.cheque_status.data, form.cheque_help.data = found.declared_status, found.help
    form.cheque_topics.data = list(found.topics)
    form.cheque_eligibility_band.data = found.eligibility_band


def _fill_budget(ctx: Context, form: ActsForm, act: Act) -> None:
    found = ctx.session.scalars(
        select(HouseholdBudget).where(HouseholdBudget.act_id == act.id)
    ).one()
    kept = kept_budget(found)
    form.budget_band.data, form.budget_kept.data = found.band, kept is not None
    if kept is None:
        return
    for line, cents in kept.amounts.items():
        form[f"budget_{line}"].show(cents)
    for name in ("adults", "children", "half_children", "retired"):
        form[f"budget_{name}"].data = getattr(kept.household, name)


FILL: dict[str, Callable[[Context, ActsForm, Act], None]] = {
    ActKind.PLAN_AGREED: _fill_plan,
    ActKind.AID_OPENED: _fill_aid,
    ActKind.REFERRAL: _fill_referral,
    ActKind.ENERGY_CHEQUE_AWARENESS: _fill_cheque,
    ActKind.BUDGET_STUDY: _fill_budget,
}
