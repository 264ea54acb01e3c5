"""Spreading cases over mediators: evenly by available hours, impartial, previewed first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import Actor
from energymed.accounts.models import User
from energymed.accounts.queries import mediators
from energymed.accounts.scope import scoped
from energymed.base.chunks import chunks
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text import fold
from energymed.calling.followups import OF_THE_LEAD
from energymed.calling.models import FollowUp
from energymed.cases import moves
from energymed.cases.models import Case

ROUND_DAYS = 10  # working days in which every case is to be called once
HANDED_OVER = ("queued", "waiting")


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases to spread; amounts in cents, empty for all."""

    partner_id: int | None = None
    site_id: int | None = None
    kind: str | None = None
    commune: str | None = None
    least_cents: int | None = None
    most_cents: int | None = None
    cutoff_before: date | None = None


@dataclass(slots=True)
class Share:
    """What one mediator would get; `by_language` are those matched by a spoken language."""

    user: User
    cases: list[Case] = field(default_factory=list)
    by_language: int = 0

    @property
    def case_ids(self) -> list[int]:
        """Ids of the cases of this share."""
        return [case.id for case in self.cases]


def to_assign(actor: Actor, chosen: CaseFilter) -> Select[Case]:
    """Select of the cases without a mediator that the filter keeps, by cut-off then age."""
    statement = (
        scoped(select(Case), Case, actor)
        .where(Case.state == "to_assign")
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
        .order_by(Case.cutoff_date.is_(None), Case.cutoff_date, Case.opened_at, Case.id)
    )
    if chosen.least_cents is not None:
        statement = statement.where(Case.debt_cents >= chosen.least_cents)
    if chosen.most_cents is not None:
        statement = statement.where(Case.debt_cents <= chosen.most_cents)
    if chosen.cutoff_before is not None:
        statement = statement.where(Case.cutoff_date <= chosen.cutoff_before)
    equal = {
        Case.partner_id: chosen.partner_id,
        Case.site_id: chosen.site_id,
        Case.campaign_kind: chosen.kind,
        Case.commune: chosen.commune,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    return statement


def preview_spread(
    session: Session, actor: Actor, chosen: CaseFilter, mediator_ids: Sequence[int]
) -> list[Share]:
    """Who would get what: proportional to weekly hours, one household to one mediator.

    A person whose language is known goes to somebody who speaks it; a case of another site than
    every mediator's stays where it is. The same cases and mediators always give the same shares.

    Raises:
        BadInput: no mediator, or one who is not of the actor's site.
    """
    team = _team(session, actor, mediator_ids)
    return spread(list(session.scalars(to_assign(actor, chosen))), team)


def spread(cases: Sequence[Case], team: Sequence[User]) -> list[Share]:
    """Deal the cases out, one household at a time; pure but for the rows it is given.

    Those who need a language come first, so that the others even out what that made uneven.
    """
    shares = [Share(user) for user in sorted(team, key=lambda user: user.id)]
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


def _able(shares: Sequence[Share], site_id: int, home: Sequence[Case]) -> tuple[list[Share], bool]:
    """Who may take a household: those of its site, of them those who speak its language."""
    near = [share for share in shares if share.user.site_id == site_id]
    languages = {fold(case.person.language) for case in home if case.person.language}
    speaking = [share for share in near if languages & {fold(s) for s in share.user.languages}]
    return (speaking, True) if speaking else (near, False)


def _load(share: Share) -> float:
    """How full a share would be with one half more, per hour (the fairest of the divisors)."""
    return (len(share.cases) + 0.5) / max(1, share.user.weekly_hours)


def calls_a_day(cases: int) -> int:
    """How many calls a day so many cases are, each called once in ten working days."""
    return -(-cases // ROUND_DAYS)


def apply_spread(
    session: Session,
    actor: Actor,
    chosen: CaseFilter,
    mediator_ids: Sequence[int],
    *,
    now: datetime,
) -> list[Share]:
    """Do what the preview showed, on the cases that are still to be assigned."""
    team = _team(session, actor, mediator_ids)
    locked = to_assign(actor, chosen).with_for_update(of=Case, skip_locked=True)
    shares = spread(list(session.scalars(locked)), team)
    _give(session, actor, shares, now)
    return shares


def assign_by_hand(
    session: Session, actor: Actor, case_ids: Sequence[int], user_id: int, *, now: datetime
) -> int:
    """Give the chosen cases to one mediator; returns how many.

    Closed ones, those in call, those of another site and those they have already are passed over.
    """
    (user,) = _team(session, actor, [user_id])
    given = [
        case
        for case in _locked(session, actor, case_ids)
        if case.state in ("to_assign", *HANDED_OVER)
        and case.assigned_to_id != user.id
        and case.site_id == user.site_id
    ]
    _give(session, actor, [Share(user, given)], now)
    return len(given)


def take_back(session: Session, actor: Actor, case_ids: Sequence[int], *, now: datetime) -> int:
    """Take the chosen cases back to be assigned again; closed or in call ones are passed over."""
    taken = [case for case in _locked(session, actor, case_ids) if case.state in HANDED_OVER]
    for case in taken:
        moves.take_back(session, actor, case, now=now)
    _entrust(session, taken, None)
    return len(taken)


def hand_over(
    session: Session, actor: Actor, from_user_id: int, to_ids: Sequence[int], *, now: datetime
) -> list[Share]:
    """Give everything that one mediator has waiting to others, in one step.

    Promised callbacks keep their time; only who calls changes. Closed cases on which something
    is still to be done (a plan that runs, papers to chase) go along.

    Raises:
        Refused: the one who is away is among those who take over.
    """
    if from_user_id in to_ids:
        raise Refused(N_("La personne absente ne peut pas recevoir ses propres dossiers."))
    team = _team(session, actor, to_ids)
    to_do = exists().where(FollowUp.case_id == Case.id, FollowUp.state == "open")
    statement = (
        scoped(select(Case), Case, actor)
        .where(Case.assigned_to_id == from_user_id)
        .where(or_(Case.state.in_(HANDED_OVER), and_(Case.state == "closed", to_do)))
        .options(joinedload(Case.person, innerjoin=True))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True)
    )
    shares = spread(list(session.scalars(statement)), team)
    _give(session, actor, shares, now)
    return shares


def _give(session: Session, actor: Actor, shares: Sequence[Share], now: datetime) -> None:
    for share in shares:
        for case in share.cases:
            moves.assign(session, actor, case, share.user.id, now=now)
        _entrust(session, share.cases, share.user.id)


def _entrust(session: Session, cases: Sequence[Case], user_id: int | None) -> None:
    """What is still to be done on the cases is now this person's to do."""
    for ids in chunks(case.id for case in cases):
        session.execute(
            update(FollowUp)
            .where(FollowUp.case_id.in_(ids), FollowUp.state == "open")
            .where(FollowUp.kind.not_in(OF_THE_LEAD))
            .values(assigned_to_id=user_id)
        )


def waiting_communes(session: Session, actor: Actor) -> list[str]:
    """Communes of the cases to be assigned, for the filter."""
    statement = (
        select(Case.commune)
        .where(Case.state == "to_assign", Case.commune.is_not(None))
        .distinct()
        .order_by(Case.commune)
    )
    return [str(commune) for commune in session.scalars(scoped(statement, Case, actor))]


def _locked(session: Session, actor: Actor, case_ids: Sequence[int]) -> list[Case]:
    statement = (
        scoped(select(Case), Case, actor)
        .where(Case.id.in_(list(case_ids)))
        .order_by(Case.id)
        .with_for_update(of=Case)
    )
    return list(session.scalars(statement))


def _team(session: Session, actor: Actor, mediator_ids: Sequence[int]) -> list[User]:
    team = [user for user in mediators(session, actor) if user.id in set(mediator_ids)]
    if not team or len(team) != len(set(mediator_ids)):
        raise BadInput(N_("Choisissez des médiateurs de votre site."), field="mediators")
    return team
