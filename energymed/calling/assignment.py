"""Spreading cases over mediators: evenly by available hours, impartial, previewed first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import Actor
from energymed.accounts.models import User
from energymed.accounts.queries import mediators
from energymed.accounts.scope import scoped
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.cases import moves
from energymed.cases.models import Case

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

    A person whose language is known goes to somebody who speaks it. The same cases and mediators
    always give the same shares.

    Raises:
        BadInput: no mediator, or one who is not of the actor's site.
    """
    team = _team(session, actor, mediator_ids)
    return spread(list(session.scalars(to_assign(actor, chosen))), team)


def spread(cases: Sequence[Case], team: Sequence[User]) -> list[Share]:
    """Deal the cases out; pure but for the rows it is given."""
    shares = [Share(user) for user in sorted(team, key=lambda user: user.id)]
    households: dict[int, Share] = {}
    for case in cases:
        person = case.person
        share = households.get(person.household_id)
        if share is None:
            speaking = [s for s in shares if person.language in s.user.languages]
            share = _least_loaded(speaking or shares)
            share.by_language += bool(speaking)
            households[person.household_id] = share
        share.cases.append(case)
    return shares


def _least_loaded(shares: Sequence[Share]) -> Share:
    """The share with the fewest cases per available hour; ties by id."""
    return min(shares, key=lambda s: (len(s.cases) / max(1, s.user.weekly_hours), s.user.id))


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
    for share in shares:
        for case in share.cases:
            moves.assign(session, actor, case, share.user.id, now=now)
    return shares


def assign_by_hand(
    session: Session, actor: Actor, case_ids: Sequence[int], user_id: int, *, now: datetime
) -> int:
    """Give the chosen cases to one mediator; closed ones and those in call are passed over."""
    (user,) = _team(session, actor, [user_id])
    done = 0
    for case in _locked(session, actor, case_ids):
        if case.state not in ("closed", "in_call") and case.assigned_to_id != user.id:
            moves.assign(session, actor, case, user.id, now=now)
            done += 1
    return done


def take_back(session: Session, actor: Actor, case_ids: Sequence[int], *, now: datetime) -> int:
    """Take the chosen cases back to be assigned again; closed or in call ones are passed over."""
    done = 0
    for case in _locked(session, actor, case_ids):
        if case.state in HANDED_OVER:
            moves.take_back(session, actor, case, now=now)
            done += 1
    return done


def hand_over(
    session: Session, actor: Actor, from_user_id: int, to_ids: Sequence[int], *, now: datetime
) -> list[Share]:
    """Give everything that one mediator has waiting to others, in one step.

    Promised callbacks keep their time; only who calls changes.

    Raises:
        Refused: the one who is away is among those who take over.
    """
    if from_user_id in to_ids:
        raise Refused(N_("La personne absente ne peut pas recevoir ses propres dossiers."))
    team = _team(session, actor, to_ids)
    statement = (
        scoped(select(Case), Case, actor)
        .where(Case.assigned_to_id == from_user_id, Case.state.in_(HANDED_OVER))
        .options(joinedload(Case.person, innerjoin=True))
        .order_by(Case.id)
        .with_for_update(of=Case, skip_locked=True)
    )
    shares = spread(list(session.scalars(statement)), team)
    for share in shares:
        for case in share.cases:
            moves.assign(session, actor, case, share.user.id, now=now)
    return shares


def waiting_communes(session: Session, actor: Actor) -> list[str]:
    """Communes of the cases to be assigned, for the filter."""
    statement = (
        select(Case.commune)
        .where(Case.state == "to_assign", Case.commune.is_not(None))
        .distinct()
        .order_by(Case.commune)
    )
    return [str(commune) for commune in session.scalars(scoped(statement, Case, actor))]


def counts(shares: Sequence[Share]) -> Counter[str]:
    """Number of cases by e-mail of the mediator."""
    return Counter({share.user.email: len(share.cases) for share in shares})


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
