"""Reads on cases. `get_case` is the one door to a case by its id."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select, text
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from energymed.accounts.scope import scoped
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.cases.case_indexes import WORDS
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.search import searched


def get_case(ctx: Context, case_id: int, *, lock: bool = False) -> Case:
    """The case with its person and phones, when it is the actor's to see.

    Args:
        lock: True to hold the row until the transaction ends (PostgreSQL; SQLite's write
            transaction already holds the whole database).

    Raises:
        NotFound: unknown, of another site or of another partner, told the same way.
    """
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.person, innerjoin=True).selectinload(Person.phones),
            joinedload(Case.partner, innerjoin=True),
            joinedload(Case.site, innerjoin=True),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Case).execution_options(populate_existing=True)
    case = ctx.session.scalar(statement)
    if case is None:
        raise NotFound(N_("Ce dossier n'existe pas, ou n'est pas de votre site."))
    return case


def cases_of_person(ctx: Context, case: Case) -> list[Case]:
    """Every case of the same person that the actor may see, this one too, the oldest first.

    The same person: of one household and under one name, in whosever file. Closed ones are there.
    """
    statement = (
        select(Case)
        .join(Person, Person.id == Case.person_id)
        .where(Person.household_id == case.person.household_id)
        .where(Person.name_key == case.person.name_key)
        .options(joinedload(Case.partner, innerjoin=True))
        .order_by(Case.opened_at, Case.id)
    )
    return list(ctx.session.scalars(scoped(statement, Case, ctx.actor)))


def sent_anew(session: Session, case: Case) -> bool:
    """Whether the partner has sent the reference of a closed case again: a new case stands open.

    That one is the one to work on, so the closed one is not opened again.
    """
    newer = select(Case.id).where(
        Case.partner_id == case.partner_id,
        Case.campaign_kind == case.campaign_kind,
        Case.reference == case.reference,
        Case.state != CaseState.CLOSED,
    )
    return session.scalar(newer) is not None


def latest_by_reference(ctx: Context, *, partner_id: int, reference: str) -> Case:
    """The case of a partner's reference; the most recent when it was closed and came back.

    Raises:
        NotFound: no case of the actor's carries this reference.
    """
    case = ctx.session.scalar(
        scoped(select(Case), Case, ctx.actor)
        .where(Case.partner_id == partner_id, Case.reference == reference.strip())
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(1)
    )
    if case is None:
        raise NotFound(
            N_("Aucun dossier ne porte la référence %(reference)s."), reference=reference.strip()
        )
    return case


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """What is looked for in the list of cases; empty fields ask nothing.

    `text` is that of `cases.search`. `sort` is one of `CASES.sorts`, with a minus for descending.
    """

    text: str = ""
    state: str = ""
    kind: str = ""
    partner_id: int | None = None
    mine: bool = False
    sort: str = "-opened"


SORTS = {
    "opened": Case.opened_at,
    "reference": Case.reference,
    "name": Person.name_key,
    "commune": Case.commune,
    "debt": Case.debt_cents,
    "cutoff": Case.cutoff_date,
}


def search_cases(ctx: Context, wanted: CaseSearch) -> Select[Case]:
    """Select of the cases that the actor may see and the search keeps.

    A search lists people, the closest first, each with all their cases, unless a sort is chosen.
    """
    named = bool(wanted.text) or wanted.sort.removeprefix("-") == "name"
    listed = select(Case).where(text(f"case_file.{WORDS}"))
    statement = scoped(listed, Case, ctx.actor).options(
        joinedload(Case.partner, innerjoin=True),
        joinedload(Case.assigned_to),
        joinedload(Case.claimed_by),
    )
    if named:
        statement = statement.join(Person, Person.id == Case.person_id)
        statement = statement.options(contains_eager(Case.person))
    else:
        statement = statement.options(joinedload(Case.person, innerjoin=True))
    if named and not (wanted.text or wanted.kind or wanted.partner_id or wanted.mine):
        # people are of the site of their cases: names come in the order of their index
        statement = scoped(statement, Person, ctx.actor)
    if wanted.mine:
        statement = statement.where(Case.assigned_to_id == ctx.actor.user_id)
    if wanted.state:
        statement = statement.where(_in_state(ctx, wanted.state))
    statement = CASES.apply(statement, wanted)
    grouped = wanted.sort == CASES.usual
    return searched(ctx, statement, wanted.text, by_person=grouped)


def _in_state(ctx: Context, state: str) -> ColumnElement[bool]:
    """Few cases are open: they are found by their state and sorted, not looked for in order."""
    if state == CaseState.CLOSED:
        return Case.closure.is_not(None)
    same = aliased(Case)
    return Case.id.in_(scoped(select(same.id).where(same.state == state), same, ctx.actor))


CASES = ListQuery(
    sorts=SORTS,
    usual="-opened",
    ties=(Case.id,),
    turning=True,
    filled=("opened", "reference", "name"),
    filters={
        "kind": lambda kind: Case.campaign_kind == kind,
        "partner_id": lambda partner_id: Case.partner_id == partner_id,
    },
)
