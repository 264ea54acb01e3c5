"""What the result of an exchange off the telephone does: the same as the call that says as much.

Whoever refuses on the doorstep rests as on the telephone; whoever opposes in writing is never
contacted again. A visit to the wrong door, or a letter that came back, marks the address.
"""

from collections.abc import Callable

from sqlalchemy import select

from energymed.base import audit
from energymed.base.context import Context
from energymed.calling.calls.effects import stop_as_called
from energymed.calling.codes import Channel, ExchangeResult, FollowUpKind, FollowUpState
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.follow_ups.service import settle_follow_ups
from energymed.calling.models import Contact
from energymed.cases.models import Case, Person
from energymed.partners.codes import ResultCode


def apply_exchange(ctx: Context, case: Case, contact: Contact) -> None:
    """Do what the result of this exchange says; most results do nothing but stand on file.

    A visit was made, whatever came of it: the one that was planned is done.
    """
    if contact.channel == Channel.VISIT:
        done = ctx.caused_by(contact_id=contact.id)
        settle_follow_ups(done, case, (FollowUpKind.VISIT,), FollowUpState.DONE)
    effect = EFFECTS.get(contact.exchange_result) if contact.exchange_result else None
    if effect is not None:
        effect(ctx, case, contact)


def _as_called(result: ResultCode) -> Callable[[Context, Case, Contact], None]:
    def effect(ctx: Context, case: Case, contact: Contact) -> None:
        rules = rules_of(ctx.session, case.campaign, ctx.now)
        stop_as_called(ctx, case, contact, result, rules)

    return effect


def _wrong_address(ctx: Context, case: Case, contact: Contact) -> None:
    """The person is not at this address, in whichever of their files it stands.

    It is wrong for as long as it is the one on file: another one, said or sent, ends the mark.
    """
    if case.address_key is None:
        return
    named = select(Person.id).where(Person.name_key == case.person.name_key)
    same = (
        select(Case)
        .where(Case.address_key == case.address_key, Case.person_id.in_(named))
        .order_by(Case.id)
        .with_for_update()
    )
    for each in ctx.session.scalars(same).all():
        if not each.address_is_wrong:
            each.wrong_address_key = each.address_key
            audit.record(ctx, "case.wrong_address", each, after={"contact": contact.id})
    ctx.session.flush()


def _came_back(ctx: Context, case: Case, contact: Contact) -> None:
    """What the post brings back says as much of the address; a text message says nothing of it."""
    if contact.channel == Channel.LETTER:
        _wrong_address(ctx, case, contact)


EFFECTS: dict[ExchangeResult, Callable[[Context, Case, Contact], None]] = {
    ExchangeResult.REFUSED: _as_called(ResultCode.REFUSED),
    ExchangeResult.OPPOSED: _as_called(ResultCode.OPPOSED),
    ExchangeResult.WRONG_ADDRESS: _wrong_address,
    ExchangeResult.RETURNED: _came_back,
}
