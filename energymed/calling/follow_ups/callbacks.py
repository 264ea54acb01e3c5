"""Promised calls: what may be promised, to whom, and what was."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.calling.eligibility.next_slot import rules_of_day
from energymed.calling.eligibility.rules import in_hours
from energymed.calling.models import FollowUp
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case, Person

FOR_EVER = {
    "deceased": N_("Décès déclaré : ce foyer n'est plus jamais appelé."),
    "opposed": N_("Cette personne s'oppose à être recontactée : elle n'est plus jamais appelée."),
}


def check_promise(
    session: Session, case: Case, due_at: datetime, field: str, *, now: datetime
) -> None:
    """A callback is promised for a time at which calls are made, to somebody who may be called.

    Raises:
        BadInput: at night, on a Sunday or a public holiday, while the person rests, or once the
            intervention that the call is about may have begun; with `params["field"]`.
        Refused: the person opposed, or somebody of the household has died.
    """
    stopped = never_called(session, case)
    if stopped is not None:
        raise Refused(FOR_EVER[stopped])
    if past_cutoff(case.campaign_kind, case.cutoff_date, case.cutoff_slot, due_at):
        raise BadInput(N_("L'intervention aura déjà commencé : rappelez avant."), field=field)
    rests_until = case.person.rests_until
    if rests_until is not None and paris_date(due_at) < rests_until:
        raise BadInput(
            N_("Cette personne est laissée en repos ce jour-là : convenez d'un moment après, ou "
               "réglez tout maintenant."),
            field=field,
        )  # fmt: skip
    if not in_hours(rules_of_day(session, case.campaign, due_at), due_at, case.postal_code):
        raise BadInput(N_("Ce moment est hors des heures d'appel."), field=field)


def never_called(session: Session, case: Case) -> str | None:
    """Why the person of a case is never to be called again: `deceased`, `opposed`, or None.

    A death stops the whole household (DOMAIN §8).
    """
    bereaved = select(Person.id).where(
        Person.household_id == case.person.household_id, Person.deceased_at.is_not(None)
    )
    if session.scalar(bereaved.limit(1)) is not None:
        return "deceased"
    return "opposed" if case.person.opposed_at is not None else None


def next_promise(session: Session, case: Case, now: datetime) -> datetime | None:
    """When the person was promised a later callback, if so."""
    return session.scalar(
        select(func.min(FollowUp.due_at)).where(
            FollowUp.case_id == case.id,
            FollowUp.kind == "callback",
            FollowUp.state == "open",
            FollowUp.due_at > now,
        )
    )
