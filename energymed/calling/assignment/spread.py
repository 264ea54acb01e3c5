"""Spreading cases over mediators: evenly by available hours, impartial, previewed first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Select

from energymed.accounts.models import User
from energymed.accounts.queries import mediators
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict
from energymed.base.i18n import N_
from energymed.base.text.folding import fold
from energymed.calling.assignment.transfer import (
    TRANSFERABLE,
    WITH_SOMEBODY,
    callback_missed,
    cutoff_untold,
    locked_cases,
    transfer_cases,
    transfer_follow_ups,
)
from energymed.calling.assignment.unassigned import CaseFilter, unassigned_cases
from energymed.calling.eligibility.stopped import never_called
from energymed.cases import transitions
from energymed.cases.codes import CaseState
from energymed.cases.models import Case


@dataclass(slots=True)
class MediatorShare:
    """What one mediator would get; `by_language` are those matched by a spoken language."""

    user: User
    cases: list[Case] = field(default_factory=list)
    by_language: int = 0

    @property
    def case_ids(self) -> list[int]:
        """Ids of the cases of this share."""
        return [case.id for case in self.cases]


def preview_spread(
    ctx: Context, chosen: CaseFilter, mediator_ids: Sequence[int]
) -> list[MediatorShare]:
    """Who would get what: proportional to weekly hours, one household to one mediator.

    A person whose language is known goes to somebody who speaks it; a case of another site than
    every mediator's stays where it is, and so does whoever is never to be called. The same cases
    and mediators always give the same shares.

    Raises:
        BadInput: no mediator, or one who is not of the actor's site.
    """
    team = chosen_mediators(ctx, mediator_ids)
    return spread(list(ctx.session.scalars(_to_spread(ctx, chosen))), team)


def _to_spread(ctx: Context, chosen: CaseFilter) -> Select[Case]:
    return unassigned_cases(ctx, chosen).where(~never_called())


def spread(cases: Sequence[Case], team: Sequence[User]) -> list[MediatorShare]:
    """Deal the cases out, one household at a time; pure but for the rows it is given.

    Those who need a language come first, so that the others even out what that made uneven.
    """
    shares = [MediatorShare(user) for user in sorted(team, key=lambda user: user.id)]
    homes: dict[tuple[int, int], list[Case]] = {}
    for case in cases:
        homes.setdefault((case.site_id, case.person.household_id), []).append(case)
    dealt = [(_able(shares, site_id, home), home) for (site_id, _), home in homes.items()]
    for (able, spoken), home in sorted(dealt, key=lambda pair: not pair[0][1]):
        if able:
            share = min(able, key=lambda s: (_load(s), s.user.id))
            share.cases += home
            share.by_language += spoken
    return shares


def _able(
    shares: Sequence[MediatorShare], site_id: int, home: Sequence[Case]
) -> tuple[list[MediatorShare], bool]:
    """Who may take a household: those of its site, of them those who speak its language."""
    near = [share for share in shares if share.user.site_id == site_id]
    languages = {fold(case.person.language) for case in home if case.person.language}
    speaking = [share for share in near if languages & {fold(s) for s in share.user.languages}]
    return (speaking, True) if speaking else (near, False)


def _load(share: MediatorShare) -> float:
    """How full a share would be with one half more, per hour (the fairest of the divisors)."""
    return (len(share.cases) + 0.5) / max(1, share.user.weekly_hours)


def version_of(shares: Iterable[MediatorShare]) -> str:
    """Who would get what, in one short text: two of them are the same for the same shares."""
    told = ";".join(
        f"{share.user.id}:{','.join(str(one) for one in sorted(share.case_ids))}"
        for share in sorted(shares, key=lambda share: share.user.id)
    )
    return sha256(told.encode()).hexdigest()[:32]


def apply_spread(
    ctx: Context,
    chosen: CaseFilter,
    mediator_ids: Sequence[int],
    *,
    seen_version: str | None = None,
) -> list[MediatorShare]:
    """Do what the preview showed, on the cases that are still to be assigned.

    Args:
        seen_version: the `version_of` the preview; None when nobody looked at one.

    Raises:
        BadInput: no mediator, or one who is not of the actor's site.
        Conflict: it would not be what was seen; nothing is given then.
    """
    team = chosen_mediators(ctx, mediator_ids)
    changed = N_("Les dossiers à répartir ont changé depuis l'aperçu : rien n'a été donné. "
                 "Voici le nouvel aperçu.")  # fmt: skip
    return transfer_shares(ctx, _to_spread(ctx, chosen), team, seen_version, changed)


def transfer_shares(
    ctx: Context, cases: Select[Case], team: Sequence[User], seen_version: str | None, changed: str
) -> list[MediatorShare]:
    """Lock the cases, deal them out and give them; `changed` refuses what is not as it was seen."""
    waiting = cases.with_for_update(of=Case, skip_locked=True)
    shares = spread(list(ctx.session.scalars(waiting)), team)
    if seen_version not in (None, version_of(shares)) and any(share.cases for share in shares):
        raise Conflict(changed)
    for share in shares:
        transfer_cases(ctx, share.cases, share.user.id)
    return shares


def assign_by_hand(ctx: Context, case_ids: Sequence[int], user_id: int) -> tuple[int, int]:
    """Give the chosen cases without a mediator to one.

    Returns:
        How many were given, and how many somebody else had given or taken meanwhile. Those of
        another site than the mediator's are passed over.
    """
    (user,) = chosen_mediators(ctx, [user_id])
    near = [case for case in locked_cases(ctx, case_ids) if case.site_id == user.site_id]
    given = [case for case in near if case.state == CaseState.TO_ASSIGN]
    transfer_cases(ctx, given, user.id)
    return len(given), len(near) - len(given)


def transfer_callback(ctx: Context, case_id: int, user_id: int, holder_id: int) -> bool:
    """Give a promised call that nobody made to somebody else; False when that is over.

    Args:
        holder_id: who had the case when that was decided; 0 for nobody.
    """
    case = _as_it_was(ctx, case_id, user_id, holder_id)
    if case is None or not callback_missed(ctx.session, case, ctx.now):
        return False
    transfer_cases(ctx, [case], user_id)
    return True


def transfer_cutoff_notice(ctx: Context, case_id: int, user_id: int, holder_id: int) -> bool:
    """Give a cut-off notice that nobody was told of to somebody (else); False when that is over.

    Args:
        holder_id: who had the case when that was decided; 0 for nobody.
    """
    case = _as_it_was(ctx, case_id, user_id, holder_id)
    if case is None or not cutoff_untold(case, ctx.now):
        return False
    transfer_cases(ctx, [case], user_id)
    return True


def _as_it_was(ctx: Context, case_id: int, user_id: int, holder_id: int) -> Case | None:
    """The case, locked, while it may be given to the user and is still with whoever had it."""
    (user,) = chosen_mediators(ctx, [user_id])
    for case in locked_cases(ctx, [case_id]):
        same = (case.assigned_to_id or 0) == holder_id and case.site_id == user.site_id
        if same and case.state in TRANSFERABLE and user.id != holder_id:
            return case
    return None


def unassign_cases(ctx: Context, case_ids: Sequence[int]) -> int:
    """Take the chosen cases back to be assigned again; closed or in call ones are passed over."""
    taken = [case for case in locked_cases(ctx, case_ids) if case.state in WITH_SOMEBODY]
    for case in taken:
        transitions.unassign(ctx, case)
    transfer_follow_ups(ctx.session, [case.id for case in taken], None)
    return len(taken)


def chosen_mediators(ctx: Context, mediator_ids: Sequence[int]) -> list[User]:
    """The chosen mediators.

    Raises:
        BadInput: none, or one who is not an active mediator of the actor's site.
    """
    team = [user for user in mediators(ctx) if user.id in set(mediator_ids)]
    if not team or len(team) != len(set(mediator_ids)):
        raise BadInput(N_("Choisissez des médiateurs de votre site."), field="mediators")
    return team
