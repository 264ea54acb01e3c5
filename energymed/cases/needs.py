"""What a person needs so that one can work with them safely: with their consent, until a day.

The rule on messages is written here once: where the person has said that none is to be left, no
voicemail, text message, e-mail or letter is (`calling.eligibility.stopped` tells the doors). It
holds in every file that names the person, for it guards them against whoever reads or hears it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import BadInput, Faults, NotFound
from energymed.base.i18n import N_
from energymed.base.phones import to_e164
from energymed.base.text.folding import collapse, fold, visible
from energymed.base.text.free_text import check_words
from energymed.cases.codes import NEED_KINDS, TRUSTED_RELATIONS, NeedKind, TrustedRelation
from energymed.cases.models import Case, Person, Phone
from energymed.cases.person_models import PersonNeed
from energymed.cases.queries import get_case
from energymed.partners.rulebook import load_need_days

LONGEST_LANGUAGE, LONGEST_NAME = 40, 120  # characters, as the columns hold them
ORDER = tuple(NeedKind)  # the gravest first
NO_MESSAGE = N_(
    "Ne laissez aucun message à cette personne : ni répondeur, ni SMS, ni e-mail, ni courrier."
)
_NOT_MET = N_("Cette fiche n'existe pas, ou n'est pas de votre site.")


@dataclass(frozen=True, slots=True)
class NeedSaid:
    """What is said of a need; `agreed`: the person agrees that it be noted.

    `language` is asked of an interpreter; `name`, `relation` and `phone` (as typed) of whom the
    person trusts. `until` is the last day on which it holds; None is the rule's.
    """

    kind: NeedKind | None
    agreed: bool = False
    language: str = ""
    name: str = ""
    relation: TrustedRelation | None = None
    phone: str = ""
    until: date | None = None


def note_need(ctx: Context, case_id: int, said: NeedSaid) -> PersonNeed:
    """Note what the person of a case needs; one of the same kind gives way, and who was trusted
    by the same name.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no kind, no consent, or an answer that is missing or impossible, with
            `params["field"]`.
        Refused: a text holds what must never be kept.
    """
    case = get_case(ctx, case_id, lock=True)
    values = _checked(ctx, case, said)
    name = values.get("name") or ""
    former = next(
        (
            need
            for need in standing_needs(ctx.session, case.person_id, paris_date(ctx.now))
            if need.kind == values["kind"] and fold(need.name or "") == fold(name)
        ),
        None,
    )
    return _keep(ctx, case, values, former)


def correct_need(ctx: Context, need_id: int, said: NeedSaid) -> PersonNeed:
    """Note a need otherwise; the former row stays on file, ended. Its kind stays as it is.

    Raises:
        NotFound: unknown or of another site.
        BadInput: ended meanwhile; or as `note_need`.
    """
    former, case = _own(ctx, need_id)
    if former.ended_at is not None:
        raise BadInput(N_("Ce besoin a été corrigé ou retiré entre-temps : rechargez la page."))
    values = _checked(ctx, case, said, kind=former.kind)
    return _keep(ctx, case, values, former)


def end_need(ctx: Context, need_id: int) -> PersonNeed:
    """Note that it holds no more; it stays on file. A second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
    """
    need, _case = _own(ctx, need_id)
    if need.ended_at is None:
        _end(ctx, need)
        ctx.session.flush()
        audit.record(ctx, "need.ended", need, before={"kind": need.kind})
    return need


def case_of_need(ctx: Context, need_id: int) -> Case:
    """The case on which a need was noted.

    Raises:
        NotFound: unknown or of another site.
    """
    need = ctx.session.get(PersonNeed, need_id)
    if need is None:
        raise NotFound(_NOT_MET)
    return get_case(ctx, need.case_id)


def standing_needs(session: Session, person_id: int, today: date) -> list[PersonNeed]:
    """Those that hold today, the gravest first."""
    rows: Sequence[PersonNeed] = session.scalars(
        select(PersonNeed)
        .where(PersonNeed.person_id == person_id)
        .where(PersonNeed.ended_at.is_(None), PersonNeed.until >= today)
        .options(joinedload(PersonNeed.user))
        .order_by(PersonNeed.id)
    ).all()
    return sorted(rows, key=lambda need: ORDER.index(need.kind))


def needs_among(
    session: Session, person_ids: Collection[int], today: date
) -> dict[int, list[PersonNeed]]:
    """{person: their needs that hold today, the gravest first}, of those who have any."""
    rows = session.scalars(
        select(PersonNeed)
        .where(among(session, PersonNeed.person_id, person_ids))
        .where(PersonNeed.ended_at.is_(None), PersonNeed.until >= today)
    )
    found: dict[int, list[PersonNeed]] = {}
    for need in sorted(rows, key=lambda each: (ORDER.index(each.kind), each.id)):
        found.setdefault(need.person_id, []).append(need)
    return found


def left_no_message(session: Session, person_ids: Collection[int], today: date) -> set[int]:
    """Of these people, those who are left no message today, in whichever file they said so."""
    wanted = select(Person.id).where(among(session, Person.id, person_ids), no_message(today))
    return set(session.scalars(wanted))


def last_day(session: Session, today: date) -> date:
    """The last day on which something noted today holds, by the rule."""
    return today + timedelta(days=load_need_days(session, today))


def no_message_until() -> ScalarSelect[Any]:
    """Column of a select of `Person`: the last day on which no message is left, or NULL."""
    need, other = aliased(PersonNeed), aliased(Person)
    return (
        select(func.max(need.until))
        .join(other, other.id == need.person_id)
        .where(_stops_messages(need), _is_person(other))
        .correlate(Person)
        .scalar_subquery()
    )


def no_message(day: Any) -> ColumnElement[bool]:
    """Condition on `Person`: no message is left for them on that day (a date or a parameter)."""
    need, other = aliased(PersonNeed), aliased(Person)
    return (
        exists()
        .where(other.id == need.person_id, _stops_messages(need), need.until >= day)
        .where(_is_person(other))
        .correlate(Person)
    )


def _stops_messages(need: Any) -> ColumnElement[bool]:
    return and_(need.kind == NeedKind.NO_MESSAGE, need.ended_at.is_(None))


def _is_person(other: Any) -> ColumnElement[bool]:
    """That row is `Person`, in whichever file: one name, and a home or a number shared."""
    mine, theirs = aliased(Phone), aliased(Phone)
    shares = exists().where(
        mine.person_id == Person.id, mine.links, theirs.links,
        theirs.person_id == other.id, theirs.e164 == mine.e164,
    )  # fmt: skip
    namesake = and_(
        other.name_key == Person.name_key,
        or_(other.household_id == Person.household_id, shares.correlate(Person, other)),
    )
    return or_(other.id == Person.id, namesake)


def _own(ctx: Context, need_id: int) -> tuple[PersonNeed, Case]:
    """The need, when its case is the actor's to see, both locked."""
    need = ctx.session.get(PersonNeed, need_id)
    if need is None:
        raise NotFound(_NOT_MET)
    case = get_case(ctx, need.case_id, lock=True)
    ctx.session.refresh(need)
    return need, case


