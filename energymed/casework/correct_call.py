"""Correcting a call of today, with all that it did: its acts, and what it settled elsewhere."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace

from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.calling.calls import record
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import REACHED
from energymed.calling.models import Contact
from energymed.calling.queries import versions_of
from energymed.cases.queries import get_case
from energymed.casework.closure_needs import check_closure
from energymed.mediation.acts import void_act
from energymed.mediation.causes import Causes, check_causes, note_causes, unsay_causes
from energymed.mediation.models import Act
from energymed.mediation.queries import acts_in


def correct_call(
    ctx: Context,
    contact_id: int,
    report: CallReport,
    void_acts: Collection[int] = (),
    causes: Causes | None = None,
) -> Contact:
    """Correct the call; when nobody was reached after all, its acts may be crossed out too.

    Args:
        void_acts: ids of the acts to cross out; those of other calls are left alone.
        causes: what the person says of the arrears; None where the page did not ask.

    Raises:
        DomainError: the call or one of its acts cannot be taken back any more, or the case would
            close in a way that says what is not so.
        NotFound: unknown or of another site.
    """
    contact = get_contact(ctx, contact_id)
    reached = report.result in REACHED
    if reached and causes is not None:
        check_causes(causes)
    if not reached:
        unsay_causes(ctx, contact.case, versions_of(ctx.session, contact))
        for act in acts_of_call(ctx, contact):
            if act.id in void_acts:
                void_act(ctx, act.id)
    if reached and report.next_step == "close":
        check_closure(ctx, contact.case, report.closure)
    said = asdict(causes) if reached and causes is not None else None
    beside = json.dumps([report.phone_id, sorted(void_acts), said])
    corrected = record.correct_call(ctx, contact_id, replace(report, beside=beside))
    if reached and causes is not None:
        note_causes(ctx, corrected.case_id, causes, contact_id=corrected.id)
    return corrected


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
