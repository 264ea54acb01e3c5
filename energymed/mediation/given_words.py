"""Words given about money: a payment announced or declared, a delay. Which of them still stands.

The latest alone stands, until a later plan, what the household has paid since, or nothing owed
answers it. The block of what runs and the partner's return ask the same rule.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from energymed.base.db.bulk import among
from energymed.base.money import Cents
from energymed.cases.codes import PAID_BY_HOUSEHOLD
from energymed.cases.models import LedgerEntry
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act
from energymed.mediation.next_dates import OF_MONEY


def standing_word(acts: Iterable[Any], *, planned: int, settled: bool) -> Any | None:
    """The word of money of a case that nothing has answered, of acts that are not crossed out.

    Args:
        planned: the act of the latest plan of the case, 0 for none.
        settled: nothing is owed any more.
    """
    words = [act for act in acts if act.kind in OF_MONEY]
    latest = max(words, key=lambda act: act.id, default=None)
    if latest is None or settled or latest.id < planned:
        return None
    return latest


def is_paid(word: Any, paid: Cents) -> bool:
    """Whether what the household has paid since settles what a word says."""
    said = word.details.get("amount_cents")
    return paid >= said if said else paid > 0


def is_answered(word: Any, paid: Cents, on: date) -> bool:
    """Whether somebody said, up to a day, what came of a word, or payments did."""
    said = word.kept is not None and (word.kept_on is None or word.kept_on <= on)
    return said or is_paid(word, paid)


def promised_cents(word: Any | None) -> Cents | None:
    """What a word that stands promises; None for one that promises no amount.

    What is declared as paid already is no promise, nor is a delay.
    """
    promised = word is not None and word.kind == ActKind.PAYS_FULL
    return word.details.get("amount_cents") if word is not None and promised else None


def paid_since(
    session: Session, acts: Sequence[Act], known: ColumnElement[bool] | None = None
) -> dict[int, Cents]:
    """{act: what the household has paid on its case since the act's day, as confirmed}.

    Args:
        known: condition on the movements that count; all of them when not given.
    """
    if not acts:
        return {}
    statement = (
        select(Act.id, func.sum(-LedgerEntry.amount_cents))
        .join(LedgerEntry, LedgerEntry.case_id == Act.case_id)
        .where(among(session, Act.id, [act.id for act in acts]))
        .where(LedgerEntry.kind.in_(PAID_BY_HOUSEHOLD), LedgerEntry.on_date >= Act.acted_on)
        .where(true() if known is None else known)
        .group_by(Act.id)
    )
    return {act_id: int(cents) for act_id, cents in session.execute(statement)}
