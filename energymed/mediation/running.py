"""What runs with a person: plans, aids, referrals, requests to partners, words given.

Each has its next date (`next_dates`) and the moves that take it on. Over all cases of the person,
closed ones too: a closed case's plan of a fortnight ago is not to be renegotiated unseen.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from energymed.base.codes import Code, as_code
from energymed.base.context import Actor
from energymed.base.i18n import N_
from energymed.base.money import Cents
from energymed.cases.models import Case
from energymed.mediation import next_dates
from energymed.mediation.after_refusal import ways_after
from energymed.mediation.aid_codes import AfterRefusal
from energymed.mediation.aids import PROTECTING_FUNDS, next_states
from energymed.mediation.codes import (
    AidState,
    FundFiler,
    InstalmentState,
    InstalmentWord,
    PlanState,
)
from energymed.mediation.given_words import is_paid, paid_since, standing_word
from energymed.mediation.models import Act, AidRequest, Instalment, Plan, Referral
from energymed.mediation.next_dates import OF_MONEY, WAITING_ACTS, Awaited, NextDate, Step
from energymed.mediation.plan_payments import Tolerances, tolerances
from energymed.mediation.queries import CaseMediation
from energymed.mediation.request_codes import ReferralNews, RequestState, WordKept, request_label
from energymed.mediation.request_models import PartnerRequest
from energymed.mediation.requests import next_request_states
from energymed.mediation.states import DECISIONS, FOLLOWED_PLANS, PLAN_MOVES
from energymed.partners.rulebook import load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules


class Running(Code):
    """What may run with a person."""

    INSTALMENT = "instalment", N_("Échéance")
    PAPERS = "papers", N_("Pièces d'une demande d'aide")
    REFUSAL = "refusal", N_("Suite d'un refus")
    PLAN = "plan", N_("Échéancier")
    AID = "aid", N_("Demande d'aide")
    REFERRAL = "referral", N_("Orientation")
    REQUEST = "request", N_("Demande au partenaire")
    WORD = "word", N_("Ce qui a été annoncé")


# what is taken on with the thing that it belongs to, and is no line of its own
PARTS = (Running.INSTALMENT, Running.PAPERS, Running.REFUSAL)


class Needs(Code):
    """What a move asks for besides its day."""

    AMOUNT = "amount", N_("Montant")
    LOAN = "loan_part", N_("Dont prêt")
    REASON = "refusal_reason", N_("Motif du refus")
    PAPERS = "missing_documents", N_("Pièces qui manquent")
    UNTIL = "until", N_("Jusqu'au")


@dataclass(frozen=True, slots=True)
class Move:
    """A way to take something on: of which record, to which code, its label, and what it asks.

    Without anything `needed` one key does it, as of today.
    """

    kind: Running
    record_id: int
    to: str
    label: str
    needed: tuple[Needs, ...] = ()
    optional: tuple[Needs, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningThing:
    """One thing that runs: its record, its case, the act that made it, what is next and how on.

    `next` is None for what has a closed end and is shown for what it was.
    """

    kind: Running
    record: Any
    case: Case
    act: Act
    next: NextDate | None
    moves: Sequence[Move]


def running_of(
    session: Session,
    actor: Actor,
    found: Mapping[int, CaseMediation],
    cases: Collection[Case],
    today: date,
) -> list[RunningThing]:
    """What runs on these cases, the soonest first.

    Args:
        found: what mediation did on each of them (`queries.of_cases`).

    The rules are read once for each campaign, the payments once where a payment was announced.
    """
    by_id = {case.id: case for case in cases}
    acts = [act for case_id in by_id for act in found[case_id].acts if act.voided_at is None]
    paid = paid_since(session, [act for act in acts if act.kind in OF_MONEY and act.kept is None])
    clock = _Clock(session, actor, today, tolerances(session), paid)
    things = [
        thing
        for case_id, case in by_id.items()
        for thing in _of_case(clock, case, found[case_id])
        if thing.next is not None
    ]
    return sorted(things, key=lambda thing: thing.next.on if thing.next else date.max)


def next_after(
    session: Session, thing: RunningThing, to: str | None, today: date
) -> NextDate | None:
    """When a thing is next to be asked about, once it is taken to a state today; `to` is a code.

    As it stands where nothing takes it on. What the person says of one instalment leads to the
    next one.
    """
    if to is None:
        return thing.next
    rules = load_waiting_rules(
        session, today, partner_id=thing.case.partner_id, kind=thing.case.campaign_kind
    )
    record = thing.record
    match record:
        case Plan():
            later = [each for each in record.instalments if each.due_on >= today]
            first = later[0].due_on if later else None
            return NextDate(first, Awaited.PERSON, Step.NEXT_INSTALMENT) if first else None
        case AidRequest():
            if as_code(AfterRefusal, to) is not None:
                return None
            moved = _as_if(
                record, state=AidState(to), moved_on=today, **_stamped(record, to, today)
            )
            return next_dates.of_aid(moved, rules, today, filed_by(record))
        case Referral():
            count = record.no_news_count + 1 if to == ReferralNews.NO_NEWS else 0
            moved = _as_if(record, news=to, news_on=today, no_news_count=count)
            return next_dates.of_referral(moved, rules)
        case PartnerRequest():
            moved = _as_if(record, state=RequestState(to), state_on=today)
            return next_dates.of_request(moved, rules, today)
        case _:
            return None


def _stamped(aid: AidRequest, to: str, today: date) -> dict[str, date | None]:
    """The days that a step of today brings, as far as the next date asks for them."""
    if to == AidState.REFUSED:
        return {"decision_on": today}
    if to == AidState.SUBMITTED and aid.fund in PROTECTING_FUNDS:
        return {"protects_until": None}  # not yet known: the fund is asked in its usual time
    return {}


def _as_if(record: Any, **changed: Any) -> SimpleNamespace:
    """The fields of a record with some of them changed, apart from the database."""
    fields = {each.key: getattr(record, each.key) for each in inspect(type(record)).column_attrs}
    return SimpleNamespace(**{**fields, **changed})


class _Clock:
    """The rules of each campaign, read once, and what was paid since each word of money."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        today: date,
        tolerance: Tolerances,
        paid: Mapping[int, Cents],
    ) -> None:
        self.session, self.actor, self.today = session, actor, today
        self.tolerance, self.paid = tolerance, paid
        self._rules: dict[tuple[int, str], WaitingRules] = {}

    def rules(self, case: Case) -> WaitingRules:
        """How long one waits on a case of this campaign."""
        key = (case.partner_id, case.campaign_kind)
        if key not in self._rules:
            self._rules[key] = load_waiting_rules(
                self.session, self.today, partner_id=key[0], kind=key[1]
            )
        return self._rules[key]