def _keep(
    ctx: Context, case: Case, values: dict[str, Any], former: PersonNeed | None
) -> PersonNeed:
    if former is not None:
        _end(ctx, former)
    need = PersonNeed(
        person_id=case.person_id, case_id=case.id, noted_at=ctx.now, user_id=ctx.actor.user_id,
        agreed_on=paris_date(ctx.now), corrects_id=former.id if former else None, **values,
    )  # fmt: skip
    ctx.session.add(need)
    ctx.session.flush()
    action = "need.corrected" if former else "need.noted"
    before = {"need": former.id, "until": former.until.isoformat()} if former else None
    after = {"kind": need.kind, "until": need.until.isoformat()}
    audit.record(ctx, action, need, before=before, after=after)
    return need


def _end(ctx: Context, need: PersonNeed) -> None:
    need.ended_at, need.ended_by_id = ctx.now, ctx.actor.user_id


def _checked(
    ctx: Context, case: Case, said: NeedSaid, *, kind: NeedKind | None = None
) -> dict[str, Any]:
    """The columns of what is said; only the answers that its kind asks for."""
    kind, today, faults = kind or said.kind, paris_date(ctx.now), Faults()
    faults.when(kind not in NEED_KINDS, BadInput(N_("Dites ce qui est à noter."), field="kind"))
    faults.when(
        not said.agreed,
        BadInput(N_("Demandez l'accord de la personne, puis cochez-le."), field="agreed"),
    )
    latest = last_day(ctx.session, today)
    values: dict[str, Any] = {"kind": kind, "until": said.until or latest}
    faults.when(values["until"] < today, BadInput(N_("Cette date est déjà passée."), field="until"))
    faults.when(
        values["until"] > latest,
        BadInput(N_("Trop loin : ces besoins sont à redemander d'ici là."), field="until"),
    )
    with faults:
        if kind == NeedKind.INTERPRETER:
            values["language"] = _words(said.language, "language", LONGEST_LANGUAGE)
            if not values["language"]:
                raise BadInput(N_("Dites quelle langue parle la personne."), field="language")
    if kind == NeedKind.TRUSTED:
        values |= _trusted(case, said, faults)
    faults.tell()
    return values


def _trusted(case: Case, said: NeedSaid, faults: Faults) -> dict[str, Any]:
    found: dict[str, Any] = {"relation": said.relation}
    with faults:
        found["name"] = _words(said.name, "name", LONGEST_NAME)
        if not found["name"]:
            raise BadInput(N_("Dites le nom de cette personne."), field="name")
    faults.when(
        said.relation not in TRUSTED_RELATIONS,
        BadInput(N_("Dites qui elle est pour la personne."), field="relation"),
    )
    typed = visible(said.phone).strip()
    found["e164"] = to_e164(typed, case.postal_code) if typed else None
    faults.when(
        bool(typed) and found["e164"] is None,
        BadInput(N_("Ce numéro ne peut pas être lu : dix chiffres, ou +33."), field="phone"),
    )
    return found


def _words(text: str, field: str, most: int) -> str | None:
    found = collapse(visible(text))
    check_words(found, field, most=most)
    return found or None
