"""Every indicator of DOMAIN §11, once: what one case weighs in it.

The figure is the sum of the weights over the rows of `reporting.case_rows`; the cases behind it are
those that weigh something. Promised money is never counted as repaid.
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
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from energymed.base.i18n import N_
from energymed.base.spreadsheets import Kind
from energymed.intake.codes import BatchState
from energymed.intake.models import Batch
from energymed.partners.codes import CampaignKind
from energymed.reporting.scope import Scope

Row = ReadOnlyColumnCollection[str, Any]
Weight = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure: code, French label, what a case weighs in it, what their sum counts.

    `of_cohort`: it is about the cases handled in the period, so that months do not add up.
    `to_date`: it moves on after the period, and has no place in a return that stands still.
    """

    code: str
    label: str
    weight: Callable[[Row], Weight]
    unit: Kind = Kind.COUNT
    of_cohort: bool = False
    to_date: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """A quotient of two indicators, always shown with both terms."""

    code: str
    label: str
    numerator: str
    denominator: str


def measure(name: str) -> Callable[[Row], Weight]:
    """What a row says as it is: of `reporting.facts`, or whether the case was handled."""
    return lambda row: type_coerce(row[name], Integer)


def files_imported(scope: Scope) -> Select[int]:
    """Committed import batches in the period: the one figure that has no cases."""
    bounds = ((Batch.partner_id, scope.partner_id), (Batch.kind, scope.kind),
              (Batch.site_id, scope.site_id))  # fmt: skip
    stands = Batch.state == BatchState.COMMITTED
    if scope.as_of is not None:  # an undone one was there until then
        stands = or_(stands, Batch.undone_at >= scope.as_of)
    return select(func.count(Batch.id)).where(
        stands,
        scope.known(Batch.committed_at),
        scope.times(Batch.committed_at),
        scope.counted(Batch.partner_id),
        *(column == value for column, value in bounds if value is not None),
    )


def of_no_case(_row: Row) -> Weight:
    """Files are counted by `files_imported`: no case weighs in it."""
    return literal(0, Integer)


def reached(row: Row) -> Weight:
    """The holder or a mandated person was reached in the period, on any channel."""
    return _one(row.exchanges > 0)


def first_contacted(row: Row) -> Weight:
    """Something went out to the person: each weighs on the first of their cases."""
    return _one(and_(row.went_out > 0, row.case_id == row.first_of_person))


def opening_debt(row: Row) -> Weight:
    """The opening debt of a handled case; a later file never adds to it."""
    return _of_handled(row, func.coalesce(row.opening_cents, 0))


def cleared(row: Row) -> Weight:
    """What was confirmed on a handled case from its opening to the end of the period, capped."""
    return _of_handled(row, _capped(row, row.repaid_by_end))


def cleared_to_date(row: Row) -> Weight:
    """What was confirmed on a handled case from its opening up to now, capped."""
    return _of_handled(row, _capped(row, row.repaid_to_date))


def confirmed(row: Row) -> Weight:
    """What the confirmed payments of the period come to: months add up to the year.

    Confirmed by its end, less confirmed before it; each time capped at the debt, and of a case that
    was handled by then. What was paid before a case was first handled counts in that period.
    """
    by_end = _one(row.handled + row.was_handled > 0) * _capped(row, row.repaid_by_end)
    before = row.was_handled * _capped(row, row.repaid_before)
    return type_coerce(by_end - before, Integer)


def handled_of_kind(kind: CampaignKind) -> Callable[[Row], Weight]:
    """A handled case of one kind of mission."""
    return lambda row: _of_handled(row, _one(row.kind == kind))


def called_cutoff(row: Row) -> Weight:
    """A cut-off notice worked by telephone: what a visit told is not counted.

    DOMAIN §11: of Dijon's 25 334 cases, 11 421 are DPI by telephone and 384 DPI visits.
    """
    return _one(and_(row.kind == CampaignKind.CUTOFF_NOTICE, row.calls_out > 0))


def told_in_time(row: Row) -> Weight:
    """A cut-off notice whose customer was told in the period, before the scheduled time."""
    return _one(and_(row.kind == CampaignKind.CUTOFF_NOTICE, row.told_in_time > 0))


