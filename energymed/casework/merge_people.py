"""Two rows of one person of a partner become one: what moves, who keeps what, and the way back.

Everything of the other row goes to the one that stays; the other row remains without a case, so
that files which name it are known to mean the one that stays. What protects the person is never
lost: an opposition, a death, a rest, and the gravest status of a number hold for both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.calling.calls.person_marks import never_again
from energymed.cases.codes import PersonChangeKind, PhoneStatus
from energymed.cases.models import Case, Person, Phone
from energymed.cases.person_models import PersonChange
from energymed.cases.stops import MARKS, copy_stops
from energymed.casework import person_rows

# what the lead chooses, and the columns that go together
CHOICES: Mapping[str, tuple[str, ...]] = {
    "name": ("last_name", "first_name", "name_key"),
    "civility": ("civility",),
    "email": ("email",),
    "customer_reference": ("customer_reference",),
}
_IF_EMPTY = ("language", "availability")  # taken from the other where the one that stays has none


@dataclass(frozen=True, slots=True)
class MergedNumber:
    """A number after the merge; `both` had it."""

    e164: str
    status: PhoneStatus
    both: bool


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do. `choices` are those of `CHOICES` in which the two differ.

    `marks` {column: value} is what holds for the one that stays from then on; `neighbours` how
    many people of the other's household come along.
    """

    kept: Person
    other: Person
    moving: list[Case]
    staying: list[Case]
    numbers: list[MergedNumber]
    choices: list[str]
    marks: dict[str, Any]
    neighbours: int

    def usual(self, choice: str) -> bool:
        """Whether the other's is what is taken: the one that stays has none."""
        return _is_empty(self.kept, choice)


def preview_merge(ctx: Context, kept_id: int, other_id: int) -> MergePreview:
    """What merging the second into the first would do. Writes nothing.

    Raises:
        NotFound: one of them is not the actor's.
        Refused: they are not to be merged.
    """
    kept, other = person_rows.get_people(ctx, kept_id, other_id)
    _may_be_merged(kept, other)
    cases = person_rows.cases_of(ctx.session, kept_id, other_id)
    return MergePreview(
        kept=kept,
        other=other,
        moving=[case for case in cases if case.person_id == other_id],
        staying=[case for case in cases if case.person_id == kept_id],
        numbers=_numbers(kept, other),
        choices=[
            name
            for name, columns in CHOICES.items()
            if any(getattr(kept, each) != getattr(other, each) for each in columns)
        ],
        marks={name: at for name, (at, _by) in _marks(kept, other).items()},
        neighbours=len(_neighbours(ctx, kept, other)),
    )


def merge_people(
    ctx: Context, kept_id: int, other_id: int, of_other: Collection[str] = ()
) -> PersonChange:
    """Merge the second into the first; `of_other` names the `CHOICES` taken from the second.

    Raises:
        NotFound: one of them is not the actor's.
        Refused: they are not to be merged, or somebody is in call with one of them.
    """
    kept, other = person_rows.get_people(ctx, kept_id, other_id, lock=True)
    _may_be_merged(kept, other)
    stops_before = person_rows.stop_ids(ctx)
    undo = person_rows.Undo()
    _share_marks(ctx, kept, other, undo)
    _share_home(ctx, kept, other, undo)
    _share_values(kept, other, of_other, undo)
    ctx.session.flush()
    undo.moved = person_rows.move_rows(ctx.session, "person", other_id, kept_id)
    _share_numbers(ctx, kept, other, undo)
    undo.set_person(other, {"merged_into_id": kept_id})
    ctx.session.flush()
    undo.stops = sorted(person_rows.stop_ids(ctx) - stops_before)
    return person_rows.keep_change(ctx, PersonChangeKind.MERGE, kept, other, undo)


def _may_be_merged(kept: Person, other: Person) -> None:
    if kept is other:
        raise Refused(N_("C'est la même fiche : choisissez-en une autre."))
    if kept.partner_id != other.partner_id:
        raise Refused(
            N_(
                "Ces deux fiches viennent de partenaires différents : elles restent séparées, pour "
                "qu'aucun partenaire n'apprenne rien de l'autre."
            )
        )
    if kept.site_id != other.site_id:
        raise Refused(N_("Ces deux fiches sont de sites différents : elles restent séparées."))
    if kept.merged_into_id or other.merged_into_id:
        raise Refused(N_("Une de ces fiches est déjà réunie à une autre."))


