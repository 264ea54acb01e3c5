"""An exchange off the telephone noted by mistake is taken back on its day, with what it did."""

from sqlalchemy import select

from energymed.accounts.scope import may_take_back
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.calls.call_correction import restore_follow_ups, undo_effects
from energymed.calling.codes import CALLS, ExchangeResult
from energymed.calling.models import Contact
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case
from energymed.casework.agreed_in_writing import withdraw_written
from energymed.casework.correct_call import get_contact
from energymed.casework.send_letters import unsend_letters
from energymed.mediation.acts import void_act
from energymed.mediation.causes import unsay_causes
from energymed.mediation.models import Plan
from energymed.mediation.queries import acts_in
from energymed.messages.models import Message

STOPPING = (ExchangeResult.REFUSED, ExchangeResult.OPPOSED)
OF_AN_ADDRESS = (ExchangeResult.WRONG_ADDRESS, ExchangeResult.RETURNED)


def may_take_back_exchange(ctx: Context, contact: Contact, case: Case) -> bool:
    """Whether the actor may take this exchange back now: who noted it or a lead, on its day."""
    return _why_not(ctx, contact, case) is None


def take_back_exchange(ctx: Context, contact_id: int) -> Contact:
    """Cross an exchange out: its acts too, the stop that it set, the visit that it ended.

    A message that was really sent stays: nobody calls it back. A second press changes nothing.

    Raises:
        NotFound: unknown or of another site.
        Refused: a call, a message, one of another day or of somebody else's, or the case is in call
            or went on since.
    """
    contact = get_contact(ctx, contact_id)
    case = get_case(ctx, contact.case_id, lock=True)
    ctx.session.refresh(contact)
    if contact.voided_at is not None:
        return contact
    refusal = _why_not(ctx, contact, case) or _why_sent(ctx, contact)
    if refusal is not None:
        raise Refused(refusal)
    for act in acts_in(ctx.session, [contact.id]):
        void_act(ctx, act.id)
    unsay_causes(ctx, case, [contact.id])
    withdraw_written(ctx, [contact.id])
    if contact.exchange_result in STOPPING:
        undo_effects(ctx, case, contact)
    else:
        restore_follow_ups(ctx, contact)
    if contact.exchange_result in OF_AN_ADDRESS:
        _unmark_address(ctx, case)
    for plan in ctx.session.scalars(select(Plan).where(Plan.letter_contact_id == contact.id)):
        plan.letter_contact_id = None
    unsend_letters(ctx, contact)
    contact.voided_at = ctx.now
    before = {"channel": contact.channel, "result": contact.exchange_result}
    audit.record(ctx, "contact.voided", contact, before=before)
    ctx.session.flush()
    return contact


def _why_sent(ctx: Context, contact: Contact) -> str | None:
    sent = ctx.session.scalar(select(Message.id).where(Message.contact_id == contact.id))
    return N_("Ce message est parti : il reste dans l'historique.") if sent else None


def _why_not(ctx: Context, contact: Contact, case: Case) -> str | None:
    if contact.channel in CALLS:
        return N_("Un appel se corrige, il ne se retire pas.")
    if contact.voided_at is not None or paris_date(contact.started_at) != paris_date(ctx.now):
        return N_("Un échange se retire le jour même.")
    if not may_take_back(ctx.actor, contact.user_id):
        return N_("Seul le médiateur qui a noté cet échange, ou le chef d'équipe, peut le retirer.")
    if case.state == CaseState.IN_CALL:
        return N_("Ce dossier est en appel : réessayez ensuite.")
    return None


def _unmark_address(ctx: Context, case: Case) -> None:
    """The address is as good as before, in each of the person's files where it stands."""
    named = select(Person.id).where(Person.name_key == case.person.name_key)
    marked = (
        select(Case)
        .where(Case.wrong_address_key == case.address_key, Case.person_id.in_(named))
        .order_by(Case.id)
        .with_for_update()
    )
    for each in ctx.session.scalars(marked).all():
        each.wrong_address_key = None
        audit.record(ctx, "case.address_unmarked", each)
    ctx.session.flush()
