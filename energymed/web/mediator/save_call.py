"""A call with everything agreed in it, saved in one transaction.

Calling and mediation do not know each other: what joins them is here. An error of a part names
the field of the form that it is about, so that the page can lead there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.i18n import N_
from energymed.calling.models import Contact
from energymed.calling.report import CallReport
from energymed.calling.results import REACHED
from energymed.calling.service import record_call
from energymed.mediation.acts import record_act
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.cheque import ChequeTalk, give_awareness
from energymed.mediation.plans import agree_plan
from energymed.mediation.referrals import ReferralRequest, refer
from energymed.mediation.rules import PlanTerms
from energymed.web.mediator.forms import CallForm, instant

FIELD_OF = {"promise": {"promised_on": "on", "amount_cents": "amount"}}
ACT_KIND = {
    "info": "info_given",
    "paid": "paid_already",
    "promise": "pays_full",
    "dispute": "dispute",
    "debt": "overindebtedness",
    "no_capacity": "no_capacity",
    "refuses": "refuses_solution",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One ticked part of the form, with what its service needs."""

    session: Session
    actor: Actor
    case_id: int
    form: CallForm
    contact: Contact
    now: datetime
    name: str

    @property
    def trace(self) -> dict[str, Any]:
        """What ties the act to its call, so that a double click makes one act."""
        return {"contact_id": self.contact.id, "request_key": self.contact.request_key}


def report_of(form: CallForm, now: datetime) -> CallReport:
    """The form's call as the service takes it."""
    names = ("relation", "message_left", "language", "reported_by", "hung_up_when")
    details: dict[str, Any] = {name: form[name].data for name in names if form[name].data}
    if form.identity_checked.data:
        details["identity_checked"] = True
    return CallReport(
        result=form.result.data or "",
        started_at=_started(form, now),
        phone_id=form.phone_id.data,
        details=details,
        note=(form.note.data or "").strip() or None,
        callback_at=instant(form.callback_at.data),
        next_step=form.next_step.data or None,
        closure=form.closure.data or None,
        follow_up_at=instant(form.follow_up_at.data),
        follow_up_note=(form.follow_up_note.data or "").strip() or None,
        request_key=form.request_key.data or None,
    )


def save_call(
    session: Session, actor: Actor, case_id: int, form: CallForm, *, now: datetime
) -> Contact:
    """Record the call and its acts, or nothing at all.

    Raises:
        DomainError: with `params["field"]` naming a field of the form where there is one.
    """
    ticked = form.acts.data or []
    if ticked and form.result.data not in REACHED:
        raise Refused(
            N_("Rien ne peut être convenu sans avoir joint la personne : décochez ou changez "
               "le résultat."),
            field="acts",
        )  # fmt: skip
    contact = record_call(session, actor, case_id, report_of(form, now), now=now)
    for name in ticked:
        with _named(name):
            ACTS.get(name, _plain_act)(Part(session, actor, case_id, form, contact, now, name))
    return contact


def _started(form: CallForm, now: datetime) -> datetime:
    """When the desk was opened for this call, as the form carries it."""
    try:
        started = datetime.fromisoformat(form.started_at.data or "")
    except ValueError:
        return now
    return started if started.tzinfo and started <= now else now


@contextmanager
def _named(prefix: str) -> Iterator[None]:
    """Let an error of a part name the form's field: "amount" of the plan is "plan_amount"."""
    try:
        yield
    except DomainError as error:
        field = str(error.params.get("field", ""))
        field = FIELD_OF.get(prefix, {}).get(field, field)
        error.params["field"] = f"{prefix}_{field}" if field else "acts"
        raise


def _plan(part: Part) -> None:
    agree_plan(
        part.session, part.actor, part.case_id, plan_terms(part.form), now=part.now, **part.trace
    )


def plan_terms(form: CallForm) -> PlanTerms:
    """The plan's terms as typed.

    Raises:
        BadInput: something of the plan is missing.
    """
    for name in ("amount", "count", "first_due_on"):
        field = form[f"plan_{name}"]
        if (field.cents if name == "amount" else field.data) is None:
            raise BadInput(N_("Il manque une précision à l'échéancier."), field=name)
    return PlanTerms(
        amount_cents=form.plan_amount.cents or 0,
        instalment_count=form.plan_count.data,
        first_due_on=form.plan_first_due_on.data,
        frequency=form.plan_frequency.data,
        method=form.plan_method.data,
        down_payment_cents=form.plan_down.cents or 0,
    )


def _aid(part: Part) -> None:
    opening = AidOpening(
        fund=part.form.aid_fund.data,
        consent=part.form.aid_consent.data,
        amount_requested_cents=part.form.aid_amount.cents,
        missing_documents=tuple(part.form.aid_missing_documents.data or ()),
    )
    open_aid(part.session, part.actor, part.case_id, opening, now=part.now, **part.trace)


def _referral(part: Part) -> None:
    request = ReferralRequest(
        body=part.form.referral_body.data,
        reason=part.form.referral_reason.data,
        mode=part.form.referral_mode.data,
        consent=part.form.referral_consent.data,
    )
    refer(part.session, part.actor, part.case_id, request, now=part.now, **part.trace)


def _cheque(part: Part) -> None:
    talk = ChequeTalk(
        campaign_year=part.form.cheque_campaign_year.data,
        declared_status=part.form.cheque_status.data,
        topics=tuple(part.form.cheque_topics.data or ()),
        help=part.form.cheque_help.data,
    )
    give_awareness(part.session, part.actor, part.case_id, talk, now=part.now, **part.trace)


def _plain_act(part: Part) -> None:
    details: dict[str, dict[str, Any]] = {
        "info": {"topics": part.form.info_topics.data},
        "paid": {
            "declared_on": part.form.paid_declared_on.data,
            "amount_cents": part.form.paid_amount.cents,
        },
        "promise": {
            "promised_on": part.form.promise_on.data,
            "amount_cents": part.form.promise_amount.cents,
            "method": part.form.promise_method.data,
        },
        "dispute": {
            "reason": part.form.dispute_reason.data,
            "forwarded_to": part.form.dispute_forwarded_to.data,
        },
        "debt": {"stage": part.form.debt_stage.data},
    }
    record_act(
        part.session,
        part.actor,
        part.case_id,
        ACT_KIND[part.name],
        details.get(part.name, {}),
        now=part.now,
        **part.trace,
    )


ACTS: dict[str, Callable[[Part], None]] = {
    "plan": _plan,
    "aid": _aid,
    "referral": _referral,
    "cheque": _cheque,
}
