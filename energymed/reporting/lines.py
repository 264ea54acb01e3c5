"""The lines of a partner's return: one per case, codes and amounts, never a word of free text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, String, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.i18n import N_
from energymed.base.periods import Period
from energymed.base.spreadsheets import Column, Kind
from energymed.calling.codes import Channel
from energymed.calling.eligibility.attempts import is_call, took_place
from energymed.calling.models import Contact
from energymed.cases.ledger import repaid_sum
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.reporting.asked import NOTHING, Asked, asked_of_partner
from energymed.reporting.indicators import weights
from energymed.reporting.promised import Promise, known_by_the_end, standing_words
from energymed.reporting.scope import Scope
from energymed.reporting.told import what_is_told


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """What became of one case. Amounts in cents, dates civil in Paris, codes of DOMAIN."""

    reference: str
    mission: str
    received_on: date
    first_contact_on: date | None
    last_contact_on: date | None
    call_attempts: int
    last_result: str | None
    state: str
    closure: str | None
    closed_on: date | None
    acts: str
    aids: str
    plan_amount_cents: int | None
    plan_instalments: int | None
    plan_first_due_on: date | None
    plan_state: str | None
    opening_cents: int | None
    promised_cents: int | None
    confirmed_cents: int
    balance_cents: int | None
    promised_on: date | None = None
    declared_paid_on: date | None = None
    hold_state: str | None = None
    hold_until: date | None = None
    supplier_actions: str = ""
    dispute_state: str | None = None
    complaint_on: date | None = None
    complaint_answer_by: date | None = None
    complaint_mediator_by: date | None = None


# one for each field of a line, in its order: the contract with those who read the file
COLUMNS = (
    Column(N_("Référence dossier")),
    Column(N_("Mission")),
    Column(N_("Reçu le"), Kind.DATE),
    Column(N_("Premier contact"), Kind.DATE),
    Column(N_("Dernier contact"), Kind.DATE),
    Column(N_("Appels"), Kind.COUNT),
    Column(N_("Dernier résultat")),
    Column(N_("État")),
    Column(N_("Clôture")),
    Column(N_("Clos le"), Kind.DATE),
    Column(N_("Actes"), width=34),
    Column(N_("Aides")),
    Column(N_("Échéancier – montant"), Kind.CENTS),
    Column(N_("Échéancier – échéances"), Kind.COUNT),
    Column(N_("Échéancier – première échéance"), Kind.DATE),
    Column(N_("Échéancier – état")),
    Column(N_("Dette à l'ouverture"), Kind.CENTS),
    Column(N_("Promis"), Kind.CENTS),
    Column(N_("Confirmé"), Kind.CENTS),
    Column(N_("Solde"), Kind.CENTS),
    Column(N_("Promis pour le"), Kind.DATE),
    Column(N_("Payé le (déclaré)"), Kind.DATE),
    Column(N_("Suspension – état")),
    Column(N_("Suspension – jusqu'au"), Kind.DATE),
    Column(N_("Actions demandées"), width=34),
    Column(N_("Réclamation – état")),
    Column(N_("Réclamation – écrite le"), Kind.DATE),
    Column(N_("Réclamation – réponse attendue le"), Kind.DATE),
    Column(N_("Réclamation – médiateur jusqu'au"), Kind.DATE),
)


def return_lines(session: Session, scope: Scope) -> list[ReturnLine]:
    """The cases received, handled or closed in the period, by reference; eight queries in all, one
    for each partner about what it may be told (`reporting.told`), and one about payments where a
    word of money was given.

    Calls, acts, payments, balance and closure are those of the end of the period: the return of
    May says in November what it said in June, unless something of May came to be known since.
    """
    cases = list(session.scalars(_cases(scope)))
    ids = select(_cases(scope).order_by(None).subquery().c.id)
    end = scope.period.bounds[1]
    contacts = _contacts(session, ids, end)
    standing = (Act.case_id.in_(ids), Act.voided_at.is_(None), Act.created_at < end)
    acts = _grouped(
        session.execute(select(Act.case_id, Act.kind).where(*standing).order_by(Act.kind))
    )
    aids = _grouped(
        session.execute(
            select(
                AidRequest.case_id, type_coerce(AidRequest.fund, String) + ":" + AidRequest.state
            )
            .join(Act, Act.id == AidRequest.act_id)
            .where(*standing)
            .order_by(AidRequest.id)
        )
    )
    last = select(func.max(Plan.id)).join(Act, Act.id == Plan.act_id).where(*standing)
    last_plans = select(Plan).where(Plan.id.in_(last.group_by(Plan.case_id)))
    plans = {plan.case_id: plan for plan in session.scalars(last_plans)}
    moneys = _moneys(session, ids, scope.period)
    words = standing_words(session, standing, plans, moneys, scope.period)
    asked = asked_of_partner(session, standing, scope.period.end)
    told = {case.partner_id for case in cases}
    tellers = {partner_id: what_is_told(session, partner_id) for partner_id in told}
    return [
        _line(
            case,
            contacts.get(case.id, _NO_CONTACT),
            _Told(
                tellers[case.partner_id].acts(acts.get(case.id, [])),
                tellers[case.partner_id].aids(aids.get(case.id, [])),
                tellers[case.partner_id].closure(case.closure),
            ),
            moneys.get(case.id, (0, 0)),
            Promise(plans.get(case.id), words.get(case.id)),
            asked.get(case.id, NOTHING),
            end,
        )
        for case in cases
    ]


def _moneys(session: Session, ids: Select[Any], period: Period) -> dict[int, tuple[int, int]]:
    """case → what was confirmed as paid, and the balance, at the end of the period.

    A movement counts when its day is in or before the period, or when it was known by then.
    """
    rows = session.execute(
        select(LedgerEntry.case_id, repaid_sum(), func.sum(LedgerEntry.amount_cents))
        .where(LedgerEntry.case_id.in_(ids), known_by_the_end(period))
        .group_by(LedgerEntry.case_id)
    )
    return {case_id: (int(confirmed), int(balance)) for case_id, confirmed, balance in rows}


@dataclass(slots=True)
class _Contacts:
    first: datetime | None = None
    last: datetime | None = None
    calls: int = 0
    last_result: str | None = None


_NO_CONTACT = _Contacts()


def _cases(scope: Scope) -> Select[Case]:
    handled = weights("cases_handled", scope).subquery()
    return (
        select(Case)
        .where(
            scope.cases(),
            or_(
                Case.id.in_(select(handled.c.case_id)),
                scope.times(Case.opened_at),
                scope.times(Case.closed_at),
            ),
        )
        .order_by(Case.reference, Case.id)
    )


def _contacts(session: Session, ids: Select[Any], end: datetime) -> dict[int, _Contacts]:
    rows = session.execute(
        select(
            Contact.case_id,
            Contact.started_at,
            Contact.channel,
            Contact.result,
            is_call().label("called"),
        )
        .where(Contact.case_id.in_(ids), took_place(), Contact.started_at < end)
        .order_by(Contact.started_at, Contact.id)
    )
    found: dict[int, _Contacts] = {}
    for case_id, at, channel, result, called in rows:
        one = found.setdefault(case_id, _Contacts(first=at))
        one.last = at
        one.calls += called
        if channel == Channel.CALL_OUT:
            one.last_result = result
    return found


def _grouped(rows: Iterable[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for case_id, code in rows:
        codes = found.setdefault(case_id, [])
        if code not in codes:
            codes.append(code)
    return found


class _Told(NamedTuple):
    acts: list[str]
    aids: list[str]
    closure: str | None


def _line(
    case: Case,
    contacts: _Contacts,
    told: _Told,
    money: tuple[int, int],
    promise: Promise,
    asked: Asked,
    end: datetime,
) -> ReturnLine:
    plan = promise.plan
    closed_later = case.closed_at is not None and case.closed_at >= end
    closed_at = None if closed_later else case.closed_at
    return ReturnLine(
        reference=case.reference,
        mission=case.campaign_kind,
        received_on=paris_date(case.opened_at),
        first_contact_on=paris_date(contacts.first) if contacts.first else None,
        last_contact_on=paris_date(contacts.last) if contacts.last else None,
        call_attempts=contacts.calls,
        last_result=contacts.last_result,
        state="waiting" if closed_later else case.state,
        closure=told.closure if closed_at else None,
        closed_on=paris_date(closed_at) if closed_at else None,
        acts="|".join(told.acts),
        aids="|".join(told.aids),
        plan_amount_cents=plan.amount_cents if plan else None,
        plan_instalments=plan.instalment_count if plan else None,
        plan_first_due_on=plan.first_due_on if plan else None,
        plan_state=plan.state if plan else None,
        opening_cents=case.opening_debt_cents,
        promised_cents=promise.cents,
        confirmed_cents=money[0],
        balance_cents=None if case.debt_cents is None else money[1],
        promised_on=promise.promised_on,
        declared_paid_on=promise.declared_paid_on,
        hold_state=asked.hold_state,
        hold_until=asked.hold_until,
        supplier_actions="|".join(asked.actions),
        dispute_state=asked.dispute_state,
        complaint_on=asked.complaint_on,
        complaint_answer_by=asked.answer_by,
        complaint_mediator_by=asked.mediator_by,
    )
