"""Promised calls: what may be promised, to whom, and what was."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.zones import local_date
from energymed.calling.codes import FollowUpKind, FollowUpState
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.eligibility.rules import in_hours
from energymed.calling.eligibility.stopped import REFUSALS, stops_of
from energymed.calling.models import FollowUp
from energymed.cases.cutoff import past_cutoff
from energymed.cases.models import Case

# condition on `FollowUp`: a call that was promised and is still to be made
OPEN_CALLBACK = and_(FollowUp.kind == FollowUpKind.CALLBACK, FollowUp.state == FollowUpState.OPEN)


def check_callback(session: Session, case: Case, due_at: datetime, field: str) -> None:
    """A callback is promised for a time at which calls are made, to somebody who may be called.

    Raises:
        BadInput: at night, on a Sunday or a public holiday, while the person rests, or once the
            intervention that the call is about may have begun; with `params["field"]`.
        Refused: the person opposed, or somebody of the household has died.
    """
    stops = stops_of(session, case.person)
    if stops.for_good is not None:
        raise Refused(REFUSALS[stops.for_good])
    if past_cutoff(case, due_at):
        raise BadInput(N_("L'intervention aura déjà commencé : rappelez avant."), field=field)
    if stops.rests_on(local_date(due_at, case.postal_code)):
        raise BadInput(
            N_("Cette personne est laissée en repos ce jour-là : convenez d'un moment après, ou "
               "réglez tout maintenant."),
            field=field,
        )  # fmt: skip
    if not in_hours(rules_of(session, case.campaign, due_at), due_at, case.postal_code):
        raise BadInput(N_("Ce moment est hors des heures d'appel."), field=field)


def callback_at(case_id: Any) -> ScalarSelect[datetime]:
    """When the person of a case was promised a call, as a scalar subquery."""
    promised = select(func.min(FollowUp.due_at)).where(FollowUp.case_id == case_id, OPEN_CALLBACK)
    return promised.scalar_subquery()


def next_callback(session: Session, case: Case, now: datetime) -> datetime | None:
    """When the person was promised a later call, if so."""
    return session.scalar(
        select(func.min(FollowUp.due_at)).where(
            FollowUp.case_id == case.id, OPEN_CALLBACK, FollowUp.due_at > now
        )
    )


def callbacks_by_case(session: Session, case_ids: Sequence[int]) -> dict[int, datetime | None]:
    """{case: when its person was promised a call, if so}."""
    promised = (
        select(FollowUp.case_id, func.min(FollowUp.due_at))
        .where(FollowUp.case_id.in_(case_ids), OPEN_CALLBACK)
        .group_by(FollowUp.case_id)
    )
    found = {case_id: due for case_id, due in session.execute(promised)}
    return {case_id: found.get(case_id) for case_id in case_ids}
