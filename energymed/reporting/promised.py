"""What a case promises at the end of a period: a plan that runs, a payment announced since.

Promised is never counted as repaid (DOMAIN §11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from energymed.base.money import Cents
from energymed.base.periods import Period
from energymed.cases.models import LedgerEntry
from energymed.mediation.codes import ActKind
from energymed.mediation.given_words import (
    is_answered,
    paid_since,
    promised_cents,
    standing_word,
)
from energymed.mediation.models import Act, Plan
from energymed.mediation.next_dates import OF_MONEY
from energymed.mediation.states import RUNNING_PLANS


@dataclass(frozen=True, slots=True)
class Promise:
    """The last plan of a case, and the word of money that stands, if there are any."""

    plan: Plan | None
    word: Act | None

    @property
    def cents(self) -> Cents | None:
        """What both promise; None where nothing is promised."""
        runs = self.plan is not None and self.plan.state in RUNNING_PLANS
        planned = self.plan.amount_cents if self.plan is not None and runs else None
        given = promised_cents(self.word)
        return None if planned is None and given is None else (planned or 0) + (given or 0)

    @property
    def promised_on(self) -> date | None:
        """The day for which a payment is announced, with or without its amount."""
        return self._day(ActKind.PAYS_FULL, "promised_on")

    @property
    def declared_paid_on(self) -> date | None:
        """The day of a payment that is declared and not confirmed."""
        return self._day(ActKind.PAID_ALREADY, "declared_on")

    def _day(self, kind: ActKind, name: str) -> date | None:
        told = self.word.details.get(name) if self.word and self.word.kind == kind else None
        return date.fromisoformat(told) if told else None


def standing_words(
    session: Session,
    standing: Sequence[ColumnElement[bool]],
    plans: Mapping[int, Plan],
    moneys: Mapping[int, tuple[int, int]],
    period: Period,
) -> dict[int, Act]:
    """{case: the word of money that stood at the end of the period, unanswered}.

    Args:
        standing: conditions on `Act`: of which cases, not crossed out, known by then.
        moneys: {case: (confirmed, balance)} at the end of the period, in cents.
    """
    given: dict[int, list[Act]] = {}
    for act in session.scalars(select(Act).where(*standing, Act.kind.in_(OF_MONEY))):
        given.setdefault(act.case_id, []).append(act)
    latest = []
    for case_id, acts in given.items():
        plan, (_paid, balance) = plans.get(case_id), moneys.get(case_id, (0, 1))
        planned = plan.act_id if plan else 0
        word = standing_word(acts, planned=planned, settled=balance <= 0)
        if word is not None:
            latest.append(word)
    paid = paid_since(session, latest, known_by_the_end(period))
    return {
        word.case_id: word
        for word in latest
        if not is_answered(word, paid.get(word.id, 0), period.end)
    }


def known_by_the_end(period: Period) -> ColumnElement[bool]:
    """Condition on `LedgerEntry`: its day is in or before the period, or it was known by then."""
    return or_(LedgerEntry.on_date <= period.end, LedgerEntry.recorded_at < period.bounds[1])