def _one(condition: ColumnElement[bool]) -> Weight:
    return case((condition, 1), else_=0)


def _of_handled(row: Row, weight: Weight) -> Weight:
    return case((row.handled == 1, weight), else_=0)


def _capped(row: Row, cents: Weight) -> Weight:
    """Confirmed payments, at most the opening debt; what was taken back twice is not owed."""
    debt = func.coalesce(row.opening_cents, 0)
    return case((cents <= 0, 0), (cents > debt, debt), else_=cents)


INDICATORS = {
    indicator.code: indicator
    for indicator in (
        Indicator("files_imported", N_("Fichiers importés"), of_no_case),
        Indicator("cases_received", N_("Dossiers confiés"), measure("received")),
        Indicator("cases_handled", N_("Dossiers traités"), measure("handled"), of_cohort=True),
        Indicator("people_contacted", N_("Clients contactés"), first_contacted, of_cohort=True),
        Indicator("calls_out", N_("Appels sortants"), measure("calls_out")),
        Indicator("contacts_out", N_("Contacts sortants"), measure("contacts_out")),
        Indicator("mails_letters", N_("Mails et courriers"), measure("mails_letters")),
        Indicator("visits", N_("Visites à domicile"), measure("visits")),
        Indicator("cases_reached", N_("Dossiers avec contact abouti"), reached, of_cohort=True),
        Indicator("contacts_made", N_("Contacts"), measure("contacts")),
        Indicator("contacts_acted", N_("Contacts suivis d'une action"), measure("acted_contacts")),
        Indicator("plans_negotiated", N_("Échéanciers négociés"), measure("plans_negotiated")),
        Indicator("plans_confirmed", N_("Échéanciers confirmés"), measure("plans_confirmed")),
        Indicator("plans_kept", N_("Échéanciers respectés"), measure("plans_kept")),
        Indicator("plans_broken", N_("Échéanciers rompus"), measure("plans_broken")),
        Indicator("aids_created", N_("Aides créées"), measure("aids_created")),
        Indicator("aids_granted", N_("Aides accordées"), measure("aids_granted")),
        Indicator("aids_granted_cents", N_("Montant des aides accordées"),
                  measure("aids_granted_cents"), Kind.CENTS),
        Indicator("referrals", N_("Orientations vers organismes sociaux"), measure("referrals")),
        Indicator("cheque_awareness", N_("Sensibilisations au chèque énergie"),
                  measure("cheque_awareness")),
        Indicator("debt_total_cents", N_("Montant total des dettes"), opening_debt, Kind.CENTS,
                  of_cohort=True),
        Indicator("payments_confirmed_cents", N_("Règlements confirmés de la période"), confirmed,
                  Kind.CENTS),
        Indicator("debt_cleared_cents", N_("Dette apurée"), cleared, Kind.CENTS, of_cohort=True),
        Indicator("debt_cleared_to_date_cents", N_("Dette apurée à ce jour"), cleared_to_date,
                  Kind.CENTS, of_cohort=True, to_date=True),
        Indicator("cutoff_calls", N_("DPI phoning"), called_cutoff, of_cohort=True),
        Indicator("appointment_calls", N_("Linky"), handled_of_kind(CampaignKind.APPOINTMENT),
                  of_cohort=True),
        Indicator("cutoff_told_in_time", N_("DPI joints avant l'intervention"), told_in_time),
        Indicator("interventions_avoided", N_("Interventions évitées"),
                  measure("interventions_avoided")),
    )
}  # fmt: skip
SHARES = {
    share.code: share
    for share in (
        Share("reach_rate", N_("Taux de contact abouti"), "cases_reached", "cases_handled"),
        Share("action_share", N_("Part des contacts suivis d'une action"), "contacts_acted",
              "contacts_made"),
        Share("cleared_share", N_("Part apurée"), "debt_cleared_cents", "debt_total_cents"),
        Share("cleared_share_to_date", N_("Part apurée à ce jour"), "debt_cleared_to_date_cents",
              "debt_total_cents"),
    )
}  # fmt: skip


def stands_still(code: str) -> bool:
    """Whether a figure of a period that is over only changes when something is corrected."""
    code = SHARES[code].numerator if code in SHARES else code
    return not INDICATORS[code].to_date
