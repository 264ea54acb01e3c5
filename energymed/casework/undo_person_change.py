"""Taking back that two people were merged, or one split, until something was built on it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from energymed.accounts.scope import check_author, scoped
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.cases.codes import PersonChangeKind
from energymed.cases.models import Case, Household, Person, Phone, Stop
from energymed.cases.person_models import PersonChange
from energymed.casework import person_rows
from energymed.partners.codes import Closure

MOST_SHOWN = 30
_BUILT_ON = N_(
    "Depuis, un appel, un numéro, un dossier ou une autre modification s'est ajouté à ces fiches : "
    "ce ne peut plus être défait d'un clic."
)
_RETURNED = N_(
    "Depuis, le dossier %(reference)s est rendu au partenaire pour cette raison : ce ne peut plus "
    "être défait."
)


def recent_changes(ctx: Context, person_id: int | None = None) -> Sequence[PersonChange]:
    """The last merges and splits at the actor's site, or of one person; the latest first."""
    statement = scoped(select(PersonChange), PersonChange, ctx.actor).options(
        joinedload(PersonChange.kept), joinedload(PersonChange.other), joinedload(PersonChange.user)
    )
    if person_id is not None:
        statement = statement.where(
            (PersonChange.kept_id == person_id) | (PersonChange.other_id == person_id)
        )
    return ctx.session.scalars(statement.order_by(PersonChange.id.desc()).limit(MOST_SHOWN)).all()


def undo_person_change(ctx: Context, change_id: int) -> PersonChange:
    """Let two people be as they were before.

    Raises:
        NotFound: not a change of the actor's site.
        Refused: it is somebody else's and the actor no lead, it is taken back already, something
            was built on it, or somebody is in call.
    """
    change = _locked(ctx, change_id)
    check_author(ctx.actor, change.user_id)
    if change.undone_at is not None or change.other_id is None:
        raise Refused(N_("C'est déjà défait."))
    kept, other = person_rows.get_people(ctx, change.kept_id, change.other_id, lock=True)
    _nothing_built(ctx, change)
    merged = change.kind == PersonChangeKind.MERGE
    came_to, came_from = (kept, other) if merged else (other, kept)
    _move_back(ctx, change.undo, came_to.id, came_from.id)
    change.undone_at, change.undone_by_id = ctx.now, ctx.actor.user_id
    if not merged:
        change.other_id = None
        ctx.session.flush()
        _delete_person(ctx, other)
    audit.record(
        ctx,
        f"person.{change.kind}_undone",
        kept,
        after={"change": change.id, "cases": change.undo["moved"].get("case_file.person_id", [])},
    )
    ctx.session.flush()
    ctx.session.expire_all()
    return change


def _locked(ctx: Context, change_id: int) -> PersonChange:
    statement = scoped(select(PersonChange), PersonChange, ctx.actor)
    statement = statement.where(PersonChange.id == change_id).with_for_update(of=PersonChange)
    change = ctx.session.scalar(statement.execution_options(populate_existing=True))
    if change is None:
        raise NotFound(N_("Cette modification n'existe pas, ou n'est pas de votre site."))
    return change


def _nothing_built(ctx: Context, change: PersonChange) -> None:
    pair = [each for each in (change.kept_id, change.other_id) if each is not None]
    last = change.undo["last"]
    now = person_rows.last_rows(ctx.session, pair)
    if any(highest > last.get(place, 0) for place, highest in now.items()):
        raise Refused(_BUILT_ON)
    returned = ctx.session.scalar(
        select(Case.reference)
        .where(Case.person_id.in_(pair), Case.closed_at >= change.at)
        .where(Case.closure.in_((Closure.OPPOSED, Closure.DECEASED)))
        .order_by(Case.id)
    )
    if returned is not None:
        raise Refused(_RETURNED, reference=returned)


def _move_back(ctx: Context, undo: dict[str, Any], from_id: int, to_id: int) -> None:
    session = ctx.session
    for phone_id, same_id, moved in undo["same_phones"]:
        person_rows.move_back(session, moved, same_id, phone_id)
    session.execute(delete(Phone).where(Phone.id.in_(undo["made_phones"])))
    person_rows.move_back(session, undo["moved"], from_id, to_id)
    session.expire_all()
    for person_id, changed in undo["people"].items():
        if person := session.get(Person, int(person_id)):
            person_rows.put_back(person, changed)
    for phone_id, changed in undo["phones"].items():
        if phone := session.get(Phone, int(phone_id)):
            person_rows.put_back(phone, changed)
    session.flush()
    session.execute(delete(Stop).where(Stop.id.in_(undo["stops"])))


def _delete_person(ctx: Context, person: Person) -> None:
    """The one that a split had made, and the home that nobody lives in any more."""
    home = person.household_id
    ctx.session.execute(delete(Person).where(Person.id == person.id))
    lived_in = select(Person.id).where(Person.household_id == home)
    if ctx.session.scalar(lived_in.limit(1)) is None:
        ctx.session.execute(delete(Household).where(Household.id == home))
