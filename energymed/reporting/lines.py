"""The lines of a partner's return: one per case, codes and amounts, never a word of free text."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind
from energymed.cases.as_of import Standing, closed_between, standing_at
from energymed.cases.models import Case
from energymed.reporting.case_facts import CaseFacts, read_facts
from energymed.reporting.handled import was_handled
from energymed.reporting.scope import Scope
from energymed.reporting.told import Teller, what_is_told


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


def return_lines(session: Session, scope: Scope, as_of: datetime | None = None) -> list[ReturnLine]:
    """The cases received, handled or closed in the period, by reference; nine queries in all,
    one for each partner about what it may be told (`reporting.told`), and two about payments and
    answers where a word of money was given.

    All is told as it stood at the end of the period: the return of May says in November what it
    said in June, unless something of May came to be known since.

    Args:
        as_of: as was known just before this instant; None for what is known now.
    """
    chosen = _cases(scope, as_of)
    cases = list(session.scalars(chosen))
    ids = select(chosen.order_by(None).subquery().c.id)
    known = read_facts(session, ids, scope.period, as_of)
    end = scope.period.bounds[1]
    stood = standing_at(session, cases, ids, end if as_of is None else min(end, as_of))
    partners = {case.partner_id for case in cases}
    tellers = {partner_id: what_is_told(session, partner_id) for partner_id in partners}
    return [_line(case, stood[case.id], known, tellers[case.partner_id]) for case in cases]


def _cases(scope: Scope, as_of: datetime | None) -> Select[Case]:
    start, end = scope.period.bounds
    until = end if as_of is None else min(end, as_of)
    return (
        select(Case)
        .where(
            scope.cases(),
            or_(
                was_handled(replace(scope, as_of=as_of)),
                and_(Case.opened_at >= start, Case.opened_at < until),
                and_(Case.closed_at >= start, Case.closed_at < until),
                Case.id.in_(closed_between(start, until)),
            ),
        )
        .order_by(Case.reference, Case.id)
    )


def _line(case: Case, stood: Standing, known: CaseFacts, teller: Teller) -> ReturnLine:
    contacts, asked = known.contacts_of(case), known.asked_of(case)
    confirmed, balance = known.money_of(case)
    promise = known.promise_of(case)
    plan = promise.plan
    closed_at = stood.closed_at
    return ReturnLine(
        reference=case.reference,
        mission=case.campaign_kind,
        received_on=paris_date(case.opened_at),
        first_contact_on=paris_date(contacts.first) if contacts.first else None,
        last_contact_on=paris_date(contacts.last) if contacts.last else None,
        call_attempts=contacts.calls,
        last_result=contacts.last_result,
        state=stood.state,
        closure=teller.closure(stood.closure),
        closed_on=paris_date(closed_at) if closed_at else None,
        acts="|".join(teller.acts(known.acts.get(case.id, []))),
        aids="|".join(teller.aids(known.aids.get(case.id, []))),
        plan_amount_cents=plan.amount_cents if plan else None,
        plan_instalments=plan.instalment_count if plan else None,
        plan_first_due_on=plan.first_due_on if plan else None,
        plan_state=promise.state,
        opening_cents=case.opening_debt_cents,
        promised_cents=promise.cents,
        confirmed_cents=confirmed,
        balance_cents=balance,
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
