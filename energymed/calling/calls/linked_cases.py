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
from energymed.cases.models import Case
from energymed.cases.queries import cases_of_person, get_case


@dataclass(frozen=True, slots=True)
class Agreed:
    """What follows for another case: `close` with `closure`, or `follow_up` at `follow_up_at`."""

    case_id: int
    next_step: str | None = None
    closure: str | None = None
    follow_up_at: datetime | None = None


def other_cases(ctx: Context, case: Case) -> Sequence[Case]:
    """Open cases of the same person that nobody has in call, the oldest first."""
    return [each for each in cases_of_person(ctx, case) if may_be_settled(each, case)]


def may_be_settled(other: Case, case: Case) -> bool:
    """Whether a call on `case` may settle this other case of the person too."""
    return other.id != case.id and other.state not in (CaseState.CLOSED, CaseState.IN_CALL)


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


def check_others(ctx: Context, called: Case, report: CallReport, agreed: Sequence[Agreed]) -> None:
    """Refuse what `record_others` would refuse of a call on the case `called`, writing nothing."""
    faults = Faults()
    if agreed:
        _check_reached(report.result)
    for one in agreed:
        with faults:
            _check_part(ctx, called, get_case(ctx, one.case_id, lock=True), _part(report, one))
    faults.tell()


def record_others(ctx: Context, call: Contact, agreed: Sequence[Agreed]) -> list[Contact]:
    """Record what the conversation settled on other cases of the person; a second press does not.

    Raises:
        BadInput: what follows is not said, with `params["reference"]`.
        Refused: the person was not reached.
        Conflict: one of the cases is not theirs, or not open any more.
    """
    if not agreed:
        return []
    _check_reached(call.result)
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
    report = _part(CallReport(str(call.result), call.started_at, details=call.details), agreed)
    _check_part(ctx, call.case, case, report)
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


def _part(report: CallReport, agreed: Agreed) -> CallReport:
    """What a call says of another case of the person."""
    return CallReport(
        result=report.result,
        started_at=report.started_at,
        details=report.details,
        next_step=agreed.next_step,
        closure=agreed.closure,
        follow_up_at=agreed.follow_up_at,
    )


def _check_reached(result: str | None) -> None:
    if result not in REACHED:
        raise Refused(N_("Sans avoir joint la personne, ses autres dossiers ne changent pas."))


def _check_part(ctx: Context, called: Case, case: Case, report: CallReport) -> None:
    _check_theirs(called, case)
    try:
        check_report(report, ctx.now)
    except BadInput as error:
        raise BadInput(error.message, **{**error.params, "reference": case.reference}) from error


def _check_theirs(called: Case, case: Case) -> None:
    theirs = (case.person.household_id, case.person.name_key) == (
        called.person.household_id, called.person.name_key,
    )  # fmt: skip
    if not theirs or case.id == called.id:
        raise Conflict(N_("Ce dossier n'est pas de la personne appelée."))
    if case.state in (CaseState.CLOSED, CaseState.IN_CALL):
        raise Conflict(
            N_("Le dossier %(reference)s a été pris ou clos entre-temps : décochez-le."),
            reference=case.reference,
        )