def _of_case(clock: _Clock, case: Case, found: CaseMediation) -> Iterator[RunningThing]:
    standing = [plan for plan in found.plans if plan.act.voided_at is None]
    for plan in standing:
        yield _plan(clock, case, plan)
    for aid in found.aids:
        if aid.act.voided_at is None:
            after = next_dates.of_aid(aid, clock.rules(case), clock.today, filed_by(aid))
            yield RunningThing(Running.AID, aid, case, aid.act, after, aid_moves(clock.actor, aid))
    for referral in found.referrals:
        if referral.act.voided_at is None:
            after = next_dates.of_referral(referral, clock.rules(case))
            moves = referral_moves(referral)
            yield RunningThing(Running.REFERRAL, referral, case, referral.act, after, moves)
    for request in found.requests:
        if request.act.voided_at is None:
            after = next_dates.of_request(request, clock.rules(case), clock.today)
            moves = request_moves(clock.actor, request)
            yield RunningThing(Running.REQUEST, request, case, request.act, after, moves)
    yield from _words(clock, case, found, standing)


def _plan(clock: _Clock, case: Case, plan: Plan) -> RunningThing:
    tolerance = clock.tolerance(plan.instalments[0]).days if plan.instalments else 0
    settled = case.debt_cents is not None and case.debt_cents <= 0
    after = None if settled else next_dates.of_plan(plan, clock.rules(case), tolerance, clock.today)
    return RunningThing(Running.PLAN, plan, case, plan.act, after, plan_moves(plan, clock.today))


