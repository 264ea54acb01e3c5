"""People whom no telephone reaches: their open cases, and the letters written to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from energymed.accounts.scope import scoped
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.calling.calls.record import record_contact
from energymed.calling.codes import Channel, ExchangeResult
from energymed.calling.eligibility.stopped import has_dialable_number, never_called, rests
from energymed.calling.models import Contact
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person
from energymed.cases.needs import no_message
from energymed.cases.search import searched

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class LetterSearch:
    """Which cases to list; empty fields ask nothing.

    `batch_id` is the file that made the case or named it last; `written` is "no" for those never
    written to, "yes" for the others.
    """

    text: str = ""
    partner_id: int | None = None
    commune: str = ""
    batch_id: int | None = None
    written: str = "no"
    sort: str = "-opened"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of noting letters: how many, and the references passed over.

    Cases that needed none any more, and those `written` to since the list was read.
    """

    recorded: int = 0
    passed_over: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


def without_phone(ctx: Context, search: LetterSearch) -> Select[Case]:
    """Select of the open cases, within the actor's bounds, whose person has no usable number.

    Nobody is written to who is not to be contacted (`eligibility.stopped`) or left no message, nor
    at an address where they were not found.
    """
    statement = (
        scoped(select(Case), Case, ctx.actor)
        .join(Person, Person.id == Case.person_id)
        .where(_needs_letter(ctx))
        .options(contains_eager(Case.person), joinedload(Case.partner, innerjoin=True))
    )
    return searched(ctx, LETTERS.apply(statement, search), search.text)


def communes(ctx: Context) -> list[str]:
    """Communes of the cases to write to, for the filter."""
    statement = (
        select(Case.commune)
        .join(Person, Person.id == Case.person_id)
        .where(_needs_letter(ctx), Case.commune.is_not(None))
        .distinct()
        .order_by(Case.commune)
    )
    return [str(commune) for commune in ctx.session.scalars(scoped(statement, Case, ctx.actor))]


def last_letters(session: Session, case_ids: Sequence[int]) -> dict[int, datetime]:
    """{case: when it was last written to}, for those that were."""
    rows = session.execute(
        select(Contact.case_id, func.max(Contact.started_at))
        .where(_is_letter(), among(session, Contact.case_id, case_ids))
        .group_by(Contact.case_id)
    )
    return {row[0]: row[1] for row in rows}


def note_letters(
    ctx: Context, case_ids: Sequence[int], *, request_key: str, seen: datetime | None = None
) -> Sent:
    """Record that a letter went out on each of these cases, all in the caller's transaction.

    The same `request_key` a second time records nothing more. A case that is closed by now, or
    whose person has a number again, is passed over; so is one that somebody else noted since the
    list was `seen`.

    Raises:
        BadInput: no usable request key, or too many cases.
    """
    try:
        form = UUID(request_key)
    except ValueError:
        raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable.")) from None
    if len(case_ids) > MOST_AT_ONCE:
        raise BadInput(
            N_("Plus de %(most)s dossiers d'un coup : filtrez la liste."), most=MOST_AT_ONCE
        )
    mine = scoped(select(Case.id, Case.reference), Case, ctx.actor).where(
        among(ctx.session, Case.id, case_ids)
    )
    locked = mine.order_by(Case.id).with_for_update(of=Case)
    known = {row.id: row.reference for row in ctx.session.execute(locked)}
    waiting = set(
        ctx.session.scalars(
            select(Case.id)
            .join(Person, Person.id == Case.person_id)
            .where(_needs_letter(ctx), among(ctx.session, Case.id, list(known)))
        )
    )
    keys = {case_id: str(uuid5(form, str(case_id))) for case_id in sorted(waiting)}
    written = _written_since(ctx.session, keys, seen) if seen else set()
    for case_id, key in keys.items():
        if case_id not in written:
            record_contact(
                ctx, case_id, Channel.LETTER, result=ExchangeResult.SENT, request_key=key
            )
    return Sent(
        len(waiting - written),
        [reference for case_id, reference in known.items() if case_id not in waiting],
        [reference for case_id, reference in known.items() if case_id in written],
    )


def _written_since(session: Session, keys: dict[int, str], seen: datetime) -> set[int]:
    """The cases that another form than that of these keys noted a letter on, after `seen`."""
    rows = session.execute(
        select(Contact.case_id, Contact.request_key)
        .where(_is_letter(), among(session, Contact.case_id, list(keys)))
        .where(Contact.started_at > seen)
    )
    return {row.case_id for row in rows if row.request_key != keys[row.case_id]}


def _needs_letter(ctx: Context) -> ColumnElement[bool]:
    today = paris_date(ctx.now)
    return and_(
        Case.state != CaseState.CLOSED,
        ~never_called(),
        ~rests(today),
        ~no_message(today),
        ~has_dialable_number(),
        Case.wrong_address_key.is_distinct_from(Case.address_key) | Case.address_key.is_(None),
    )


def _is_letter() -> ColumnElement[bool]:
    return and_(
        Contact.channel == Channel.LETTER,
        Contact.exchange_result == ExchangeResult.SENT,
        Contact.voided_at.is_(None),
    )


def _written(asked: str) -> ColumnElement[bool]:
    written = exists().where(Contact.case_id == Case.id, _is_letter())
    return {"yes": written, "no": ~written}.get(asked, true())


def _of_batch(batch_id: int) -> ColumnElement[bool]:
    return or_(Case.opened_batch_id == batch_id, Case.last_batch_id == batch_id)


LETTERS = ListQuery(
    sorts={
        "name": Person.name_key,
        "reference": Case.reference,
        "commune": Case.commune,
        "debt": Case.debt_cents,
        "opened": Case.opened_at,
    },
    usual="-opened",
    ties=(Case.id,),
    filters={
        "partner_id": lambda partner_id: Case.partner_id == partner_id,
        "commune": lambda commune: Case.commune == commune,
        "batch_id": _of_batch,
        "written": _written,
    },
)
