"""People in formation as a lead sees them: how many invented people each has called, and its end.

Never how well: what is told after a practice call is theirs alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from energymed.accounts.codes import Role
from energymed.accounts.edits import edit_account, edit_of
from energymed.accounts.models import User
from energymed.accounts.queries import get_user
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.practice import AT_ONCE, take_practice_back
from energymed.casework.practice_stories import story_of
from energymed.partners.models import Partner


@dataclass(frozen=True, slots=True)
class Trainee:
    """Somebody in formation; `called` of `people` invented people, each counted once."""

    user: User
    called: int
    people: int = AT_ONCE


def trainees(ctx: Context) -> Sequence[Trainee]:
    """Everybody in formation, by name."""
    statement = select(User).where(User.role == Role.TRAINEE, User.active).order_by(User.name)
    users = ctx.session.scalars(statement).all()
    called = _called(ctx, [user.id for user in users])
    return [Trainee(user, len(called[user.id])) for user in users]


def end_formation(ctx: Context, user_id: int) -> User:
    """Let somebody in formation call for the actor's site from now on; their practice ends.

    They sign in anew. Their invented cases are nobody's.

    Raises:
        NotFound: nobody in formation has this account.
        Refused: the actor is of no site.
    """
    user = get_user(ctx.session, user_id)
    if user.role != Role.TRAINEE or not user.active:
        raise NotFound(N_("Cette personne n'est pas en formation."))
    if ctx.actor.site_id is None:
        raise Refused(N_("Choisissez le site dans les comptes."))
    take_practice_back(ctx, user.id)
    edit = replace(edit_of(user), role=Role.MEDIATOR, site_id=ctx.actor.site_id)
    return edit_account(ctx, user_id, edit)


def _called(ctx: Context, user_ids: Sequence[int]) -> dict[int, set[int]]:
    """{user: numbers of the stories of which a call is on record}."""
    found: dict[int, set[int]] = defaultdict(set)
    calls = (
        select(Contact.user_id, Case.reference)
        .join(Case, Case.id == Contact.case_id)
        .join(Partner, Partner.id == Case.partner_id)
        .where(Partner.practice, Contact.user_id.in_(user_ids))
        .where(Contact.result.is_not(None), Contact.voided_at.is_(None))
    )
    for user_id, reference in ctx.session.execute(calls):
        story = story_of(reference)
        if story is not None and user_id is not None:
            found[user_id].add(story.number)
    return found
