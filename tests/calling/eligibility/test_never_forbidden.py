"""No sequence of results ever lets a forbidden call be offered (DOMAIN §8), whatever is tried."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from energymed.base.clock import PARIS, at_paris, paris_date
from energymed.base.dates import is_public_holiday
from energymed.calling.eligibility.availability import Availability
from energymed.calling.eligibility.rules import Attempt, Callee, may_call, next_allowed, retry_at
from energymed.calling.eligibility.stopped import Stops
from energymed.partners.codes import Again
from energymed.partners.result_rules import RESULT_RULES, declared
from tests.calling.eligibility.test_rules import RULES

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
RESULTS = sorted(RESULT_RULES)
times = st.times(time(7), time(21)).map(lambda at: at.replace(second=0, microsecond=0))
wishes = st.builds(
    Availability, st.none() | times, st.none() | times, st.frozensets(st.integers(0, 5), max_size=6)
)


@dataclass
class Person:
    """What was done to somebody, told without the rules' help."""

    calls: list[Attempt] = field(default_factory=list)
    stopped: bool = False
    rests_until: date | None = None
    bad_numbers: int = 0

    def callee(self, wishes: Availability, postal_code: str) -> Callee:
        return Callee(
            stops=Stops(
                dialable=self.bad_numbers < 3, opposed=self.stopped, rests_until=self.rests_until
            ),
            postal_code=postal_code,
            attempts=tuple(self.calls),
            availability=wishes,
        )

    def called(self, at: datetime, result: str) -> None:
        self.calls.append(Attempt(at, result))
        rule = RESULT_RULES[result]
        self.stopped |= rule.person in ("opposed", "deceased")
        self.bad_numbers += rule.number in ("wrong", "invalid")
        if rule.person == "rests":
            self.rests_until = paris_date(at) + timedelta(days=RULES.refusal_rest_days)


def forbidden(person: Person, wishes: Availability, postal_code: str, at: datetime) -> str | None:
    """Why DOMAIN forbids a call at `at`, written anew from its words."""
    there = ZoneInfo("Indian/Reunion") if postal_code == "97400" else PARIS
    local = at.astimezone(there)
    tried = [call.at for call in person.calls if RESULT_RULES[call.result].counts]
    today = [one for one in tried if one.astimezone(there).date() == local.date()]
    month = [one for one in tried if (local.date() - one.astimezone(there).date()).days < 30]
    if person.stopped:
        return "stopped"
    if local.weekday() > 4 or is_public_holiday(local.date(), postal_code):
        return "no working day"
    if not (time(9) <= local.time() < time(12, 30) or time(13, 30) <= local.time() < time(19)):
        return "hours"
    if person.rests_until and local.date() < person.rests_until:
        return "rest"
    if len(today) > 1 or (today and person.calls[-1].result != "busy"):
        return "twice a day"
    if len(month) >= 4:
        return "a fifth time in 30 days"
    if wishes.not_before and local.time() < wishes.not_before:
        return "before the person wishes"
    if wishes.not_after and local.time() >= wishes.not_after:
        return "after the person wishes"
    if wishes.weekdays and local.weekday() not in wishes.weekdays:
        return "another day"
    return None


@given(
    st.lists(st.tuples(st.sampled_from(RESULTS), st.integers(0, 60 * 24 * 4)), max_size=12),
    wishes,
    st.sampled_from(["26000", "67000", "97400"]),
)
def test_whatever_happened_no_forbidden_call_is_offered(
    story: list[tuple[str, int]], wishes: Availability, postal_code: str
) -> None:
    person, at = Person(), START
    for result, minutes in story:
        at += timedelta(minutes=minutes)
        callee = person.callee(wishes, postal_code)
        if may_call(RULES, callee, at).allowed:
            assert forbidden(person, wishes, postal_code, at) is None
            person.called(at, result)


@given(
    st.lists(st.tuples(st.sampled_from(RESULTS), st.integers(0, 60 * 24 * 4)), max_size=8),
    wishes,
    st.sampled_from(["26000", "57000"]),
    st.sampled_from(list(Again)),
)
def test_the_next_call_proposed_is_one_that_may_be_made(
    story: list[tuple[str, int]], wishes: Availability, postal_code: str, again: str
) -> None:
    own = {code: declared(code, {"again": again}) for code in RESULT_RULES}
    rules = replace(RULES, results=own)
    person, at = Person(), START
    for result, minutes in story:
        at += timedelta(minutes=minutes)
        callee = person.callee(wishes, postal_code)
        proposed = next_allowed(rules, callee, at)
        if proposed is None:
            assert person.stopped or person.bad_numbers >= 3 or not _some_time(wishes)
            return
        assert proposed >= at
        assert may_call(rules, callee, proposed).allowed
        person.called(proposed, result)
        tried_again = retry_at(rules, proposed, result, person.callee(wishes, postal_code))
        assert tried_again is None or tried_again > proposed
        at = proposed


def _some_time(wishes: Availability) -> bool:
    """Whether any minute of a week of work suits the person."""
    monday = date(2026, 11, 16)
    return any(
        forbidden(Person(), wishes, "26000", at_paris(monday + timedelta(days=day), time(h, m)))
        is None
        for day in range(5)
        for h in range(9, 19)
        for m in range(60)
    )
