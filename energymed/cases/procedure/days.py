"""The days and seasons of a supply's procedure, as they are drawn on a line. Pure.

What they mean is said in sentences (`outlook`); here they are only put in order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.codes import Code
from energymed.base.i18n import N_
from energymed.cases.codes import SupplyState
from energymed.cases.procedure.clock import fsl_until, truce_of
from energymed.cases.procedure.facts import Step, Supply, is_never_cut
from energymed.cases.procedure.outlook import Outlook
from energymed.partners.procedure_rules import ProcedureRules, WinterTruce

LOOK_BACK = timedelta(days=400)  # what is older says nothing of what comes next


class DayKind(Code):
    """What happened, or may happen, on a day."""

    DUE = "due", N_("facture due")
    FIRST_LETTER = "first_letter", N_("première lettre")
    SECOND_LETTER = "second_letter", N_("seconde lettre")
    FSL_FILED = "fsl_filed", N_("demande FSL déposée")
    REDUCED = "reduced", N_("puissance réduite")
    CUT = "cut", N_("fourniture coupée")
    TERMINATED = "terminated", N_("contrat résilié")
    ANNOUNCED = "announced", N_("coupure annoncée")
    MAY_BE_REDUCED = "may_be_reduced", N_("réduction possible")
    MAY_BE_CUT = "may_be_cut", N_("coupure possible")


class StretchKind(Code):
    """What protects from one day to another."""

    TRUCE = "truce", N_("trêve hivernale")
    CHEQUE = "cheque", N_("protections du chèque énergie")
    FSL = "fsl", N_("demande FSL")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A protection with its first and last day."""

    kind: StretchKind
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class ProcedureDays:
    """Days in their order, each (kind, day), and what protects meanwhile."""

    days: Sequence[tuple[DayKind, date]] = ()
    stretches: Sequence[Stretch] = ()


STATES = {
    SupplyState.LIMITED: DayKind.REDUCED,
    SupplyState.CUT: DayKind.CUT,
    SupplyState.TERMINATED: DayKind.TERMINATED,
}
MAY_COME = {Step.REDUCTION: DayKind.MAY_BE_REDUCED, Step.CUT: DayKind.MAY_BE_CUT}


def days_of(
    supply: Supply, coming: Sequence[Outlook], rules: ProcedureRules, today: date
) -> ProcedureDays:
    """What is known of a supply and what may come next; nothing where nothing may ever come."""
    if is_never_cut(supply.energy, supply.main_residence):
        return ProcedureDays()
    days = {day for day in _days(supply, coming) if day[1] >= today - LOOK_BACK}
    return ProcedureDays(
        sorted(days, key=lambda each: (each[1], list(DayKind).index(each[0]))),
        list(_stretches(supply, rules, today)),
    )


def _days(supply: Supply, coming: Sequence[Outlook]) -> Iterator[tuple[DayKind, date]]:
    known = {
        DayKind.DUE: supply.due_on,
        DayKind.FIRST_LETTER: supply.first_letter_on,
        DayKind.SECOND_LETTER: supply.second_letter_on,
        DayKind.FSL_FILED: supply.fsl_filed_on,
        DayKind.ANNOUNCED: supply.planned_on,
    }
    if supply.state in STATES:
        known[STATES[supply.state]] = supply.since
    yield from ((kind, day) for kind, day in known.items() if day)
    for each in coming:
        if each.step and each.not_before:
            yield MAY_COME[each.step], each.not_before


def _stretches(supply: Supply, rules: ProcedureRules, today: date) -> Iterator[Stretch]:
    """What protects now or will: the truce that runs or comes next, the cheque, the FSL."""
    truce = truce_of(supply, supply.energy, rules.truce)
    if truce is not None and not truce.is_endless:
        yield _season(truce, today)
    if supply.cheque_until and supply.cheque_until >= today:
        yield Stretch(StretchKind.CHEQUE, today, supply.cheque_until)
    kept = fsl_until(supply, rules)
    if supply.fsl_filed_on and kept and kept >= today:
        yield Stretch(StretchKind.FSL, supply.fsl_filed_on, kept)


def _season(truce: WinterTruce, today: date) -> Stretch:
    day = today if truce.covers(today) else truce.begins_after(today)
    return Stretch(StretchKind.TRUCE, truce.began(day), truce.ends_after(day))
