"""The first day on which a step may come, and why not before (DOMAIN §3). Pure.

Each rule is a bound: a day before which the step may not come. The winter truce is no bound but a
season. Both are worked out without counting days one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from energymed.base.dates import add_months
from energymed.cases.codes import SupplyState
from energymed.cases.procedure.facts import Step, Supply, Why, is_never_cut
from energymed.partners.codes import Energy
from energymed.partners.procedure_rules import ProcedureRules, WinterTruce

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first day of a step; `why` is what bars the day before it, None when it may come today.

    `day` is None where no day is free.
    """

    day: date | None
    why: Why | None


def next_step(supply: Supply, energy: Energy | None) -> Step | None:
    """What may come next for one energy; None when nothing more may.

    Power that is reduced may be cut. Power that comes as usual is reduced first, unless somebody
    would have to come for it. Nothing but electricity is reduced.
    """
    if supply.state in (SupplyState.CUT, SupplyState.TERMINATED):
        return None
    if is_never_cut(energy, supply.main_residence):
        return None
    if energy != Energy.ELECTRICITY or supply.state == SupplyState.LIMITED:
        return Step.CUT
    return Step.CUT if supply.communicating_meter is False else Step.REDUCTION


def earliest(
    supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules, today: date
) -> Earliest:
    """The first day, from `today` on, on which the step may come."""
    bounds = (bound for _why, bound in _bounds(supply, energy, step, rules))
    day = max([today, *bounds])
    until = _season_end(supply, energy, step, rules.truce, day)
    if until is not None:
        if rules.truce.is_endless and until == rules.truce.ends_after(day):
            return Earliest(None, Why.TRUCE)
        day = until + DAY
    if day == today:
        return Earliest(today, None)
    return Earliest(day, barred_on(supply, energy, step, rules, day - DAY))


def barred_on(
    supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules, day: date
) -> Why | None:
    """Why the step may not come on a day; None when it may."""
    barred = {why for why, bound in _bounds(supply, energy, step, rules) if day < bound}
    if _season_end(supply, energy, step, rules.truce, day) is not None:
        barred.add(Why.TRUCE)
    return next((why for why in Why if why in barred), None)


def letters(supply: Supply, rules: ProcedureRules) -> tuple[int, int]:
    """Days from the first letter to the second, and from the second to the step."""
    return _first_letter_days(supply, rules), rules.second_letter_days


def free_days_after(start: date, days: int, truce: WinterTruce | None) -> date:
    """The first day by which `days` days have passed since `start`, those of the truce aside.

    The start counts as the first of them, so that without a truce it is `start` + `days`.
    """
    day, left = start, days
    while truce is not None and not truce.is_endless:
        if truce.covers(day):
            day = truce.ends_after(day) + DAY
            continue
        run = (truce.begins_after(day) - day).days
        if left <= run:
            break
        day, left = day + timedelta(days=run), left - run
    return day + timedelta(days=left)


def fsl_until(supply: Supply, rules: ProcedureRules) -> date | None:
    """Until when a filed FSL request keeps supply: the decision, or the longest time for one."""
    if supply.fsl_filed_on is None:
        return None
    longest = add_months(supply.fsl_filed_on, rules.fsl_months)
    return min(longest, supply.fsl_decided_on) if supply.fsl_decided_on else longest


def is_protected_home(supply: Supply, day: date) -> bool:
    """Whether the cheque is attested on a day, or the FSL has aided."""
    return supply.fsl_aided or supply.cheque_holds(day)


def truce_of(supply: Supply, energy: Energy | None, truce: WinterTruce) -> WinterTruce | None:
    """The truce where it protects: at what may be a main residence, never for water."""
    return truce if supply.may_be_main and energy != Energy.WATER else None


def _bounds(
    supply: Supply, energy: Energy | None, step: Step, rules: ProcedureRules
) -> Iterator[tuple[Why, date]]:
    """Each rule that applies, with the first day that it leaves free."""
    kept = fsl_until(supply, rules)
    if kept is not None:
        yield Why.FSL, kept + timedelta(days=rules.fsl_notice_days)
    if supply.state == SupplyState.LIMITED:
        if step == Step.CUT and supply.since and _has_sixty_days(supply, energy):
            yield (
                Why.SIXTY_DAYS,
                free_days_after(
                    supply.since, rules.limited_days, truce_of(supply, energy, rules.truce)
                ),
            )
        return  # both letters are behind whoever is limited
    yield from _letters(supply, rules)


def _has_sixty_days(supply: Supply, energy: Energy | None) -> bool:
    """Whether the days at reduced power are the law's: a protected home with a modern meter."""
    return (
        energy == Energy.ELECTRICITY
        and bool(supply.communicating_meter)
        and supply.since is not None
        and is_protected_home(supply, supply.since)
    )


def _letters(supply: Supply, rules: ProcedureRules) -> Iterator[tuple[Why, date]]:
    """The letters known; without any, the two that must come once the bill was due.

    An announced intervention says that they were sent.
    """
    wait, notice = (timedelta(days=days) for days in letters(supply, rules))
    if supply.second_letter_on:
        yield Why.SECOND_LETTER, supply.second_letter_on + notice
    if supply.first_letter_on:
        yield Why.FIRST_LETTER, supply.first_letter_on + wait + notice
    elif supply.due_on and not supply.second_letter_on and not supply.planned_on:
        yield Why.DUE, supply.due_on + wait + notice


def _first_letter_days(supply: Supply, rules: ProcedureRules) -> int:
    start = supply.first_letter_on or supply.due_on
    if start is not None and is_protected_home(supply, start):
        return rules.first_letter_protected_days
    return rules.first_letter_days


def _season_end(
    supply: Supply, energy: Energy | None, step: Step, truce: WinterTruce, day: date
) -> date | None:
    """The last day of the season that bars the step on `day`; None when none does.

    The truce bars a cut to its end, a reduction as long as the cheque's attestation holds.
    """
    protecting = truce_of(supply, energy, truce)
    if protecting is None or not protecting.covers(day):
        return None
    end = protecting.ends_after(day)
    if step == Step.CUT:
        return end
    until = supply.cheque_until
    return min(end, until) if until is not None and day <= until else None
