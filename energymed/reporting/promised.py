"""What a case promises at the end of a period: a plan that runs, a payment announced since.

Promised is never counted as repaid (DOMAIN §11).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from energymed.base.db.as_of import known
from energymed.base.money import Cents
from energymed.base.periods import Period
from energymed.cases.models import LedgerEntry
from energymed.mediation.as_of import stood_as_of
from energymed.mediation.codes import ActKind, PlanState
from energymed.mediation.given_words import (
    is_paid,
    paid_since,
    promised_cents,
    standing_word,
)
from energymed.mediation.models import Act, Plan
from energymed.mediation.move_models import ActMove, MoveKind
from energymed.mediation.next_dates import OF_MONEY
from energymed.mediation.states import RUNNING_PLANS


@dataclass(frozen=True, slots=True)
class Promise:
    """The last plan of a case with its state, and the word of money that stands, if any."""

    plan: Plan | None
    state: PlanState | None
    word: Act | None

    @property
    def cents(self) -> Cents | None:
        """What both promise; None where nothing is promised."""
        runs = self.plan is not None and self.state in RUNNING_PLANS
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
    as_of: datetime | None = None,
) -> dict[int, Act]:
    """{case: the word of money that stood at the end of the period, unanswered}.

    Args:
        standing: conditions on `Act`: of which cases, not crossed out, known by then.
        moneys: {case: (confirmed, balance)} at the end of the period, in cents.
        as_of: as was known just before this instant.
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
    if not latest:
        return {}
    paid = paid_since(session, latest, known_by_the_end(period, as_of))
    kept = stood_as_of(MoveKind.WORD, standing, period.end, as_of)
    answered = set(session.scalars(kept.with_only_columns(ActMove.act_id)))
    return {
        word.case_id: word
        for word in latest
        if word.id not in answered and not is_paid(word, paid.get(word.id, 0))
    }


def known_by_the_end(period: Period, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on `LedgerEntry`: its day is in or before the period, or it was known by then.

    Args:
        as_of: as was known just before this instant.
    """
    told = or_(LedgerEntry.on_date <= period.end, LedgerEntry.recorded_at < period.bounds[1])
    return and_(told, known(LedgerEntry.recorded_at, as_of))
