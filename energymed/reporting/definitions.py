"""Every indicator of DOMAIN §11, once: a select of (case_id, weight).

The figure is the sum of the weights; the cases behind it are those of the same select. Crossed
out contacts and acts never count. Promised money is never counted as repaid.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)

from energymed.base.i18n import N_
from energymed.base.spreadsheets import Kind
from energymed.calling.eligibility.attempts import is_call
from energymed.calling.models import Contact
from energymed.calling.reached import OUTBOUND, goes_out, was_reached
from energymed.cases.codes import REPAID
from energymed.cases.ledger import repaid_sum
from energymed.cases.models import Case, LedgerEntry
from energymed.intake.codes import BatchState
from energymed.intake.models import Batch
from energymed.mediation.codes import PlanState
from energymed.mediation.models import Act, AidRequest, ChequeAwareness, Plan, Referral
from energymed.mediation.request_codes import RequestKind
from energymed.mediation.request_models import PartnerRequest
from energymed.partners.codes import CampaignKind
from energymed.reporting.scope import Scope

Rows = Select[*tuple[Any, ...]]
GRANTED = ("granted_full", "granted_partial", "granted_loan", "paid_to_supplier", "never_paid")
ONE = literal(1, Integer).label("weight")


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure: code, French label, the rows that make it, what its sum counts."""

    code: str
    label: str
    rows: Callable[[Scope], Rows]
    unit: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True)
class Share:
    """A quotient of two indicators, always shown with both terms."""

    code: str
    label: str
    numerator: str
    denominator: str


def files_imported(scope: Scope) -> Rows:
    """Committed import batches in the period."""
    bounds = ((Batch.partner_id, scope.partner_id), (Batch.kind, scope.kind),
              (Batch.site_id, scope.site_id))  # fmt: skip
    no_case = cast(null(), Integer).label("case_id")  # PostgreSQL takes a bare NULL for a text
    statement = select(no_case, ONE).select_from(Batch)
    return statement.where(
        Batch.state == BatchState.COMMITTED,
        scope.times(Batch.committed_at),
        scope.counted(Batch.partner_id),
        *(column == value for column, value in bounds if value is not None),
    )


def cases_received(scope: Scope) -> Rows:
    """Cases opened by imports in the period."""
    return select(Case.id.label("case_id"), ONE).where(
        scope.cases(), Case.opened_batch_id.is_not(None), scope.times(Case.opened_at)
    )


def cases_handled(scope: Scope) -> Rows:
    """Cases with at least one attempt or act in the period."""
    return select(Case.id.label("case_id"), ONE).where(scope.cases(), _handled(scope))


def people_contacted(scope: Scope) -> Rows:
    """Distinct persons with at least one outbound contact: each weighs on its first case."""
    pairs = (
        select(Contact.person_id, Contact.case_id)
        .join(Case, Case.id == Contact.case_id)
        .where(scope.cases(), scope.contacts(), goes_out())
        .distinct()
        .subquery()
    )
    first = func.min(pairs.c.case_id).over(partition_by=pairs.c.person_id)
    return select(pairs.c.case_id, case((pairs.c.case_id == first, 1), else_=0).label("weight"))


def cases_reached(scope: Scope) -> Rows:
    """Handled cases whose holder or a mandated person was reached in it, on any channel."""
    reached = exists().where(Contact.case_id == Case.id, scope.contacts(), was_reached())
    return select(Case.id.label("case_id"), ONE).where(scope.cases(), _handled(scope), reached)


def contacts_on(*channels: str) -> Callable[[Scope], Rows]:
    """Contacts that went out in the period on these channels."""

    def rows(scope: Scope) -> Rows:
        return (
            select(Contact.case_id, ONE)
            .join(Case, Case.id == Contact.case_id)
            .where(scope.cases(), scope.contacts(), goes_out(), Contact.channel.in_(channels))
            .where(Contact.call_of_id.is_(None))  # one call about several cases is one call
        )

    return rows


