"""What is known of the cases of a return: exchanges, acts, aids, money, promises, what was asked.

All as it stood at the end of a period, and as was known at an instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from energymed.base.db.as_of import stands
from energymed.base.money import Cents
from energymed.base.periods import Period
from energymed.calling.codes import Channel
from energymed.calling.eligibility.attempts import is_call, took_place
from energymed.calling.models import Contact
from energymed.cases.ledger import repaid_sum
from energymed.cases.models import Case, LedgerEntry
from energymed.mediation.as_of import stood_as_of
from energymed.mediation.codes import PlanState
from energymed.mediation.models import Act, AidRequest, Plan
from energymed.mediation.move_models import MoveKind
from energymed.reporting.asked import NOTHING, Asked, asked_of_partner
from energymed.reporting.promised import Promise, known_by_the_end, standing_words


@dataclass(slots=True)
class Contacts:
    """The exchanges with a person: first and last, how many calls, and what the last one gave."""

    first: datetime | None = None
    last: datetime | None = None
    calls: int = 0
    last_result: str | None = None


_NO_CONTACT = Contacts()


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Facts by the ids of cases. `acts` are kinds, `aids` each "fund:state", in their order."""

    contacts: dict[int, Contacts]
    acts: dict[int, list[str]]
    aids: dict[int, list[str]]
    moneys: dict[int, tuple[Cents, Cents]]
    plans: dict[int, tuple[Plan, PlanState]]
    words: dict[int, Act]
    asked: dict[int, Asked]

    def contacts_of(self, case: Case) -> Contacts:
        """The exchanges of a case."""
        return self.contacts.get(case.id, _NO_CONTACT)

    def money_of(self, case: Case) -> tuple[Cents, Cents | None]:
        """What was confirmed as paid, and the balance; None for a case without a debt."""
        return self.moneys.get(case.id, (0, None))

    def promise_of(self, case: Case) -> Promise:
        """What a case promises."""
        plan, state = self.plans.get(case.id, (None, None))
        return Promise(plan, state, self.words.get(case.id))

    def asked_of(self, case: Case) -> Asked:
        """What its partner was asked for."""
        return self.asked.get(case.id, NOTHING)


def read_facts(
    session: Session, ids: Select[Any], period: Period, as_of: datetime | None = None
) -> CaseFacts:
    """The facts of these cases at the end of the period, by the numbers of a select.

    Args:
        as_of: as was known just before this instant; None for what is known now.
    """
    end = period.bounds[1]
    standing = (Act.case_id.in_(ids), stands(Act, as_of), Act.created_at < end)
    plans = _plans(session, standing, period, as_of)
    moneys = _moneys(session, ids, period, as_of)
    planned = {case_id: plan for case_id, (plan, _state) in plans.items()}
    kinds = select(Act.case_id, Act.kind).where(*standing).order_by(Act.kind)
    return CaseFacts(
        contacts=_contacts(session, ids, end, as_of),
        acts=_grouped(session.execute(kinds)),
        aids=_aids(session, standing, period, as_of),
        moneys=moneys,
        plans=plans,
        words=standing_words(session, standing, planned, moneys, period, as_of),
        asked=asked_of_partner(session, standing, period.end, as_of),
    )


def _contacts(
    session: Session, ids: Select[Any], end: datetime, as_of: datetime | None
) -> dict[int, Contacts]:
    rows = session.execute(
        select(
            Contact.case_id,
            Contact.started_at,
            Contact.channel,
            Contact.result,
            is_call(as_of).label("called"),
        )
        .where(Contact.case_id.in_(ids), took_place(as_of), Contact.started_at < end)
        .order_by(Contact.started_at, Contact.id)
    )
    found: dict[int, Contacts] = {}
    for case_id, at, channel, result, called in rows:
        one = found.setdefault(case_id, Contacts(first=at))
        one.last = at
        one.calls += called
        if channel == Channel.CALL_OUT:
            one.last_result = result
    return found


def _aids(
    session: Session,
    standing: Sequence[ColumnElement[bool]],
    period: Period,
    as_of: datetime | None,
) -> dict[int, list[str]]:
    stood = stood_as_of(MoveKind.AID, standing, period.end, as_of).subquery()
    told = type_coerce(AidRequest.fund, String) + ":" + stood.c.state
    return _grouped(
        session.execute(
            select(AidRequest.case_id, told)
            .join(stood, stood.c.act_id == AidRequest.act_id)
            .order_by(AidRequest.id)
        )
    )


def _plans(
    session: Session,
    standing: Sequence[ColumnElement[bool]],
    period: Period,
    as_of: datetime | None,
) -> dict[int, tuple[Plan, PlanState]]:
    """The last plan of each case, and the state in which it stood."""
    last = select(func.max(Plan.id)).join(Act, Act.id == Plan.act_id).where(*standing)
    stood = stood_as_of(MoveKind.PLAN, standing, period.end, as_of).subquery()
    rows = session.execute(
        select(Plan, stood.c.state)
        .join(stood, stood.c.act_id == Plan.act_id)
        .where(Plan.id.in_(last.group_by(Plan.case_id)))
    )
    return {plan.case_id: (plan, PlanState(state)) for plan, state in rows}


def _moneys(
    session: Session, ids: Select[Any], period: Period, as_of: datetime | None
) -> dict[int, tuple[Cents, Cents]]:
    """case → what was confirmed as paid, and the balance.

    A movement counts when its day is in or before the period, or when it was known by then.
    """
    rows = session.execute(
        select(LedgerEntry.case_id, repaid_sum(), func.sum(LedgerEntry.amount_cents))
        .where(LedgerEntry.case_id.in_(ids), known_by_the_end(period, as_of))
        .group_by(LedgerEntry.case_id)
    )
    return {case_id: (int(confirmed), int(balance)) for case_id, confirmed, balance in rows}


def _grouped(rows: Iterable[Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for case_id, code in rows:
        codes = found.setdefault(case_id, [])
        if code not in codes:
            codes.append(code)
    return found
