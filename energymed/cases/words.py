"""What a person says of themselves is kept, and stands against what files say later.

A partner goes on sending what its own books hold, so a file never overwrites a word; it adds what
the person has said nothing of. Only a later word of the person changes it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.email_addresses import read_address
from energymed.base.errors import BadInput, Conflict, Faults, Refused
from energymed.base.i18n import N_
from energymed.base.phones import to_e164
from energymed.base.places import postal_code
from energymed.base.text.folding import collapse, fold, name_key, visible
from energymed.cases.codes import (
    ADDRESS_FIELDS,
    CaseState,
    PhoneOwner,
    PhoneStatus,
    WordField,
)
from energymed.cases.models import Case, Person, Phone
from energymed.cases.person_models import PersonWord
from energymed.cases.queries import get_case
from energymed.cases.stops import Newcomer, copy_stops, copy_wrong_numbers, look_up

PERSON_FIELDS = (WordField.CIVILITY, WordField.LAST_NAME, WordField.FIRST_NAME, WordField.EMAIL)
NAME_FIELDS = (WordField.LAST_NAME, WordField.FIRST_NAME)
TYPED_FIELDS = (*PERSON_FIELDS, *ADDRESS_FIELDS)
# characters, as the columns hold them
LONGEST = {
    WordField.CIVILITY: 20, WordField.LAST_NAME: 120, WordField.FIRST_NAME: 120,
    WordField.EMAIL: 254, WordField.ADDRESS: 250, WordField.ADDRESS_EXTRA: 250,
    WordField.POSTAL_CODE: 5, WordField.COMMUNE: 120,
}  # fmt: skip
NOT_AGAIN = N_("Ce numéro ne doit plus être appelé : une personne s'y est opposée.")


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed of a person's words.

    `values` and `shown` are {field: text} as typed and as the page showed it before; `number` is
    a new one as typed, with its `owner`; `owners` is {phone id: whose it is}.
    """

    values: Mapping[WordField, str] = field(default_factory=dict)
    shown: Mapping[WordField, str] = field(default_factory=dict)
    number: str = ""
    owner: PhoneOwner | None = None
    owners: Mapping[int, PhoneOwner | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """The standing words of one person, for an import.

    `cases` is {case id: {field: value}} of addresses; `name_keys` are those of former spellings.
    """

    person: dict[str, str | None] = field(default_factory=dict)
    cases: dict[int, dict[str, str | None]] = field(default_factory=dict)
    name_keys: set[str] = field(default_factory=set)

    def against(self, case_id: int | None) -> dict[str, str | None]:
        """{field: word} that a line on this case does not overwrite."""
        return self.person | self.cases.get(case_id or 0, {})

    def told_otherwise(self, line: object, case_id: int | None) -> list[str]:
        """The fields of which a line says something else than the person did."""
        return [
            name
            for name, word in self.against(case_id).items()
            if (told := getattr(line, name, None)) and fold(told) != fold(word or "")
        ]


NO_WORDS = Words()


def keep_words(ctx: Context, case_id: int, said: Said) -> Phone | None:
    """Keep what the person of a case says; the number that was added or taken up again, if any.

    Raises:
        BadInput: a value cannot be read; nothing is kept.
        Conflict: somebody else has changed a field since the page was shown.
        Refused: the number may not be called.
        NotFound: not the actor's case.
    """
    case = get_case(ctx, case_id, lock=True)
    person = _locked(ctx.session, case.person_id)
    values = _read(case, person, said)
    e164 = _number(ctx, case, person, said)
    _keep_values(ctx, case, person, values)
    _keep_owners(ctx, person, said.owners)
    phone = _keep_number(ctx, case, person, e164, said.owner) if e164 else None
    ctx.session.flush()
    return phone


def standing_words(session: Session, person_id: int, case_id: int) -> list[PersonWord]:
    """The last word of each field, with who noted it: of the person, and of the case's address."""
    rows = session.scalars(
        select(PersonWord)
        .where(PersonWord.person_id == person_id)
        .options(joinedload(PersonWord.user))
        .order_by(PersonWord.id)
    )
    last: dict[tuple[str, str | None], PersonWord] = {}
    for row in rows:
        if row.field in ADDRESS_FIELDS and row.case_id != case_id:
            continue
        last[row.field, row.value if row.field == WordField.PHONE else None] = row
    return list(last.values())


def words_of_people(session: Session, person_ids: Iterable[int]) -> dict[int, Words]:
    """{person id: words} of those who have said something."""
    found: dict[int, Words] = {}
    former: dict[int, dict[str, set[str | None]]] = {}
    statement = select(
        PersonWord.person_id, PersonWord.case_id, PersonWord.field, PersonWord.value,
        PersonWord.former,
    ).order_by(PersonWord.id)  # fmt: skip
    for some in chunks(person_ids, PIECE):
        theirs = statement.where(among(session, PersonWord.person_id, some))
        for person_id, case_id, name, value, before in session.execute(theirs):
            words = found.setdefault(person_id, Words())
            if name in ADDRESS_FIELDS:
                words.cases.setdefault(case_id, {})[name] = value
            elif name != WordField.PHONE:
                words.person[name] = value
            if name in NAME_FIELDS:
                former.setdefault(person_id, {}).setdefault(name, set()).update((value, before))
    _add_former_names(session, found, former)
    return found


def hold_words(session: Session, case_ids: Sequence[int]) -> None:
    """Put the words on addresses back where the undo of a file has overwritten them."""
    for some in chunks(case_ids, PIECE):
        statement = select(PersonWord).where(
            among(session, PersonWord.case_id, some), PersonWord.field.in_(ADDRESS_FIELDS)
        )
        words = session.scalars(statement.order_by(PersonWord.id)).all()
        told = among(session, Case.id, {word.case_id for word in words})
        again = select(Case).where(told).execution_options(populate_existing=True)
        cases = {case.id: case for case in session.scalars(again)}
        for word in words:
            setattr(cases[word.case_id], word.field, word.value)
        session.flush()


def _locked(session: Session, person_id: int) -> Person:
    statement = select(Person).where(Person.id == person_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _read(case: Case, person: Person, said: Said) -> dict[WordField, str | None]:
    """{field: value} of what is new, each as its column keeps it."""
    faults, values = Faults(), {}
    for name, typed in said.values.items():
        now = getattr(case if name in ADDRESS_FIELDS else person, name)
        shown, text = said.shown.get(name, now or ""), collapse(visible(typed))
        if text == collapse(shown):
            continue
        with faults:
            value = _checked(name, text)
            if value != now and collapse(shown) != collapse(now or ""):
                raise Conflict(
                    N_("Cette fiche a été corrigée entre-temps : rechargez-la et vérifiez.")
                )
            values[name] = value
    faults.tell()
    return {name: value for name, value in values.items() if value != _current(case, name)}


def _current(case: Case, name: WordField) -> str | None:
    found: str | None = getattr(case if name in ADDRESS_FIELDS else case.person, name)
    return found


def _checked(name: WordField, text: str) -> str | None:
    if len(text) > LONGEST[name] and name != WordField.POSTAL_CODE:
        raise BadInput(
            N_("Trop long : %(limit)s caractères au plus."), limit=LONGEST[name], field=name
        )
    if not text:
        if name == WordField.LAST_NAME:
            raise BadInput(N_("Un nom est nécessaire."), field=name)
        return None
    if name == WordField.POSTAL_CODE:
        code = postal_code(text)
        if code is None:
            raise BadInput(N_("Un code postal a cinq chiffres."), field=name)
        return code
    if name == WordField.EMAIL:
        return _email(text)
    return text


def _email(text: str) -> str:
    found = read_address(text)
    if found is None:
        raise BadInput(N_("Cette adresse e-mail est inutilisable."), field="email")
    return found.normalized


def _number(ctx: Context, case: Case, person: Person, said: Said) -> str | None:
    """The number typed, E.164; None when there is none.

    Raises:
        BadInput: it is no number.
        Refused: somebody said that it is never to be called.
    """
    if not said.number.strip():
        return None
    e164 = to_e164(visible(said.number).strip(), case.postal_code)
    if e164 is None:
        raise BadInput(N_("Ce numéro ne peut pas être lu : dix chiffres, ou +33."), field="number")
    newcomer = Newcomer(person.name_key, person.partner_id, person.customer_reference, [e164])
    listed = look_up(ctx.session, [newcomer], now=ctx.now)[0].numbers.get(e164)
    known = next((phone.status for phone in person.phones if phone.e164 == e164), None)
    if PhoneStatus.OPPOSED in (listed, known):
        raise Refused(NOT_AGAIN, field="number")
    return e164


def _keep_values(
    ctx: Context, case: Case, person: Person, values: Mapping[WordField, str | None]
) -> None:
    if not values:
        return
    name_before = person.name_key
    for name, value in values.items():
        for row in _holders(ctx.session, case, name):
            former = getattr(row, name)
            setattr(row, name, value)
            _add_word(ctx, case if isinstance(row, Person) else row, name, value, former)
    person.name_key = name_key(person.last_name, person.first_name)
    if person.name_key != name_before:
        _stops_follow(ctx, person, name_before)
    audit.record(
        ctx, "person.said", person, after={"case": case.id, "fields": sorted(map(str, values))}
    )


def _holders(session: Session, case: Case, name: WordField) -> Sequence[Case | Person]:
    """What a word changes: the person, or the address of the case and of the cases there."""
    if name not in ADDRESS_FIELDS:
        return [case.person]
    others = session.scalars(
        select(Case)
        .where(Case.person_id == case.person_id, Case.id != case.id)
        .where(Case.state != CaseState.CLOSED)
        .order_by(Case.id)
    )
    column = getattr(case, name)
    return [case, *(other for other in others if getattr(other, name) == column)]


def _add_word(
    ctx: Context, case: Case, name: WordField, value: str | None, former: str | None = None
) -> None:
    ctx.session.add(
        PersonWord(
            person_id=case.person_id, case_id=case.id, field=name, value=value, former=former,
            said_at=ctx.now, user_id=ctx.actor.user_id,
        )
    )  # fmt: skip


def _stops_follow(ctx: Context, person: Person, name_before: str) -> None:
    """Under the new spelling, files to come find what calls have said of the person."""
    copy_stops(ctx, person)
    wrong = [phone.e164 for phone in person.phones if phone.status == PhoneStatus.WRONG]
    copy_wrong_numbers(ctx, person, name_before, wrong)


def _keep_owners(ctx: Context, person: Person, owners: Mapping[int, PhoneOwner | None]) -> None:
    for phone in person.phones:
        if phone.id in owners and owners[phone.id] != phone.owner:
            _give_owner(ctx, phone, owners[phone.id])


def _give_owner(ctx: Context, phone: Phone, owner: PhoneOwner | None) -> None:
    before, phone.owner = phone.owner, owner
    audit.record(ctx, "phone.owner", phone, before={"owner": before}, after={"owner": owner})


def _keep_number(
    ctx: Context, case: Case, person: Person, e164: str, owner: PhoneOwner | None
) -> Phone:
    """A number that the person gives: their own is tried first, others after those known."""
    phone = next((phone for phone in person.phones if phone.e164 == e164), None)
    if phone is None:
        own = owner in (None, PhoneOwner.OWN)
        for each in person.phones if own else ():
            each.position += 1
        position = 1 if own else max((each.position for each in person.phones), default=0) + 1
        phone = Phone(e164=e164, position=position, status=PhoneStatus.OK, owner=owner)
        person.phones.append(phone)
        audit.record(ctx, "phone.added", phone, after={"case": case.id, "owner": owner})
    else:
        _take_up(ctx, phone, owner)
    _add_word(ctx, case, WordField.PHONE, e164)
    return phone


def _take_up(ctx: Context, phone: Phone, owner: PhoneOwner | None) -> None:
    """A number known as wrong or out of service, which the person says is good."""
    if phone.status != PhoneStatus.OK:
        before, phone.status = phone.status, PhoneStatus.OK
        after = {"status": phone.status}
        audit.record(ctx, "phone.marked", phone, before={"status": before}, after=after)
    if owner is not None and owner != phone.owner:
        _give_owner(ctx, phone, owner)


def _add_former_names(
    session: Session, found: dict[int, Words], former: dict[int, dict[str, set[str | None]]]
) -> None:
    """Files go on writing a name as it was: every spelling leads to the person."""
    for some in chunks(former, PIECE):
        names = select(Person.id, Person.last_name, Person.first_name)
        for person_id, *now in session.execute(names.where(among(session, Person.id, some))):
            spellings = [
                former[person_id].get(name, set()) | {each}
                for name, each in zip(NAME_FIELDS, now, strict=True)
            ]
            found[person_id].name_keys.update(
                name_key(last or "", first) for last, first in product(*spellings)
            )