def calls_out(scope: Scope) -> Rows:
    """Outbound calls that were made in the period: any result but a technical incident."""
    calls = select(Contact.case_id, ONE).join(Case, Case.id == Contact.case_id)
    return calls.where(scope.cases(), scope.contacts(), is_call())


def plans_negotiated(scope: Scope) -> Rows:
    """Plans that the household agreed to in the period, whatever became of them."""
    return _acted(scope, Plan).where(scope.days(Plan.agreed_on))


def plans_confirmed(scope: Scope) -> Rows:
    """Plans that the supplier confirmed in the period."""
    return _acted(scope, Plan).where(scope.days(Plan.confirmed_on))


def plans_kept(scope: Scope) -> Rows:
    """Plans kept to the end in the period."""
    return _acted(scope, Plan).where(
        Plan.state.in_((PlanState.KEPT, PlanState.COMPLETED)), scope.days(Plan.ended_on)
    )


def plans_broken(scope: Scope) -> Rows:
    """Plans broken in the period."""
    return _acted(scope, Plan).where(Plan.state == PlanState.BROKEN, scope.days(Plan.ended_on))


def aids_created(scope: Scope) -> Rows:
    """Aid requests opened in the period."""
    return _acted(scope, AidRequest).where(scope.days(AidRequest.opened_on))


def aids_granted(scope: Scope) -> Rows:
    """Favourable decisions in the period."""
    return _acted(scope, AidRequest).where(
        AidRequest.state.in_(GRANTED), scope.days(AidRequest.decision_on)
    )


def aids_granted_cents(scope: Scope) -> Rows:
    """Amounts granted in the period."""
    amount = func.coalesce(AidRequest.amount_granted_cents, 0).label("weight")
    return _acted(scope, AidRequest, amount).where(
        AidRequest.state.in_(GRANTED), scope.days(AidRequest.decision_on)
    )


def referrals(scope: Scope) -> Rows:
    """Referral acts, one per body of the directory and case (unique in the schema)."""
    return _acted(scope, Referral).where(scope.days(Referral.referred_on))


def cheque_awareness(scope: Scope) -> Rows:
    """Energy-cheque talks, at most one per case and campaign year (unique in the schema)."""
    return _acted(scope, ChequeAwareness).where(scope.days(ChequeAwareness.given_on))


def debt_total(scope: Scope) -> Rows:
    """Opening debt of the cases handled; a later file never adds to it."""
    opening = Case.opening_debt_cents.label("weight")
    return select(Case.id.label("case_id"), opening).where(
        scope.cases(), _handled(scope), Case.opening_debt_cents.is_not(None)
    )


def debt_cleared(scope: Scope) -> Rows:
    """Amounts confirmed by the partner in the period on handled cases, capped at their debt."""
    paid = repaid_sum()
    capped = case((paid > Case.opening_debt_cents, Case.opening_debt_cents), else_=paid)
    return (
        select(Case.id.label("case_id"), capped.label("weight"))
        .join(LedgerEntry, LedgerEntry.case_id == Case.id)
        .where(scope.cases(), _handled(scope), LedgerEntry.kind.in_(REPAID))
        .where(scope.days(LedgerEntry.on_date), Case.opening_debt_cents.is_not(None))
        .group_by(Case.id, Case.opening_debt_cents)
    )


def interventions_avoided(scope: Scope) -> Rows:
    """Holds after which the partner said, in the period, that the intervention did not take place.

    On the partner's word alone: a hold that was granted is none yet.
    """
    return _acted(scope, PartnerRequest).where(
        PartnerRequest.kind == RequestKind.HOLD, scope.days(PartnerRequest.avoided_on)
    )


def handled_of_kind(kind: str) -> Callable[[Scope], Rows]:
    """Handled cases of one kind of mission."""

    def rows(scope: Scope) -> Rows:
        return cases_handled(scope).where(Case.campaign_kind == kind)

    return rows


