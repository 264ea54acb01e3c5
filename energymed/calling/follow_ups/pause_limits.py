"""Until when a case may be paused: stops and planned interventions win, promised calls are asked.

A pause leaves a person in peace until a day, for a reason that is a code.
"""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.calling.eligibility.stopped import REFUSALS, stops_of
from energymed.cases.models import Case
from energymed.partners.rulebook import load_waiting_rules


def check_pause(session: Session, case: Case, until: date, today: date, field: str) -> None:
    """Refuse a pause that forgets an intervention, is too long, or is of somebody never called.

    Raises:
        BadInput: not after today, longer than the rule says, or not over before a planned
            intervention; with `params["field"]`.
        Refused: the person opposed, or somebody of the household has died.
    """
    stop = stops_of(session, case.person).for_good
    if stop is not None:
        raise Refused(REFUSALS[stop])
    if until <= today:
        raise BadInput(N_("La pause finit au plus tôt demain."), field=field)
    rules = load_waiting_rules(session, today, partner_id=case.partner_id, kind=case.campaign_kind)
    longest = today + timedelta(days=rules.pause)
    if until > longest:
        raise BadInput(
            N_("Une pause finit le %(day)s au plus tard."), field=field, day=_day(longest)
        )
    if case.cutoff_date is not None and today <= case.cutoff_date <= until:
        raise BadInput(
            N_("Une intervention est prévue le %(day)s : la pause doit finir avant."),
            field=field, day=_day(case.cutoff_date),
        )  # fmt: skip


def check_no_promise(promised_days: list[date], field: str) -> None:
    """Ask about a call that the person was promised: a pause would break it or come before it.

    Raises:
        BadInput: with the day of the first one.
    """
    if promised_days:
        raise BadInput(
            N_("Un rappel est promis le %(day)s : gardez-le, ou cochez qu'il est annulé."),
            field=field, day=_day(min(promised_days)),
        )  # fmt: skip


def last_pause_day(session: Session, case: Case, now_on: date) -> date:
    """The last day until which the case may be paused."""
    rules = load_waiting_rules(session, now_on, partner_id=case.partner_id, kind=case.campaign_kind)
    longest = now_on + timedelta(days=rules.pause)
    if case.cutoff_date is not None and case.cutoff_date >= now_on:
        return min(longest, case.cutoff_date - timedelta(days=1))
    return longest


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
