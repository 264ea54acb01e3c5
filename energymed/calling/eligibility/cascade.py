"""Which way to reach somebody is proposed once calls are in vain (DOMAIN §15).

Text message, then letter, then visit, each after its number of calls in vain. It is proposed and
no more: a person decides. Stops win, and so does a pause: `cascade_of` is asked for nobody whom
they shield (`calling.other_ways`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from energymed.base.phone_numbers import is_mobile
from energymed.calling.codes import RESULTS, Channel, ResultGroup
from energymed.calling.eligibility.attempts import COUNTED
from energymed.calling.models import Contact
from energymed.calling.reached import is_reached
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Case
from energymed.partners.cascade_rules import CascadeRules
from energymed.partners.codes import ResultCode

STEPS = (Channel.SMS, Channel.LETTER, Channel.VISIT)
# the step that a way of reaching somebody stands for
STEP_OF = {each: each for each in STEPS} | {Channel.EMAIL: Channel.SMS}
IN_VAIN = tuple(code for code in COUNTED if RESULTS[code].group == ResultGroup.NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Tried:
    """Calls in vain, and the steps taken, since somebody who may speak of the case answered."""

    calls: int = 0
    steps: frozenset[Channel] = frozenset()


def tried(contacts: Iterable[Contact]) -> Tried:
    """What was tried on a case, in any order of its contacts."""
    calls, steps = 0, set[Channel]()
    standing = (each for each in contacts if each.voided_at is None)
    for each in sorted(standing, key=lambda one: (one.started_at, one.id)):
        if is_reached(each) or each.result == ResultCode.CALLBACK_SET:
            calls, steps = 0, set()
        elif each.channel == Channel.CALL_OUT:
            calls += each.result in IN_VAIN and each.call_of_id is None
        elif each.channel in STEP_OF:
            steps.add(STEP_OF[each.channel])
    return Tried(calls, frozenset(steps))


def next_way(rules: CascadeRules, known: Tried, ways: Sequence[Channel]) -> Channel | None:
    """The first step after those taken that may be taken, once its number of calls is reached.

    Args:
        ways: the steps that can reach the person at all (`ways_to`).
    """
    taken = max((STEPS.index(each) for each in known.steps), default=-1)
    wanted = {Channel.SMS: rules.sms, Channel.LETTER: rules.letter, Channel.VISIT: rules.visit}
    for step in STEPS[taken + 1 :]:
        if wanted[step] and step in ways:
            return step if known.calls >= wanted[step] else None
    return None


def ways_to(case: Case, *, in_writing: bool = True) -> list[Channel]:
    """The steps that can reach the person: a good mobile or an e-mail; an address that is right.

    Args:
        in_writing: a message may be left for them; else somebody goes there.
    """
    person = case.person
    numbers = (phone for phone in person.phones if phone.status == PhoneStatus.OK)
    mobile = any(is_mobile(phone.e164) for phone in numbers)
    writable = in_writing and (bool(person.email) or mobile)
    placed = bool(case.address) and not case.address_is_wrong
    found = (
        (Channel.SMS, writable),
        (Channel.LETTER, placed and in_writing),
        (Channel.VISIT, placed),
    )
    return [step for step, there in found if there]
