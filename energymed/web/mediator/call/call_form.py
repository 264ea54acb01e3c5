"""What the pages of the desk share: the form of a case, its choices, its errors in their place."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from flask import current_app, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from energymed.base.clock import now, paris, today
from energymed.base.context import Actor
from energymed.base.dates import next_working_day
from energymed.base.db import db
from energymed.base.errors import Conflict, DomainError
from energymed.base.zones import at_local, local_date
from energymed.calling.codes import REACHED, RESULTS, Channel, ResultGroup
from energymed.calling.eligibility.availability import Availability, availability_of
from energymed.calling.models import CallDraft, Contact
from energymed.calling.queries import awaited_note, last_call
from energymed.cases.codes import CaseState, WaitingReason
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case
from energymed.casework.agreed_acts import WITH_TERMS
from energymed.casework.case_overview import CaseOverview, case_overview
from energymed.mediation.budget import CHARGES, RESOURCES, BudgetLine
from energymed.mediation.causes import as_said
from energymed.mediation.cheque_estimate import WHAT_HELPS, Missed
from energymed.mediation.codes import ACT_KINDS, ActKind, PlanState
from energymed.mediation.directory_choice import offer
from energymed.mediation.states import RUNNING_PLANS
from energymed.messages.codes import MessageChannel
from energymed.messages.sending import gateways
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.codes import CampaignKind, Closure, PersonEffect, ResultCode
from energymed.partners.result_rules import DETAILS, ResultRule
from energymed.web.mediator.call import act_fields
from energymed.web.mediator.call.cause_fields import causes_page, show_causes
from energymed.web.mediator.call.directory_lines import told_of
from energymed.web.mediator.call.forms import CONVERSATION_CLOSURES, PLAN_DAYS, ActsForm, CallForm
from energymed.web.mediator.call.hold_fields import propose_hold, proposed_hold
from energymed.web.mediator.call.keys import NEXT_STEP_KEYS
from energymed.web.shared.errors import sentence
from energymed.web.shared.fields import choices
from energymed.web.shared.filters import phone, wall_clock, weekday
from energymed.web.shared.use_case import reading

# what a household lives of is told for an answer, and forgotten
NEVER_KEPT = ("budget_", "rights-")
LINES = (RESOURCES, CHARGES)
# of a budget, what most households answer in a minute; the others are folded
FEW_LINES = (
    BudgetLine.INCOME, BudgetLine.BENEFITS, BudgetLine.RENT, BudgetLine.ENERGY,
    BudgetLine.OTHER_CHARGES,
)  # fmt: skip
BINDING = (*RUNNING_PLANS, PlanState.PROPOSED)
FOR_GOOD = (PersonEffect.OPPOSED, PersonEffect.DECEASED)
NOT_KEPT = ("csrf_token", "request_key", "seen_contact_id", "next", "save", "preview")


def is_mine(case: Case, who: Actor) -> bool:
    """True while the actor has the case in call."""
    return case.state == CaseState.IN_CALL and case.claimed_by_id == who.user_id


def call_form(case: Case, who: Actor, draft: CallDraft | None = None) -> CallForm:
    """The form of this request, filled with what was typed before when there is a draft."""
    form = CallForm(formdata=MultiDict(draft.content)) if draft else CallForm()
    prepare(form, case)
    if draft is None or is_mine(case, who):
        opened = (case.claimed_at if is_mine(case, who) else None) or now()
        form.started_at.data = form.started_at.data or opened.isoformat()
    if not form.is_submitted():
        seen_anew(form, case.id)
    if draft is None or "wishes_shown" not in draft.content:
        show_availability(form, availability_of(case.person.availability) or Availability())
    if not form.is_submitted() and draft is None:
        form.incoming.data = "incoming" in request.args
    typed_before = draft.content if draft else request.form
    if "plan_amount" not in typed_before and ActKind.PLAN_AGREED not in (form.acts.data or ()):
        form.plan_amount.data = euros(case.debt_cents)
    return form


def preselect_number(form: CallForm, known: CaseOverview, rang: int | None) -> None:
    """The number of the call, known before it is dialled: the one that rang, else the first good
    one that was not tried today.

    Args:
        rang: the phone that the exchange called in this claim.
    """
    if form.incoming.data or form.phone_id.data:
        return
    dialable = [each for each in known.numbers if each.dialable]
    code, day = known.case.postal_code, known.today
    fresh = (
        each
        for each in dialable
        if each.last is None or local_date(each.last.started_at, code) != day
    )
    first = next(fresh, next(iter(dialable), None))
    form.phone_id.data = rang or (first.phone.id if first else None)


def show_availability(form: CallForm, availability: Availability) -> None:
    """What is known of when the person wishes to be called."""
    if form.is_submitted():
        return
    form.wishes_shown.data = "1"
    form.wish_from.data, form.wish_until.data = availability.not_before, availability.not_after
    form.wish_days.data = sorted(availability.weekdays)


def seen_anew(form: CallForm, case_id: int) -> None:
    """The page that is drawn again after a conflict shows the calls recorded meanwhile."""
    form.seen_contact_id.data = str(last_call(db.session(), case_id))


def correction_form(contact: Contact) -> CallForm:
    """The form of a correction, filled with the first report."""
    form = CallForm()
    prepare(form, contact.case)
    form.started_at.data = contact.started_at.isoformat()
    if not form.is_submitted():
        form.incoming.data = contact.channel == Channel.CALL_IN
        form.result.data, form.phone_id.data = contact.result, contact.phone_id
        form.note.data = contact.note
        for name, value in contact.details.items():
            if name in form:
                form[name].data = value
        _as_it_went_on(form, contact.case)
    return form


def _as_it_went_on(form: CallForm, case: Case) -> None:
    """What followed the call, so that a correction of one word changes nothing else."""
    if case.state == CaseState.CLOSED and form.result.data in REACHED:
        form.next_step.data, form.closure.data = "close", case.closure
    if case.state != CaseState.WAITING or case.next_action_at is None:
        return
    reason, result = case.waiting_reason, form.result.data
    if reason == WaitingReason.CALLBACK and result == ResultCode.CALLBACK_SET:
        form.callback_at.data = paris(case.next_action_at)
    if reason == WaitingReason.FOLLOW_UP and result in REACHED:
        form.next_step.data = "follow_up"
        form.follow_up_at.data = paris(case.next_action_at)
        form.follow_up_note.data = awaited_note(db.session(), case)


def prepare(form: ActsForm, case: Case) -> None:
    """Give the form its choices, and a key that recognises a double click."""
    if form.is_submitted():  # else the page does it, from what it has read
        form.offer_campaigns(load_cheque_campaigns(db.session()).talked_of(today()))
        form.offer_months(today())
    if isinstance(form, CallForm):
        name_identity(form, has_debt=case.debt_cents is not None)
        offer_closures(form, case.campaign_kind, repeated=True, standing=case.closure)
        form.phone_id.choices = [
            SelectChoice(each.id, phone(each.e164)) for each in case.person.phones
        ]
    form.request_key.data = form.request_key.data or str(uuid4())


def offer_closures(
    form: CallForm, kind: CampaignKind, *, repeated: bool, standing: Closure | None = None
) -> None:
    """Offer the closures that may hold on a case of this mission, and the one that it has.

    `repeated`: it may close so.
    """
    offered: dict[str, object] = {
        closure: closure.label
        for closure in CONVERSATION_CLOSURES
        if closure == standing
        or (act_fields.may_hold(closure, kind) and (repeated or closure != Closure.REPEATED))
    }
    form.closure.choices = choices(offered)


def name_identity(form: CallForm, *, has_debt: bool) -> None:
    """A mission without a debt speaks of none."""
    if not has_debt:
        form.identity_checked.label.text = _("Identité vérifiée avant d'en dire plus")


def page(case: Case, form: ActsForm) -> dict[str, Any]:
    """What the templates of a call and of a correction are given."""
    known = case_overview(reading(), case)
    form.offer_campaigns(known.campaigns.talked_of(today()))
    form.offer_months(today())
    offered = offer(db.session(), case.postal_code, case.commune, today())
    form.offer_entries(offered)
    told = told_of(form, case)
    if isinstance(form, CallForm) and not form.is_submitted():
        form.propose_entries(offered)  # told of once its act is opened
    hold = proposed_hold(known)
    propose_hold(form, hold)
    show_causes(form, as_said(known.causes))
    if isinstance(form, CallForm):
        repeated = known.may_repeat
        offer_closures(form, case.campaign_kind, repeated=repeated, standing=case.closure)
        if not form.callback_by.raw_data:
            form.callback_by.data = known.results[ResultCode.CALLBACK_SET].by
    return {
        "view": known,
        "asks": _asks(known.results),
        "finals": final_results(known.results),
        "sends_sms": gateways(current_app.extensions["energymed"])[MessageChannel.SMS] is not None,
        "case": case,
        "form": form,
        **results_page(),
        "at": now(),
        "offered": offered,
        **told,
        "hold": hold,
        "has_plan": any(plan.state in BINDING for plan in known.mediation.plans),
        **acts_page(case.campaign_kind),
        **causes_page(case.campaign_kind),
    }


def _asks(rules: Mapping[str, ResultRule]) -> dict[str, str]:
    """{detail: the results of which the campaign requires it}, as `data-show` takes them."""
    return {
        detail: " ".join(code for code, rule in rules.items() if detail in rule.requires)
        for detail in DETAILS
    }


def final_results(rules: Mapping[str, ResultRule]) -> tuple[str, ...]:
    """The results after which nobody calls again by themselves: they are confirmed once more."""
    return tuple(
        code
        for code, rule in rules.items()
        if rule.person in FOR_GOOD or rule.closure == Closure.MOVED
    )


def results_page() -> dict[str, Any]:
    """What the parts of the results and of what follows are drawn from."""
    return {"results": RESULTS, "groups": ResultGroup, "next_step_keys": NEXT_STEP_KEYS}


def acts_page(kind: CampaignKind) -> dict[str, Any]:
    """What the part of the acts of a mission is drawn from."""
    offered = act_fields.OFFERED[kind]
    return {
        "main_acts": [act for act in offered if act in WITH_TERMS],
        "other_acts": [act for act in offered if act not in WITH_TERMS],
        "tab_acts": [act for act in offered if act in act_fields.KEYS],
        "quiet_acts": [act for act in offered if act not in act_fields.KEYS],
        "act_kinds": {**ACT_KINDS, **act_fields.SHORT},
        "act_keys": act_fields.KEYS,
        "rows_of": act_fields.rows_of,
        "cheque_missed": [(_(why.label), _(WHAT_HELPS[why])) for why in Missed],
        "plan_days": PLAN_DAYS,
        "few_lines": FEW_LINES,
        "more_lines": [[line for line in some if line not in FEW_LINES] for some in LINES],
    }


def typed(content: Mapping[str, Any]) -> dict[str, Any]:
    """What is worth keeping of a half-typed form: texts by name, or lists of texts."""
    kept: dict[str, Any] = {}
    for name, value in content.items():
        values = value if isinstance(value, list) else [value]
        texts = [each for each in values if isinstance(each, str)]
        if texts and name not in NOT_KEPT and not name.startswith(NEVER_KEPT):
            kept[str(name)] = texts if len(texts) > 1 else texts[0]
    return kept


def explain(form: ActsForm, error: DomainError) -> None:
    """Put each error where the person can mend it: beside its control, or on top.

    One for a control: what could not be read is not said to be missing as well.
    """
    for each in (error, *error.more):
        name, reference = str(each.params.get("field", "")), each.params.get("reference")
        if reference and name in ("next_step", "closure", "follow_up_at"):
            told = _("%(what)s : %(state)s", what=reference, state=sentence(each))
            form.form_errors.append(told)
        elif name not in form or isinstance(each, Conflict):
            form.form_errors.append(sentence(each))
        elif not form[name].errors:
            form[name].errors = [sentence(each)]


def picks(at: datetime, case: Case) -> list[tuple[str, str]]:
    """Moments offered at one click for a callback or a follow-up: (label, control's value).

    None that comes after the intervention which the mission is about.
    """
    code = case.postal_code
    day = local_date(at, code)
    coming = _working(day, 1, code)  # on a Friday not tomorrow
    name = (_("demain") if coming == day + timedelta(days=1) else weekday(coming)).capitalize()
    offered = (
        (_("%(day)s matin", day=name), 1, time(10, 0)),
        (_("%(day)s après-midi", day=name), 1, time(14, 30)),
        (_("Dans une semaine"), 7, time(10, 0)),
        (_("Dans un mois"), 30, time(10, 0)),
    )
    moments = [
        (label, at_local(_working(day, days, code), clock, code)) for label, days, clock in offered
    ]
    return [(label, wall_clock(moment)) for label, moment in moments if not _too_late(case, moment)]


def euros(cents: int | None) -> str:
    """An amount as it is typed: "1720,75"; nothing for no debt."""
    return f"{cents / 100:.2f}".replace(".", ",") if cents and cents > 0 else ""


def _too_late(case: Case, at: datetime) -> bool:
    return past_cutoff(case, at)


def _working(day: date, days: int, postal_code: str | None) -> date:
    return next_working_day(day + timedelta(days=days), postal_code)