def cutoff_calls(scope: Scope) -> Rows:
    """Handled cut-off notices that were worked by telephone: what a visit told is not counted.

    DOMAIN §11: of Dijon's 25 334 cases, 11 421 are DPI by telephone and 384 DPI visits.
    """
    called = exists().where(Contact.case_id == Case.id, scope.contacts(), is_call())
    return handled_of_kind(CampaignKind.CUTOFF_NOTICE)(scope).where(called)


def cutoff_told_in_time(scope: Scope) -> Rows:
    """Cut-off notices whose customer was told in the period, before the scheduled time."""
    return select(Case.id.label("case_id"), ONE).where(
        scope.cases(),
        Case.campaign_kind == CampaignKind.CUTOFF_NOTICE,
        Case.told_in_time.is_(True),
        scope.times(Case.told_at),
    )


def _handled(scope: Scope) -> ColumnElement[bool]:
    contact = exists().where(Contact.case_id == Case.id, scope.contacts())
    act = exists().where(
        and_(Act.case_id == Case.id, Act.voided_at.is_(None), scope.days(Act.acted_on))
    )
    return or_(contact, act)


def _acted(
    scope: Scope,
    table: type[Plan | AidRequest | Referral | ChequeAwareness | PartnerRequest],
    weight: ColumnElement[Any] = ONE,
) -> Rows:
    """The rows of a table of acts, those crossed out left aside."""
    return (
        select(table.case_id, weight)
        .join(Case, Case.id == table.case_id)
        .join(Act, Act.id == table.act_id)
        .where(scope.cases(), Act.voided_at.is_(None))
    )


INDICATORS = {
    indicator.code: indicator
    for indicator in (
        Indicator("files_imported", N_("Fichiers importés"), files_imported),
        Indicator("cases_received", N_("Dossiers confiés"), cases_received),
        Indicator("cases_handled", N_("Dossiers traités"), cases_handled),
        Indicator("people_contacted", N_("Clients contactés"), people_contacted),
        Indicator("calls_out", N_("Appels sortants"), calls_out),
        Indicator("contacts_out", N_("Contacts sortants"), contacts_on(*OUTBOUND)),
        Indicator("mails_letters", N_("Mails et courriers"), contacts_on("email", "letter")),
        Indicator("visits", N_("Visites à domicile"), contacts_on("visit")),
        Indicator("cases_reached", N_("Dossiers avec contact abouti"), cases_reached),
        Indicator("plans_negotiated", N_("Échéanciers négociés"), plans_negotiated),
        Indicator("plans_confirmed", N_("Échéanciers confirmés"), plans_confirmed),
        Indicator("plans_kept", N_("Échéanciers respectés"), plans_kept),
        Indicator("plans_broken", N_("Échéanciers rompus"), plans_broken),
        Indicator("aids_created", N_("Aides créées"), aids_created),
        Indicator("aids_granted", N_("Aides accordées"), aids_granted),
        Indicator("aids_granted_cents", N_("Montant des aides accordées"), aids_granted_cents,
                  Kind.CENTS),
        Indicator("referrals", N_("Orientations vers organismes sociaux"), referrals),
        Indicator("cheque_awareness", N_("Sensibilisations au chèque énergie"), cheque_awareness),
        Indicator("debt_total_cents", N_("Montant total des dettes"), debt_total, Kind.CENTS),
        Indicator("debt_cleared_cents", N_("Dette apurée"), debt_cleared, Kind.CENTS),
        Indicator("cutoff_calls", N_("DPI phoning"), cutoff_calls),
        Indicator("appointment_calls", N_("Linky"), handled_of_kind("appointment")),
        Indicator("cutoff_told_in_time", N_("DPI joints avant l'intervention"),
                  cutoff_told_in_time),
        Indicator("interventions_avoided", N_("Interventions évitées"), interventions_avoided),
    )
}  # fmt: skip
SHARES = {
    share.code: share
    for share in (
        Share("reach_rate", N_("Taux de contact abouti"), "cases_reached", "cases_handled"),
        Share("cleared_share", N_("Part apurée"), "debt_cleared_cents", "debt_total_cents"),
    )
}
