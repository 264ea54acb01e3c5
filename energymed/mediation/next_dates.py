"""What runs with a person has a next date or a closed end: when, who is awaited, and what next.

One rule for the desk, the case, the work tray and the job that reminds. Pure: each function takes a
record with plain fields, the times to wait (`WaitingRules`) and today, and gives None once nothing
more is expected of it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from energymed.base.codes import Code
from energymed.base.dates import add_months
from energymed.base.i18n import N_
from energymed.mediation.codes import (
    ActKind,
    AidState,
    FundFiler,
    InstalmentState,
    InstalmentWord,
    PlanState,
)
from energymed.mediation.request_codes import ReferralNews, RequestKind, RequestState
from energymed.mediation.states import DECISIONS
from energymed.partners.waiting_rules import WaitingRules


class Awaited(Code):
    """From whom something is awaited."""

    US = "us", N_("nous")
    PERSON = "person", N_("la personne")
    SUPPLIER = "supplier", N_("le partenaire")
    FUND = "fund", N_("le fonds")
    BODY = "body", N_("l'organisme")


class Step(Code):
    """What to do next, with its reason."""

    ASK_PLAN_CONSENT = "ask_plan_consent", N_("Demander l'accord du partenaire")
    ASK_PLAN_CONFIRMED = "ask_plan_confirmed", N_("Demander la confirmation du fournisseur")
    NEXT_INSTALMENT = "next_instalment", N_("Prochaine échéance")
    LATE_INSTALMENT = "late_instalment", N_("Échéance non payée : revenir vers la personne")
    PAYMENT_TO_COME = "payment_to_come", N_("Paiement déclaré : attendre le règlement")
    RENEGOTIATE = "renegotiate", N_("Échéancier rompu : en reparler, renégocier")
    ASK_CONSENT = "ask_consent", N_("Demander l'accord de la personne")
    LIST_PAPERS = "list_papers", N_("Dire les pièces à réunir")
    ASK_PAPERS = "ask_papers", N_("Demander où en sont les pièces")
    FILE_AID = "file_aid", N_("Déposer la demande, complète")
    ASK_DECISION = "ask_decision", N_("Demander la décision du fonds")
    PROTECTION_ENDS = "protection_ends", N_("La protection finit bientôt : relancer le fonds")
    FILE_AGAIN = "file_again", N_("Ajournée : la déposer de nouveau")
    ASK_FILED = "ask_filed", N_("Demander si la demande est déposée")
    PROTECTION_ENDED = (
        "protection_ended", N_("La protection a pris fin : demander une suspension, relancer le "
                               "fonds"),
    )  # fmt: skip
    ASK_AID_PAYMENT = "ask_aid_payment", N_("Demander si l'aide est versée")
    LAST_ASK_PAYMENT = "last_ask_payment", N_("Jamais versée : demander une dernière fois")
    AFTER_REFUSAL = "after_refusal", N_("Refusée : voir ce qui reste possible")
    ASK_REFERRAL_NEWS = "ask_referral_news", N_("Demander ce qu'a donné l'orientation")
    ASK_HOLD_ANSWER = "ask_hold_answer", N_("Relancer le partenaire pour la suspension")
    HOLD_ENDS = "hold_ends", N_("La suspension finit : vérifier ce qui est prêt")
    ASK_ACTION_DONE = "ask_action_done", N_("Demander si c'est fait")
    WRITE_COMPLAINT = "write_complaint", N_("Aider à écrire la réclamation")
    ASK_COMPLAINT_ANSWER = "ask_complaint_answer", N_("Demander si le fournisseur a répondu")
    GO_TO_MEDIATOR = "go_to_mediator", N_("Le médiateur de l'énergie peut être saisi")
    MEDIATOR_TOO_LATE = (
        "mediator_too_late", N_("Le délai du médiateur est passé : clore la réclamation"),
    )  # fmt: skip
    ASK_MEDIATOR = "ask_mediator", N_("Demander où en est le médiateur de l'énergie")
    ASK_PROMISE = "ask_promise", N_("Le paiement annoncé n'est pas confirmé : en reparler")
    ASK_EXTENSION = "ask_extension", N_("Le délai est passé : en reparler")
    ASK_DECLARED = "ask_declared", N_("Paiement déclaré, pas confirmé : demander la preuve")
    ASK_PAPER_SENT = "ask_paper_sent", N_("Demander si l'attestation est partie")


@dataclass(frozen=True, slots=True)
class NextDate:
    """The day of the next step, who is awaited until then, and what to do on it.

    `end`: the day on which something lapses meanwhile: a protection, an appeal, a grant.
    """

    on: date
    awaited: Awaited
    step: Step
    end: date | None = None


def of_plan(plan: Any, rules: WaitingRules, tolerance_days: int, today: date) -> NextDate | None:
    """The first late instalment, else what comes first: the next one, or the confirmation.

    A broken plan is spoken of for some time; after it, a debt that is left is signalled anew.
    """
    if plan.state in (PlanState.COMPLETED, PlanState.CANCELLED, PlanState.RENEGOTIATED):
        return None
    if plan.state == PlanState.BROKEN:
        broken = plan.ended_on or today
        ended = today > broken + timedelta(days=rules.broken)
        return None if ended else NextDate(broken, Awaited.US, Step.RENEGOTIATE)
    agreed = plan.agreed_on or today
    if plan.state == PlanState.PROPOSED:
        asked_by = agreed + timedelta(days=rules.plan)
        return NextDate(asked_by, Awaited.SUPPLIER, Step.ASK_PLAN_CONSENT)
    candidates = [
        _of_instalment(each, tolerance_days, today)
        for each in plan.instalments
        if each.state != InstalmentState.CONFIRMED
    ]
    if plan.confirmed_on is None:
        day = agreed + timedelta(days=rules.plan)
        candidates.append(NextDate(day, Awaited.SUPPLIER, Step.ASK_PLAN_CONFIRMED))
    late = [each for each in candidates if each.step == Step.LATE_INSTALMENT and each.on <= today]
    return min(late or candidates, key=lambda each: each.on, default=None)


def _of_instalment(instalment: Any, tolerance_days: int, today: date) -> NextDate:
    last = instalment.due_on + timedelta(days=tolerance_days)
    if instalment.said == InstalmentWord.PAID:
        return NextDate(last + timedelta(days=1), Awaited.SUPPLIER, Step.PAYMENT_TO_COME)
    if today > instalment.due_on or instalment.state == InstalmentState.MISSED:
        return NextDate(last + timedelta(days=1), Awaited.PERSON, Step.LATE_INSTALMENT)
    return NextDate(instalment.due_on, Awaited.PERSON, Step.NEXT_INSTALMENT)


def of_aid(
    aid: Any, rules: WaitingRules, today: date, filed_by: FundFiler | None = None
) -> NextDate | None:
    """What a request for aid waits for, from the day of its last step.

    Args:
        filed_by: who may file it with its fund, where the directory says so.
    """
    if aid.state == AidState.REFUSED:
        return _of_refusal(aid, rules, today)
    if aid.state not in _AIDS:
        return None
    awaited, step, name = _AIDS[aid.state]
    day = aid.moved_on + timedelta(days=getattr(rules, name))
    if aid.state in DECISIONS:
        return _of_grant(aid, NextDate(day, awaited, step), rules, today)
    if aid.state == AidState.SUBMITTED and aid.protects_until:
        return _of_filed(aid.protects_until, NextDate(day, awaited, step), rules, today)
    if aid.state == AidState.COMPLETE and filed_by == FundFiler.PERSON:
        return NextDate(day, Awaited.PERSON, Step.ASK_FILED)
    return NextDate(day, awaited, step)


def _of_filed(end: date, asked: NextDate, rules: WaitingRules, today: date) -> NextDate:
    """A request that protects supply is spoken of before its protection ends, and once it did.

    The fund may have been asked before: its silence is not the last word.
    """
    if today > end:
        return NextDate(end + timedelta(days=1), asked.awaited, Step.PROTECTION_ENDED, end)
    reminded = end - timedelta(days=rules.before_end)
    if reminded <= max(asked.on, today):
        return NextDate(reminded, asked.awaited, Step.PROTECTION_ENDS, end)
    return replace(asked, end=end)


def _of_grant(aid: Any, asked: NextDate, rules: WaitingRules, today: date) -> NextDate | None:
    """What is granted is asked about until it is paid; one day it is asked about a last time."""
    end = grant_ends(aid.moved_on, rules)
    if today > end:
        return None
    last = aid.moved_on + timedelta(days=rules.unpaid)
    if today < last:
        return asked
    return NextDate(last, asked.awaited, Step.LAST_ASK_PAYMENT, end)


def grant_ends(granted_on: date, rules: WaitingRules) -> date:
    """The last day on which a grant that nobody pays is asked about."""
    return granted_on + timedelta(days=rules.unpaid + rules.payment)


def _of_refusal(aid: Any, rules: WaitingRules, today: date) -> NextDate | None:
    """A refusal is spoken of until somebody notes what was done, or an appeal is too late."""
    if aid.after_refusal is not None or aid.decision_on is None:
        return None
    end = add_months(aid.decision_on, rules.appeal_months)
    if today > end:
        return None
    day = aid.decision_on + timedelta(days=rules.refusal)
    return NextDate(min(day, end), Awaited.US, Step.AFTER_REFUSAL, end)


_AIDS: dict[AidState, tuple[Awaited, Step, str]] = {
    AidState.IDENTIFIED: (Awaited.PERSON, Step.ASK_CONSENT, "consent"),
    AidState.CONSENT_GIVEN: (Awaited.US, Step.LIST_PAPERS, "filing"),
    AidState.DOCUMENTS_PENDING: (Awaited.PERSON, Step.ASK_PAPERS, "papers"),
    AidState.COMPLETE: (Awaited.US, Step.FILE_AID, "filing"),
    AidState.SUBMITTED: (Awaited.FUND, Step.ASK_DECISION, "decision"),
    AidState.ADJOURNED: (Awaited.US, Step.FILE_AGAIN, "papers"),
    AidState.GRANTED_FULL: (Awaited.FUND, Step.ASK_AID_PAYMENT, "payment"),
    AidState.GRANTED_PARTIAL: (Awaited.FUND, Step.ASK_AID_PAYMENT, "payment"),
    AidState.GRANTED_LOAN: (Awaited.FUND, Step.ASK_AID_PAYMENT, "payment"),
}


ASKED_FOR_NEWS = 2  # times; then a referral ends without news
NEWS_AT_LAST = (ReferralNews.TAKEN_UP, ReferralNews.NOT_GONE, ReferralNews.ENDED)


def is_silent(referral: Any) -> bool:
    """Whether there were no news each time that one asked: it ends so."""
    asked: int = referral.no_news_count
    return referral.news == ReferralNews.NO_NEWS and asked >= ASKED_FOR_NEWS


def of_referral(referral: Any, rules: WaitingRules) -> NextDate | None:
    """News are asked for until the person is followed there, did not go, or it ended.

    After the appointment where there is one to come, else after a time; twice without news, or
    once the person goes back on their consent, nothing more is awaited.
    """
    if not referral.consent or referral.news in NEWS_AT_LAST or is_silent(referral):
        return None
    since, met_on = referral.news_on or referral.referred_on, referral.appointment_on
    day = since + timedelta(days=rules.referral)
    if met_on is not None and (referral.news is None or met_on > since):
        day = met_on + timedelta(days=rules.appointment)
    return NextDate(day, Awaited.BODY, Step.ASK_REFERRAL_NEWS)


def of_request(request: Any, rules: WaitingRules, today: date) -> NextDate | None:
    """What a hold, an action of the supplier or a complaint waits for."""
    return _REQUESTS[request.kind](request, rules, today)


def _of_hold(hold: Any, rules: WaitingRules, _today: date) -> NextDate | None:
    if hold.state == RequestState.GRANTED:
        end = hold.until or hold.state_on
        return NextDate(end, Awaited.US, Step.HOLD_ENDS)
    if hold.state not in (RequestState.ASKED, RequestState.NO_ANSWER):
        return None
    day = hold.state_on + timedelta(days=rules.hold_answer)
    return NextDate(day, Awaited.SUPPLIER, Step.ASK_HOLD_ANSWER)


def _of_action(action: Any, rules: WaitingRules, _today: date) -> NextDate | None:
    if action.state not in (RequestState.ASKED, RequestState.NO_ANSWER):
        return None
    day = action.state_on + timedelta(days=rules.action)
    return NextDate(day, Awaited.SUPPLIER, Step.ASK_ACTION_DONE)


def complaint_days(asked_on: date, rules: WaitingRules) -> tuple[date, date]:
    """Until when the supplier may answer a complaint, and the last day to go to the mediator."""
    answered_by = add_months(asked_on, rules.complaint_months)
    return answered_by, add_months(answered_by, rules.mne_months)


def _of_dispute(dispute: Any, rules: WaitingRules, today: date) -> NextDate | None:
    """Written, then two months, then the mediator within ten months (DOMAIN §3)."""
    if dispute.state == RequestState.TO_WRITE:
        day = dispute.state_on + timedelta(days=rules.complaint)
        return NextDate(day, Awaited.PERSON, Step.WRITE_COMPLAINT)
    if dispute.state not in (
        RequestState.ASKED, RequestState.REFUSED, RequestState.NO_ANSWER,
        RequestState.WITH_MEDIATOR,
    ):  # fmt: skip
        return None
    if dispute.state == RequestState.WITH_MEDIATOR:
        day = add_months(dispute.state_on, rules.complaint_months)
        return NextDate(day, Awaited.BODY, Step.ASK_MEDIATOR)
    answered_by, last = complaint_days(dispute.asked_on, rules)
    if dispute.state == RequestState.ASKED:
        return NextDate(answered_by, Awaited.SUPPLIER, Step.ASK_COMPLAINT_ANSWER)
    if today > last:
        return NextDate(last + timedelta(days=1), Awaited.US, Step.MEDIATOR_TOO_LATE)
    # a bad answer opens the way at once, silence after its time
    opened = dispute.state_on if dispute.state == RequestState.REFUSED else answered_by
    return NextDate(min(max(opened, dispute.state_on), last), Awaited.US, Step.GO_TO_MEDIATOR)


_REQUESTS: Mapping[RequestKind, Callable[[Any, WaitingRules, date], NextDate | None]] = {
    RequestKind.HOLD: _of_hold,
    RequestKind.ACTION: _of_action,
    RequestKind.DISPUTE: _of_dispute,
}

# acts that wait: the answer that dates them, who is awaited, the step, the days after
_ACTS: dict[ActKind, tuple[str, Awaited, Step, str]] = {
    ActKind.PAYS_FULL: ("promised_on", Awaited.PERSON, Step.ASK_PROMISE, "promise"),
    ActKind.EXTENSION: ("new_due_on", Awaited.PERSON, Step.ASK_EXTENSION, "promise"),
    ActKind.PAID_ALREADY: ("", Awaited.SUPPLIER, Step.ASK_DECLARED, "payment"),
    ActKind.ATTESTATION_TO_SEND: ("", Awaited.PERSON, Step.ASK_PAPER_SENT, "paper"),
}
WAITING_ACTS: Collection[ActKind] = tuple(_ACTS)
OF_MONEY = (ActKind.PAYS_FULL, ActKind.EXTENSION, ActKind.PAID_ALREADY)


def of_act(act: Any, rules: WaitingRules, *, paid: bool = False) -> NextDate | None:
    """What a payment announced or declared, a delay, or a paper to be sent waits for.

    Args:
        paid: the partner's payments since the act have settled what it says.
    """
    if act.kind not in _ACTS or act.kept is not None or act.voided_at is not None:
        return None
    if paid and act.kind in OF_MONEY:
        return None
    name, awaited, step, wait = _ACTS[act.kind]
    since = date.fromisoformat(act.details[name]) if name else act.acted_on
    return NextDate(since + timedelta(days=getattr(rules, wait)), awaited, step)
