"""One conversation for several cases of a person: one call, one identity check, several results.

A person who is in the files of two partners stands there twice, in one household and under one
name. The call is recorded once, on the case that was dialled; on each other case that was talked
about stands what was agreed, as a part of that call: it is no attempt and no call of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.scope import scoped
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Faults, Refused
from energymed.base.i18n import N_
from energymed.calling.calls.contacts import add_contact
from energymed.calling.calls.effects import apply_effect
from energymed.calling.calls.report import CallReport, check_report
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.models import Contact
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case


@dataclass(frozen=True, slots=True)
class Agreed:
    """What follows for another case: `close` with `closure`, or `follow_up` at `follow_up_at`."""

    case_id: int
    next_step: str | None = None
    closure: str | None = None
    follow_up_at: datetime | None = None


def other_cases(ctx: Context, case: Case) -> Sequence[Case]:
    """Open cases of the same person that nobody has in call, the oldest first."""
    statement = (
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Person.household_id == case.person.household_id)
        .where(Person.name_key == case.person.name_key)
        .where(Case.id != case.id, Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)))
        .options(joinedload(Case.partner))
        .order_by(Case.opened_at, Case.id)
    )
    return ctx.session.scalars(scoped(statement, Case, ctx.actor)).all()


def parts_of(session: Session, call: Contact) -> Sequence[Contact]:
    """What this call settled on other cases and still stands, by case."""
    statement = (
        select(Contact)
        .where(Contact.call_of_id == call.id, Contact.voided_at.is_(None))
        .options(joinedload(Contact.case, innerjoin=True).joinedload(Case.partner, innerjoin=True))
        .order_by(Contact.case_id)
    )
    return session.scalars(statement).all()


def move_parts(ctx: Context, parts: Sequence[Contact], call: Contact) -> None:
    """Make `parts` parts of `call`: it corrects the one that they were part of."""
    for part in parts:
        former, part.call_of_id = part.call_of_id, call.id
        audit.record(
            ctx, "contact.part_moved", part, before={"part_of": former}, after={"part_of": call.id}
        )
    ctx.session.flush()


def record_others(ctx: Context, call: Contact, agreed: Sequence[Agreed]) -> list[Contact]:
    """Record what the conversation settled on other cases of the person; a second press does not.

    Raises:
        BadInput: what follows is not said, with `params["reference"]`.
        Refused: the person was not reached.
        Conflict: one of the cases is not theirs, or not open any more.
    """
    if not agreed:
        return []
    if call.result not in REACHED:
        raise Refused(N_("Sans avoir joint la personne, ses autres dossiers ne changent pas."))
    known = set(ctx.session.scalars(select(Contact.case_id).where(Contact.call_of_id == call.id)))
    parts, faults = [], Faults()
    for one in agreed:
        if one.case_id not in known:
            with faults:
                parts.append(_record(ctx, call, one))
    faults.tell()
    return parts


def _record(ctx: Context, call: Contact, agreed: Agreed) -> Contact:
    case = get_case(ctx, agreed.case_id, lock=True)
    _check_theirs(ctx.session, call, case)
    report = CallReport(
        result=str(call.result),
        started_at=call.started_at,
        details=call.details,
        next_step=agreed.next_step,
        closure=agreed.closure,
        follow_up_at=agreed.follow_up_at,
    )
    try:
        check_report(report, ctx.now)
    except BadInput as error:
        raise BadInput(error.message, **{**error.params, "reference": case.reference}) from error
    contact = add_contact(
        ctx,
        case,
        call.channel,
        result=call.result,
        details=dict(call.details),
        started_at=call.started_at,
        ended_at=call.ended_at,
        call_of_id=call.id,
    )
    rules = rules_of(ctx.session, case.campaign, ctx.now)
    apply_effect(ctx, case, contact, report, rules)
    return contact


def _check_theirs(session: Session, call: Contact, case: Case) -> None:
    called = session.get_one(Person, call.person_id)
    theirs = (case.person.household_id, case.person.name_key) == (
        called.household_id, called.name_key,
    )  # fmt: skip
    if not theirs or case.id == call.case_id:
        raise Conflict(N_("Ce dossier n'est pas de la personne appelée."))
    if case.state in (CaseState.CLOSED, CaseState.IN_CALL):
        raise Conflict(
            N_("Le dossier %(reference)s a été pris ou clos entre-temps : décochez-le."),
            reference=case.reference,
        )