def _words(
    clock: _Clock, case: Case, found: CaseMediation, plans: Sequence[Plan]
) -> Iterator[RunningThing]:
    """Papers to be sent, and of money the word that stands alone (`given_words`)."""
    waiting = [act for act in found.acts if act.kind in WAITING_ACTS and act.voided_at is None]
    settled = case.debt_cents is not None and case.debt_cents <= 0
    planned = max((plan.act_id for plan in plans), default=0)
    standing = standing_word(waiting, planned=planned, settled=settled)
    for act in waiting:
        of_money = act.kind in OF_MONEY
        if of_money and act is not standing:
            continue
        paid = of_money and is_paid(act, clock.paid.get(act.id, 0))
        after = next_dates.of_act(act, clock.rules(case), paid=paid)
        yield RunningThing(Running.WORD, act, case, act, after, word_moves(act))


def moves_of(actor: Actor, record: Any, today: date) -> list[Move]:
    """The moves of a record that runs: a plan (with its instalment), an aid, a referral…"""
    match record:
        case Plan():
            return plan_moves(record, today)
        case AidRequest():
            return aid_moves(actor, record)
        case Referral():
            return referral_moves(record)
        case PartnerRequest():
            return request_moves(actor, record)
        case _:
            return word_moves(record)


def plan_moves(plan: Plan, today: date) -> list[Move]:
    """What the person says of the instalment that is next, and the partner of the plan."""
    moves = []
    instalment = open_instalment(plan)
    if instalment is not None and plan.state in FOLLOWED_PLANS:
        words = [InstalmentWord.PAID]
        if instalment.due_on < today:
            words.append(InstalmentWord.UNPAID)
        moves = [
            Move(Running.INSTALMENT, instalment.id, word, word.label)
            for word in words
            if word != instalment.said
        ]
    if PlanState.CONFIRMED in PLAN_MOVES[plan.state] and plan.confirmed_on is None:
        label = (
            N_("Le partenaire est d'accord")
            if plan.state == PlanState.PROPOSED
            else N_("Confirmé par le fournisseur")
        )
        moves.append(Move(Running.PLAN, plan.id, PlanState.CONFIRMED, label))
    return moves


def open_instalment(plan: Plan) -> Instalment | None:
    """The first instalment of a plan that nobody has confirmed as paid."""
    return next(
        (each for each in plan.instalments if each.state != InstalmentState.CONFIRMED), None
    )


def filed_by(aid: AidRequest) -> FundFiler | None:
    """Who may file a request, as the directory says of its fund."""
    return aid.listed.filed_by if aid.listed else None


def aid_moves(actor: Actor, aid: AidRequest) -> list[Move]:
    """The states to which a request for aid may go, with what each of them asks; of a refused
    one, what may be done instead."""
    if aid.state == AidState.REFUSED and aid.after_refusal is None:
        return [
            Move(Running.REFUSAL, aid.id, done, done.label)
            for done in (*ways_after(aid.refusal_reason), AfterRefusal.NOTHING)
        ]
    return [
        Move(Running.AID, aid.id, state, state.label, *_AID_NEEDS.get(state, ((), ())))
        for state in next_states(actor, aid)
    ]


_AID_NEEDS: dict[AidState, tuple[tuple[Needs, ...], tuple[Needs, ...]]] = {
    **{state: ((Needs.AMOUNT,), ()) for state in DECISIONS},
    AidState.GRANTED_PARTIAL: ((Needs.AMOUNT,), (Needs.LOAN,)),
    AidState.PAID_TO_SUPPLIER: ((Needs.AMOUNT,), ()),
    AidState.REFUSED: ((Needs.REASON,), ()),
    AidState.DOCUMENTS_PENDING: ((Needs.PAPERS,), ()),
}


def referral_moves(referral: Referral) -> list[Move]:
    """What may have come of a referral."""
    return [
        Move(Running.REFERRAL, referral.id, news, news.label)
        for news in ReferralNews
        if news != referral.news or news == ReferralNews.NO_NEWS
    ]


def request_moves(actor: Actor, request: PartnerRequest) -> list[Move]:
    """The answers to a request, and its end."""
    return [
        Move(
            Running.REQUEST,
            request.id,
            state,
            request_label(request.kind, state),
            optional=(Needs.UNTIL,) if request.until and state == RequestState.GRANTED else (),
        )
        for state in next_request_states(actor, request)
    ]


def word_moves(act: Act) -> list[Move]:
    """What came of a word given."""
    return [Move(Running.WORD, act.id, kept, kept.label) for kept in WordKept]
