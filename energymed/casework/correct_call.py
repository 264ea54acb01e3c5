"""Correcting a call of today, with all that it did: its acts, and what it settled elsewhere."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace

from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.calling.calls import record
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import REACHED
from energymed.calling.models import Contact
from energymed.calling.queries import versions_of
from energymed.cases.queries import get_case
from energymed.casework.agreed_acts import check_acts
from energymed.casework.agreed_in_writing import withdraw_written
from energymed.casework.closure_needs import check_closure
from energymed.casework.correct_act import void_act
from energymed.casework.record_conversation import (
    Outcome,
    as_call,
    check_reached,
    guardian_speaks,
    record_agreed,
    said_beside,
    unreadable,
)
from energymed.mediation.causes import check_causes, unsay_causes
from energymed.mediation.codes import VoidReason
from energymed.mediation.models import Act
from energymed.mediation.queries import acts_in


def correct_call(
    ctx: Context, contact_id: int, outcome: Outcome, void_acts: Collection[int] = ()
) -> Contact:
    """Correct the call with all that was agreed in it, or nothing at all.

    When the person was reached after all, what is agreed is recorded as at the desk, beside what
    the call has noted already; when nobody was, its acts may be crossed out.

    Args:
        void_acts: ids of the acts to cross out; those of other calls are left alone.

    Raises:
        DomainError: the call or one of its acts cannot be taken back any more, or what the form
            says cannot be: the first of what is wrong, the others in `more`.
        NotFound: unknown or of another site.
    """
    contact, report = get_contact(ctx, contact_id), as_call(outcome)
    reached = report.result in REACHED
    if not reached:
        outcome = replace(outcome, causes=None)  # nobody has said any
    beside = json.dumps([said_beside(outcome), sorted(void_acts)])
    report = replace(report, beside=beside)
    known = record.corrected_already(ctx, contact, report)
    if known is not None:
        return known
    _check(ctx, contact, report, outcome)
    if not reached:
        unsay_causes(ctx, contact.case, versions_of(ctx.session, contact))
        for act in acts_of_call(ctx, contact):
            if act.id in void_acts:
                void_act(ctx, act.id, VoidReason.NOT_REACHED)
    withdraw_written(ctx, versions_of(ctx.session, contact))
    corrected = record.correct_call(ctx, contact_id, report)
    record_agreed(ctx, corrected, outcome)
    return corrected


def _check(ctx: Context, contact: Contact, report: CallReport, outcome: Outcome) -> None:
    """Refuse all that cannot be, at once, with nothing written."""
    case, reached, faults = contact.case, report.result in REACHED, unreadable(outcome)
    with faults:
        check_reached(outcome, report)
    if reached:
        with faults:
            guarded = guardian_speaks(outcome)
            check_acts(ctx, case, outcome.acts, with_guardian=guarded)
        with faults:
            if outcome.causes is not None:
                check_causes(outcome.causes)
        with faults:
            if report.next_step == "close":
                check_closure(ctx, case, report.closure, outcome.acts)
    with faults:
        record.check_correction(ctx, contact, report)
    faults.tell()


def get_contact(ctx: Context, contact_id: int) -> Contact:
    """The contact, when its case is the actor's to see.

    Raises:
        NotFound: unknown or of another site.
    """
    contact = ctx.session.get(Contact, contact_id)
    if contact is None:
        raise NotFound(N_("Cet appel n'existe pas."))
    get_case(ctx, contact.case_id)
    return contact


def acts_of_call(ctx: Context, contact: Contact) -> Sequence[Act]:
    """What was agreed in a call, by whichever version of it, and still counts."""
    return acts_in(ctx.session, versions_of(ctx.session, contact))
