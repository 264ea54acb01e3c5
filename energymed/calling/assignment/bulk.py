"""One act on many cases of a list at once: looked at first, then done as it was seen or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from energymed.accounts.scope import scoped
from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.db.chunks import chunks
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.assignment.spread import chosen_mediators, unassign_cases
from energymed.calling.assignment.transfer import (
    TRANSFERABLE,
    WITH_SOMEBODY,
    locked_cases,
    transfer_cases,
)
from energymed.calling.queue.claims import put_in_queue
from energymed.cases.codes import CaseState
from energymed.cases.models import Case

MOST = 500  # cases at once


class BulkAct(Code):
    """What a lead does with many cases at once."""

    GIVE = "give", N_("Confier à un médiateur")
    TAKE_BACK = "take_back", N_("Reprendre pour répartir")
    QUEUE = "queue", N_("Remettre dans la file")


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """What is to be done; `user_id` is whom the cases are given to."""

    act: BulkAct
    user_id: int | None = None


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """The cases with which it is done, and those that stay as they are."""

    order: BulkOrder
    done: Sequence[Case]
    left: Sequence[Case]

    @property
    def version(self) -> str:
        """Two plans are the same for the same act on the same cases."""
        ids = ",".join(str(each) for each in sorted(case.id for case in self.done))
        return sha256(f"{self.order.act}:{self.order.user_id}:{ids}".encode()).hexdigest()[:32]


def preview_bulk(ctx: Context, case_ids: Sequence[int], order: BulkOrder) -> BulkPlan:
    """With which of the cases it would be done.

    Raises:
        BadInput: nobody to give them to, or no mediator of the actor's site.
        Refused: more than 500 cases.
    """
    found: list[Case] = []
    for ids in chunks(dict.fromkeys(case_ids)):
        statement = scoped(select(Case), Case, ctx.actor).where(Case.id.in_(ids))
        found += ctx.session.scalars(statement.options(joinedload(Case.person, innerjoin=True)))
    return _plan(ctx, found, order)


def apply_bulk(
    ctx: Context, case_ids: Sequence[int], order: BulkOrder, *, seen_version: str
) -> BulkPlan:
    """Do what the preview showed, with every case or none; each has its own audit event.

    Raises:
        BadInput, Refused: as for the preview.
        Conflict: it would not be what was seen.
    """
    plan = _plan(ctx, locked_cases(ctx, case_ids), order)
    if plan.version != seen_version:
        raise Conflict(
            N_("Les dossiers ont changé depuis l'aperçu : rien n'a été fait. Voici le nouvel "
               "aperçu.")
        )  # fmt: skip
    ids = [case.id for case in plan.done]
    if order.act == BulkAct.GIVE and order.user_id:
        transfer_cases(ctx, plan.done, order.user_id)
    elif order.act == BulkAct.TAKE_BACK:
        unassign_cases(ctx, ids)
    else:
        for case_id in ids:
            put_in_queue(ctx, case_id)
    return plan


def _plan(ctx: Context, cases: Sequence[Case], order: BulkOrder) -> BulkPlan:
    if len(cases) > MOST:
        raise Refused(N_("%(most)s dossiers au plus à la fois : resserrez les filtres."), most=MOST)
    fits = {
        BulkAct.GIVE: _fits_user,
        BulkAct.TAKE_BACK: _is_with_somebody,
        BulkAct.QUEUE: _waits,
    }[order.act]
    site_id = _site_of(ctx, order) if order.act == BulkAct.GIVE else None
    done = [case for case in cases if fits(case, order, site_id)]
    kept = {case.id for case in done}
    return BulkPlan(order, done, [case for case in cases if case.id not in kept])


def _site_of(ctx: Context, order: BulkOrder) -> int | None:
    if order.user_id is None:
        raise BadInput(N_("Choisissez à qui confier les dossiers."), field="user")
    (user,) = chosen_mediators(ctx, [order.user_id])
    return user.site_id


def _fits_user(case: Case, order: BulkOrder, site_id: int | None) -> bool:
    new = case.assigned_to_id != order.user_id
    return new and case.state in TRANSFERABLE and case.site_id == site_id


def _is_with_somebody(case: Case, _order: BulkOrder, _site_id: int | None) -> bool:
    return case.state in WITH_SOMEBODY


def _waits(case: Case, _order: BulkOrder, _site_id: int | None) -> bool:
    return case.state == CaseState.WAITING
