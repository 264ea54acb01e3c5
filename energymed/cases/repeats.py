"""The same household again (DOMAIN §15): signalled before by the partner, or by several partners.

One household is one delivery point, else one address and one name. A `repeat` is a later case of
the same partner and mission, at whichever site: two missions ask two things. Of several partners
only the number is told, within one site: never which, nor anything of their cases.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from energymed.base.clock import day_bounds, paris_date
from energymed.base.db import read_rows
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.cases.models import Case, Person
from energymed.partners.codes import CampaignKind, Closure
from energymed.partners.rulebook import SignalRules


class Signal(NamedTuple):
    """A case, or a line that will make one, as it is compared; `id` is None for a line."""

    partner_id: int
    site_id: int
    kind: CampaignKind
    opened_at: datetime
    name_key: str
    delivery_point: str | None = None
    address_key: str | None = None
    id: int | None = None
    closure: Closure | None = None
    debt_cents: int | None = None

    @property
    def homes(self) -> Iterator[tuple[str, str]]:
        """What each tells the household alone: the delivery point; the address with the name."""
        if self.delivery_point and self.delivery_point.strip("0"):
            yield "point", self.delivery_point
        if self.address_key and self.name_key:
            yield self.address_key, self.name_key

    @property
    def day(self) -> date:
        """The civil day on which it was opened."""
        return paris_date(self.opened_at)


@dataclass(frozen=True, slots=True)
class Again:
    """What is known of the household of a signal.

    `earlier` is the latest case that it repeats, `earlier_cases` all of them, the latest first;
    `partners` is how many partners signalled the household, its own among them.
    """

    earlier_cases: tuple[Signal, ...] = ()
    partners: int = 1

    @property
    def earlier(self) -> Signal | None:
        """The latest case that it repeats."""
        return self.earlier_cases[0] if self.earlier_cases else None

    @property
    def with_plan(self) -> bool:
        """Whether one of the cases that it repeats closed with a running plan."""
        return any(one.closure == Closure.PLAN_RUNNING for one in self.earlier_cases)

    @property
    def by_several(self) -> bool:
        """Whether two partners or more signalled the household."""
        return self.partners > 1


NOTHING_KNOWN = Again()
BETWEEN = "\n"  # stands in no key
_COLUMNS = (
    Case.partner_id, Case.site_id, Case.campaign_kind, Case.opened_at, Person.name_key,
    Case.delivery_point, Case.address_key, Case.id, Case.closure, Case.debt_cents,
)  # fmt: skip


def same_household(one: Signal, other: Signal) -> bool:
    """Whether both have a delivery point, or an address and a name, in common."""
    return not set(one.homes).isdisjoint(other.homes)


def is_repeat(later: Signal, earlier: Signal, rules: SignalRules) -> bool:
    """Whether a signal repeats an earlier one of the same household; lines of one file do not."""
    same = (later.partner_id, later.kind) == (earlier.partner_id, earlier.kind)
    if not same or later.opened_at <= earlier.opened_at:
        return False
    return (later.day - earlier.day).days <= rules.repeat_days


def is_beside(one: Signal, other: Signal, rules: SignalRules) -> bool:
    """Whether another partner signalled the same household at the site at about that time."""
    if one.site_id != other.site_id or one.partner_id == other.partner_id:
        return False
    return abs((one.day - other.day).days) <= rules.several_days


def again(signal: Signal, household: Iterable[Signal], rules: SignalRules) -> Again:
    """What the other signals of its household make of a signal."""
    others = [one for one in household if signal.id is None or one.id != signal.id]
    earlier = [one for one in others if is_repeat(signal, one, rules)]
    earlier.sort(key=lambda one: (one.opened_at, one.id or 0), reverse=True)
    beside = {one.partner_id for one in others if is_beside(signal, one, rules)}
    return Again(tuple(earlier), 1 + len(beside))


def signal_of(case: Case) -> Signal:
    """A case whose person is loaded, as it is compared."""
    return Signal(
        case.partner_id, case.site_id, case.campaign_kind, case.opened_at, case.person.name_key,
        case.delivery_point, case.address_key, case.id, case.closure, case.debt_cents,
    )  # fmt: skip


def look_back(session: Session, signals: Sequence[Signal], rules: SignalRules) -> list[Again]:
    """What is known of the household of each signal, in their order; one query for thousands."""
    found: list[Again] = []
    for some in chunks(signals, PIECE):
        known = _by_home(session, some, rules)
        found += [again(one, _household(one, known), rules) for one in some]
    return found


def look_back_on(
    session: Session,
    case_ids: Iterable[int],
    rules_of: Callable[[tuple[int, CampaignKind]], SignalRules],
) -> dict[int, tuple[Signal, Again]]:
    """{case: (its signal, what is known of its household)}, by the rules of its campaign."""
    of_campaign: dict[tuple[int, CampaignKind], list[Signal]] = defaultdict(list)
    for some in chunks(case_ids, PIECE):
        statement = _signals().where(among(session, Case.id, some)).order_by(Case.id)
        for row in read_rows(session, statement):
            one = Signal._make(row)
            of_campaign[one.partner_id, one.kind].append(one)
    return {
        one.id: (one, told)
        for campaign, signals in of_campaign.items()
        for one, told in zip(signals, look_back(session, signals, rules_of(campaign)), strict=True)
        if one.id is not None
    }


def _signals() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).join(Person, Person.id == Case.person_id)


def _household(
    signal: Signal, known: Mapping[tuple[str, str], Mapping[int | None, Signal]]
) -> Iterable[Signal]:
    """Every known signal of the household, once."""
    household: dict[int | None, Signal] = {}
    for home in signal.homes:
        household |= known.get(home, {})
    return household.values()


def _by_home(
    session: Session, signals: Sequence[Signal], rules: SignalRules
) -> dict[tuple[str, str], dict[int | None, Signal]]:
    """{home: {case: its signal}} of the cases that may say something of these."""
    found: dict[tuple[str, str], dict[int | None, Signal]] = defaultdict(dict)
    homes = {home for one in signals for home in one.homes}
    if not homes:
        return found
    points = [value for what, value in homes if what == "point"]
    addresses = {one.address_key for one in signals if one.address_key and one.name_key}
    # found by the address, and of all who live there only those of the name
    named = [BETWEEN.join(home) for home in homes if home[0] != "point"]
    here = union(
        select(Case.id).where(among(session, Case.delivery_point, points)),
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(
            among(session, Case.address_key, addresses),
            among(session, Case.address_key + BETWEEN + Person.name_key, named),
        ),
    )
    first, last = min(one.day for one in signals), max(one.day for one in signals)
    since = first - timedelta(days=max(rules.repeat_days, rules.several_days))
    until = last + timedelta(days=rules.several_days + 1)
    statement = _signals().where(
        Case.id.in_(select(here.subquery().c.id)),
        Case.opened_at >= day_bounds(since)[0],
        Case.opened_at < day_bounds(until)[0],
    )
    for row in read_rows(session, statement):
        one = Signal._make(row)
        for home in homes.intersection(one.homes):
            found[home][one.id] = one
    return found
