"""One row that holds two people becomes two: some cases, and some numbers, go to a new person.

What was recorded on a case goes with it. An opposition, a death and a rest hold for both: nobody
can tell here of whom they were said.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from energymed.base.codes import Code
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, name_key, visible
from energymed.cases.codes import PersonChangeKind
from energymed.cases.models import Case, Household, Person, Phone
from energymed.cases.person_models import PersonChange
from energymed.cases.stops import MARKS, copy_stops
from energymed.casework import person_rows

_LONGEST = {"civility": 20, "last_name": 120, "first_name": 120}


class Share(Code):
    """Where a number goes in a split."""

    STAYS = "stays", N_("reste ici")
    GOES = "goes", N_("va à la nouvelle fiche")
    BOTH = "both", N_("aux deux")


@dataclass(frozen=True, slots=True)
class Part:
    """Who is parted from a person: a name, some cases, and where each number goes.

    `numbers` is {phone id: share}; one that is not named stays. `takes_email` and
    `takes_reference`: those of the person go along.
    """

    last_name: str
    case_ids: Collection[int]
    first_name: str = ""
    civility: str = ""
    numbers: Mapping[int, Share] = field(default_factory=dict)
    takes_email: bool = False
    takes_reference: bool = False


def split_person(ctx: Context, person_id: int, part: Part) -> PersonChange:
    """Part some cases and numbers from a person; the new one is the change's `other`.

    Raises:
        NotFound: not the actor's person.
        BadInput: no name, or not some of the cases.
        Refused: somebody is in call with the person.
    """
    (person,) = person_rows.get_people(ctx, person_id, lock=True)
    cases = person_rows.cases_of(ctx.session, person_id)
    going = _going(cases, part)
    stops_before = person_rows.stop_ids(ctx)
    undo = person_rows.Undo()
    other = _new_person(ctx, person, part)
    undo.moved = person_rows.move_rows(
        ctx.session, "person", person.id, other.id, of_cases=[case.id for case in going]
    )
    _part_numbers(ctx, person, other, part, undo)
    for name, goes in (
        ("email", part.takes_email), ("customer_reference", part.takes_reference),
    ):  # fmt: skip
        if goes:
            setattr(other, name, getattr(person, name))
            undo.set_person(person, {name: None})
    ctx.session.flush()
    ctx.session.refresh(other, ["phones"])
    copy_stops(ctx, other)
    undo.stops = sorted(person_rows.stop_ids(ctx) - stops_before)
    return person_rows.keep_change(ctx, PersonChangeKind.SPLIT, person, other, undo)


def _going(cases: Collection[Case], part: Part) -> list[Case]:
    going = [case for case in cases if case.id in part.case_ids]
    if not going or len(going) == len(cases):
        raise BadInput(
            N_("Choisissez les dossiers qui s'en vont : un au moins, mais pas tous."),
            field="cases",
        )
    return going


def _new_person(ctx: Context, person: Person, part: Part) -> Person:
    """The person that is parted, in a home of their own unless a number rings for both."""
    names = {name: collapse(visible(getattr(part, name))) for name in _LONGEST}
    for name, limit in _LONGEST.items():
        if len(names[name]) > limit:
            raise BadInput(N_("Trop long : %(limit)s caractères au plus."), limit=limit, field=name)
    if not names["last_name"]:
        raise BadInput(N_("Un nom est nécessaire."), field="last_name")
    home = person.household_id
    if Share.BOTH not in part.numbers.values():
        household = Household(site_id=person.site_id)
        ctx.session.add(household)
        ctx.session.flush()
        home = household.id
    marks = {name: getattr(person, name) for pair in MARKS.items() for name in pair}
    other = Person(
        partner_id=person.partner_id,
        site_id=person.site_id,
        household_id=home,
        name_key=name_key(names["last_name"], names["first_name"]),
        created_at=ctx.now,
        **{name: value or None for name, value in names.items()},
        **marks,
    )
    ctx.session.add(other)
    ctx.session.flush()
    return other


def _part_numbers(
    ctx: Context, person: Person, other: Person, part: Part, undo: person_rows.Undo
) -> None:
    case_ids = undo.moved.get("case_file.person_id", [])
    for phone in list(person.phones):
        share = part.numbers.get(phone.id, Share.STAYS)
        if share == Share.GOES:
            undo.set_phone(phone, {"person_id": other.id})
        elif share == Share.BOTH:
            copy = Phone(
                person_id=other.id, e164=phone.e164, position=phone.position,
                status=phone.status, owner=phone.owner,
            )  # fmt: skip
            ctx.session.add(copy)
            ctx.session.flush()
            moved = person_rows.move_rows(
                ctx.session, "phone", phone.id, copy.id, of_cases=case_ids
            )
            undo.made_phones.append(copy.id)
            undo.same_phones.append([phone.id, copy.id, moved])