def _is_empty(person: Person, choice: str) -> bool:
    return getattr(person, CHOICES[choice][0]) is None


def _marks(kept: Person, other: Person) -> dict[str, tuple[Any, int | None]]:
    """{mark: (since when, the call that said so)}: of two the first; of two rests the longer."""
    found: dict[str, tuple[Any, int | None]] = {}
    for mark, by in MARKS.items():
        said = [
            (getattr(one, mark), getattr(one, by))
            for one in (kept, other)
            if getattr(one, mark) is not None
        ]
        if said:
            holds = max if mark == "rests_until" else min
            found[mark] = holds(said, key=lambda pair: pair[0])
    return found


def _share_marks(ctx: Context, kept: Person, other: Person, undo: person_rows.Undo) -> None:
    """What is said of one holds for both, also in files to come, as long as that call stands."""
    marks = _marks(kept, other)
    for person in (kept, other):
        gained = [mark for mark in marks if getattr(person, mark) is None]
        for mark, (at, by_contact) in marks.items():
            undo.set_person(person, {mark: at, MARKS[mark]: by_contact})
        if gained:
            copy_stops(ctx, person, gained)
        if "opposed_at" in gained:
            _stop_numbers(ctx.caused_by(contact_id=marks["opposed_at"][1]), person, undo)


def _stop_numbers(ctx: Context, person: Person, undo: person_rows.Undo) -> None:
    numbers = [phone.e164 for phone in person.phones]
    same = Phone.e164.in_(numbers) & (Phone.status != PhoneStatus.OPPOSED)
    for phone in ctx.session.scalars(select(Phone).where(same).order_by(Phone.id)).all():
        undo.phones[phone.id] = {"status": [phone.status, PhoneStatus.OPPOSED]}
    never_again(ctx, person)


def _neighbours(ctx: Context, kept: Person, other: Person) -> list[Person]:
    """The other people of the other's household, unless the two live in one already."""
    if kept.household_id == other.household_id:
        return []
    statement = select(Person).where(
        Person.household_id == other.household_id,
        Person.id != other.id,
        Person.merged_into_id.is_(None),
    )
    return list(ctx.session.scalars(statement.order_by(Person.id)))


def _share_home(ctx: Context, kept: Person, other: Person, undo: person_rows.Undo) -> None:
    """Whoever answers the other's numbers lives with the one that stays."""
    former = other.household_id
    if former == kept.household_id:
        return
    for person in ctx.session.scalars(select(Person).where(Person.household_id == former)).all():
        undo.set_person(person, {"household_id": kept.household_id})


def _share_values(
    kept: Person, other: Person, of_other: Collection[str], undo: person_rows.Undo
) -> None:
    """The two change places in what is taken from the other: each spelling leads to the person."""
    for choice, columns in CHOICES.items():
        if choice in of_other or (_is_empty(kept, choice) and not _is_empty(other, choice)):
            theirs = {name: getattr(other, name) for name in columns}
            undo.set_person(other, {name: getattr(kept, name) for name in columns})
            undo.set_person(kept, theirs)
    for name in _IF_EMPTY:
        if getattr(kept, name) is None:
            undo.set_person(kept, {name: getattr(other, name)})


def _numbers(kept: Person, other: Person) -> list[MergedNumber]:
    theirs = {phone.e164: phone.status for phone in other.phones}
    mine = {phone.e164: phone.status for phone in kept.phones}
    return [
        MergedNumber(
            e164,
            person_rows.more_protective(mine.get(e164, status), theirs.get(e164, status)),
            e164 in mine and e164 in theirs,
        )
        for e164, status in (mine | theirs).items()
    ]


def _share_numbers(ctx: Context, kept: Person, other: Person, undo: person_rows.Undo) -> None:
    """Numbers of the other come last; one that both have keeps its more protective status."""
    mine = {phone.e164: phone for phone in kept.phones}
    last = max((phone.position for phone in kept.phones), default=0)
    for place, phone in enumerate(list(other.phones), last + 1):
        if same := mine.get(phone.e164):
            status = person_rows.more_protective(same.status, phone.status)
            undo.set_phone(same, {"status": status, "owner": same.owner or phone.owner})
            moved = person_rows.move_rows(ctx.session, "phone", phone.id, same.id)
            undo.same_phones.append([phone.id, same.id, moved])
        else:
            undo.set_phone(phone, {"person_id": kept.id, "position": place})
