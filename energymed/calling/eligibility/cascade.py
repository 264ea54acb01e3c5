"""Which way to reach somebody is proposed once calls are in vain (DOMAIN §15).

Text message, then letter, then visit, each after its number of calls in vain. It is proposed and
no more: a person decides, and a way that was declined is passed over as one that was taken, until
somebody answers and all begins anew. Stops win, and so does a pause: nobody whom they shield is
asked about here (`calling.other_ways`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from energymed.base.phone_numbers import is_mobile
from energymed.calling.codes import RESULTS, STEPS, Channel, ResultGroup
from energymed.calling.eligibility.attempts import COUNTED
from energymed.calling.models import Contact, WayDeclined
from energymed.calling.reached import is_reached
from energymed.cases.codes import PhoneStatus
from energymed.cases.models import Case
from energymed.partners.cascade_rules import CascadeRules
from energymed.partners.codes import ResultCode

# the step that a way of reaching somebody stands for
STEP_OF = {each: each for each in STEPS} | {Channel.EMAIL: Channel.SMS}
IN_VAIN = tuple(code for code in COUNTED if RESULTS[code].group == ResultGroup.NOT_REACHED)


@dataclass(frozen=True, slots=True)
class Tried:
    """Calls in vain, the steps taken and those declined, since somebody who may speak answered."""

    calls: int = 0
    steps: frozenset[Channel] = frozenset()
    declined: tuple[WayDeclined, ...] = ()


def tried(contacts: Iterable[Contact], declined: Iterable[WayDeclined] = ()) -> Tried:
    """What was tried on a case, in any order of its contacts and of what was declined."""
    calls, steps, answered_at = 0, set[Channel](), None
    standing = (each for each in contacts if each.voided_at is None)
    for each in sorted(standing, key=lambda one: (one.started_at, one.id)):
        if answers(each):
            calls, steps, answered_at = 0, set(), each.started_at
        elif each.channel == Channel.CALL_OUT:
            calls += each.result in IN_VAIN and each.call_of_id is None
        elif each.channel in STEP_OF:
            steps.add(STEP_OF[each.channel])
    refused = (
        each
        for each in declined
        if each.taken_back_at is None and (answered_at is None or each.declined_at > answered_at)
    )
    return Tried(calls, frozenset(steps), tuple(refused))


def answers(contact: Contact) -> bool:
    """Whether somebody who may speak of the case answered, so that all begins anew."""
    return is_reached(contact) or contact.result == ResultCode.CALLBACK_SET


def next_way(rules: CascadeRules, known: Tried, ways: Sequence[Channel]) -> Channel | None:
    """The first step after those taken or declined, once its number of calls is reached.

    Args:
        ways: the steps that can reach the person at all (`ways_to`).
    """
    passed = known.steps | {each.way for each in known.declined}
    taken = max((STEPS.index(each) for each in passed), default=-1)
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
