"""What somebody in formation is told of their own practice calls, found anew from the record.

Nothing of it is kept, so that a corrected call is told as corrected, and nobody else reads it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.calling.models import Contact, FollowUp
from energymed.cases.mandates import under_tutelle
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.practice import practice_story
from energymed.casework.practice_rules import Feedback, SavedCall, Story, compare
from energymed.casework.practice_stories import STORIES, story_of
from energymed.mediation.codes import ActKind
from energymed.mediation.models import Act, AidRequest, Plan, Referral
from energymed.partners.models import Partner


@dataclass(frozen=True, slots=True)
class Told:
    """A story with what is told of the latest call to its person; None: not called yet."""

    story: Story
    case_id: int | None = None
    feedback: Feedback | None = None


def feedback_of(ctx: Context, case_id: int) -> Told:
    """What is told of the actor's latest call on an invented case.

    Raises:
        NotFound: the case is not the actor's to see, is none of the practice, or the actor has
            recorded no call on it: what a colleague did is told to the colleague alone.
    """
    case = get_case(ctx, case_id)
    story = practice_story(case)
    called = _own_calls(ctx).where(Contact.case_id == case_id).limit(1)
    contact = ctx.session.scalars(called).first() if story else None
    if story is None or contact is None:
        raise NotFound(N_("Vous n'avez enregistré aucun appel d'entraînement sur ce dossier."))
    saved = _saved(ctx.session, [contact], ctx.now)[0]
    return Told(story, case_id, compare(story, saved))


def told_of_all(ctx: Context) -> list[Told]:
    """The ten stories in their order, each with what is told of the actor's latest call of it."""
    latest: dict[int, Contact] = {}
    for contact in ctx.session.scalars(_own_calls(ctx)):
        story = story_of(contact.case.reference)
        if story is not None:
            latest.setdefault(story.number, contact)
    saved = _saved(ctx.session, list(latest.values()), ctx.now)
    of_story = dict(zip(latest, saved, strict=True))
    return [
        Told(each, latest[each.number].case_id, compare(each, of_story[each.number]))
        if each.number in latest
        else Told(each)
        for each in STORIES
    ]


def people_left(ctx: Context) -> int:
    """How many invented people dealt to the actor were never called."""
    called = exists().where(Contact.case_id == Case.id)
    waiting = (
        select(func.count())
        .select_from(Case)
        .join(Partner, Partner.id == Case.partner_id)
        .where(Partner.practice, Case.assigned_to_id == ctx.actor.user_id, ~called)
        .where(Case.closure.is_(None))
    )
    return ctx.session.scalar(waiting) or 0


def _own_calls(ctx: Context) -> Select[Any]:
    """The actor's calls on invented cases that stand, the latest first."""
    return (
        select(Contact)
        .join(Contact.case)
        .join(Case.partner)
        .where(Partner.practice, Contact.user_id == ctx.actor.user_id)
        .where(Contact.result.is_not(None), Contact.voided_at.is_(None))
        .where(Contact.call_of_id.is_(None))
        .options(joinedload(Contact.case))
        .order_by(Contact.id.desc())
    )


def _saved(session: Session, contacts: Sequence[Contact], now: datetime) -> list[SavedCall]:
    """What is on record of each of the calls, in their order."""
    ids = [contact.id for contact in contacts]
    acts = _acts(session, ids)
    later = dict(
        session.execute(
            select(FollowUp.made_by_contact_id, func.min(FollowUp.due_at))
            .where(FollowUp.made_by_contact_id.in_(ids))
            .group_by(FollowUp.made_by_contact_id)
        ).all()
    )
    people = [contact.person_id for contact in contacts]
    protected = under_tutelle(session, people, paris_date(now))
    return [
        SavedCall(
            result=contact.result,
            started_at=contact.started_at,
            details=contact.details,
            acts=acts[contact.id],
            later_at=later.get(contact.id),
            closure=contact.case.closure,
            under_tutelle=contact.person_id in protected,
        )
        for contact in contacts
    ]


def _acts(session: Session, contact_ids: Iterable[int]) -> dict[int, dict[ActKind, dict[str, Any]]]:
    """What was agreed in each call and stands, with the terms that a story may ask about."""
    found: dict[int, dict[ActKind, dict[str, Any]]] = defaultdict(dict)
    standing = Act.contact_id.in_(list(contact_ids)), Act.voided_at.is_(None)
    for act in session.scalars(select(Act).where(*standing)):
        found[act.contact_id or 0][act.kind] = dict(act.details)
    for plan in session.scalars(_of(Plan, standing)):
        found[plan.act.contact_id][ActKind.PLAN_AGREED] |= _terms(
            plan, "amount_cents", "down_payment_cents", "instalment_count", "frequency"
        )
    for aid in session.scalars(_of(AidRequest, standing).options(selectinload(AidRequest.papers))):
        asked = [each.paper for each in aid.papers if each.asked_on]
        found[aid.act.contact_id][ActKind.AID_OPENED] |= {
            **_terms(aid, "fund", "state"),
            "papers": asked,
        }
    for referral in session.scalars(_of(Referral, standing)):
        found[referral.act.contact_id][ActKind.REFERRAL] |= _terms(
            referral, "body", "reason", "mode", "consent"
        )
    return found


def _of(table: Any, standing: Any) -> Select[Any]:
    return select(table).join(table.act).where(*standing).options(joinedload(table.act))


def _terms(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
