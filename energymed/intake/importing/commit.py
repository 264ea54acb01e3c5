"""A plan becomes cases, people, ledger entries and outcomes, in a few statements for a file."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.db.bulk import PIECE, among, insert_rows, insert_with_ids, update_rows
from energymed.base.db.chunks import chunks
from energymed.base.text.addresses import address_key
from energymed.base.text.folding import name_key
from energymed.base.text.references import bare_key
from energymed.cases import ledger, rules, transitions
from energymed.cases import search_index as search
from energymed.cases.codes import CaseState, LedgerKind
from energymed.cases.cutoff import tell_anew
from energymed.cases.known_people import Known
from energymed.cases.ledger import Entry
from energymed.cases.models import Case, Person
from energymed.cases.people import People
from energymed.intake.codes import RowOutcome
from energymed.intake.importing.balances import accounts
from energymed.intake.importing.known_cases import CASE_COLUMNS, Target
from energymed.intake.importing.payments import PaymentsPlan
from energymed.intake.importing.planned import CasesPlan, MissingCase, PlannedCase
from energymed.intake.models import Batch, BatchRow
from energymed.intake.rows import Problem, RejectedRow
from energymed.partners.codes import Closure

Before = dict[str, Any]
PLACE = frozenset(("address", "postal_code", "commune"))


def write_cases(ctx: Context, target: Target, batch: Batch, plan: CasesPlan) -> None:
    """Write a piece of the plan, made in this transaction by a caller that holds the partner."""
    session, now = ctx.session, ctx.now
    before: dict[int, Before] = {case.row.row_number: {} for case in plan.planned}
    created = [case for case in plan.planned if case.known is None]
    known = [case for case in plan.planned if case.known is not None]
    _close_former(ctx, batch, created)
    owners = _write_people(session, plan.people, plan.planned, before, now)
    case_ids = _insert_cases(session, target, batch, created, owners, now)
    _update_cases(session, target, batch, known, before, now)
    _state_debts(session, target, batch, known, now)
    case_ids |= {case.row.row_number: case.known.id for case in known if case.known}
    outcomes = [
        _outcome_row(batch, case.row.row_number, case.row.reference, case.outcome, case_ids, before)
        for case in plan.planned
    ]
    repeats = [
        _outcome_row(batch, row.row_number, row.reference, RowOutcome.DUPLICATE, {}, {})
        for row in plan.duplicates
    ]
    _write_rows(session, batch, [*outcomes, *repeats], plan.rejected, plan.problems)


def close_moved(ctx: Context, batch: Batch, person_ids: Iterable[int]) -> None:
    """Close the cases that the file no longer names of people whose reference is another's now.

    One in call is left to whoever is talking.
    """
    for some in chunks(person_ids, PIECE):
        left = select(Case).where(
            among(ctx.session, Case.person_id, some),
            Case.missing_since_batch_id == batch.id,
            Case.state.not_in((CaseState.CLOSED, CaseState.IN_CALL)),
        )
        for case in ctx.session.scalars(left.order_by(Case.id)).all():
            transitions.close(ctx.caused_by(batch_id=batch.id), case, Closure.MOVED)


def _close_former(ctx: Context, batch: Batch, created: Iterable[PlannedCase]) -> None:
    """End the cases whose reference has another holder by now: one open case per reference."""
    for case in created:
        if case.former is not None:
            former = ctx.session.get_one(Case, case.former.id, populate_existing=True)
            transitions.close(ctx.caused_by(batch_id=batch.id), former, Closure.MOVED)


def write_payment_rows(session: Session, batch: Batch, plan: PaymentsPlan) -> None:
    """Keep what became of each line of a payments file."""
    case_ids = {
        payment.row.row_number: payment.case_id for payment in (*plan.planned, *plan.already)
    }
    lines = [
        (payment.row.row_number, payment.row.reference, RowOutcome.RECORDED)
        for payment in plan.planned
    ]
    lines += [
        (payment.row.row_number, payment.row.reference, RowOutcome.DUPLICATE)
        for payment in plan.already
    ]
    lines += [(row.row_number, row.reference, RowOutcome.DUPLICATE) for row in plan.duplicates]
    rows = [
        _outcome_row(batch, number, ref, outcome, case_ids, {}) for number, ref, outcome in lines
    ]
    _write_rows(session, batch, rows, plan.rejected, plan.problems)


def _plain(value: object) -> object:
    """A column's value as JSON keeps it: a date becomes its ISO text."""
    return value.isoformat() if isinstance(value, date) else value


def _insert_cases(
    session: Session,
    target: Target,
    batch: Batch,
    created: list[PlannedCase],
    owners: dict[int, int],
    now: datetime,
) -> dict[int, int]:
    """{row number: id of its new case}, with the opening of each debt."""
    if not created:
        return {}
    places = search.place_ids(session, (search.place_of(case.row) for case in created))
    rows = [
        {
            "partner_id": target.partner_id,
            "site_id": target.site_id,
            "campaign_kind": target.kind,
            "place_id": places[search.place_of(case.row)],
            "address_key": address_key(*search.place_of(case.row)),
            "reference": case.row.reference,
            "bare_reference": bare_key(case.row.reference),
            "person_id": owners[case.row.row_number],
            "debt_cents": case.row.debt_cents,
            "opening_debt_cents": case.row.debt_cents,
            "opened_at": now,
            "opened_batch_id": batch.id,
            "last_batch_id": batch.id,
            **{name: getattr(case.row, name) for name in CASE_COLUMNS},
        }
        for case in created
    ]
    ids = insert_with_ids(session, Case, rows)
    openings = [
        Entry(case_id, LedgerKind.OPENING, case.row.debt_cents, target.as_of, batch.file_name)
        for case_id, case in zip(ids, created, strict=True)
        if case.row.debt_cents is not None
    ]
    ledger.book(session, openings, now=now, batch_id=batch.id, move_balance=False)
    return {case.row.row_number: case_id for case_id, case in zip(ids, created, strict=True)}


def _update_cases(
    session: Session,
    target: Target,
    batch: Batch,
    known: list[PlannedCase],
    before: dict[int, Before],
    now: datetime,
) -> None:
    """Set the fields that the file tells otherwise; every case named is seen in this file.

    Lines that come back after a later whole file do not say where a case was seen last.
    """
    news: list[dict[str, Any]] = []
    columns = {name for case in known for name in case.changes} & set(CASE_COLUMNS)
    for case in known:
        if case.known is None:
            continue
        note = before[case.row.row_number]
        note["last_batch_id"] = case.known.last_batch_id
        note["missing_since_batch_id"] = case.known.missing_since_batch_id
        changes = {name: pair for name, pair in case.changes.items() if name in CASE_COLUMNS}
        if changes:
            note["case"] = {name: _plain(old) for name, (old, _) in changes.items()}
        news.append(
            {
                "id": case.known.id,
                "last_batch_id": case.known.last_batch_id if target.late else batch.id,
                "missing_since_batch_id": (
                    case.known.missing_since_batch_id if target.late else None
                ),
                "version": case.known.version + bool(case.changes),
                "debt_cents": case.changes.get("debt_cents", (None, case.known.debt_cents))[1],
                **{name: case.known.value(name) for name in columns},
                **{name: new for name, (_, new) in changes.items()},
            }
        )
    update_rows(session, Case, news)
    search.refresh_places(
        session,
        [case.known.id for case in known if case.known and not PLACE.isdisjoint(case.changes)],
    )
    moved = {"cutoff_date", "cutoff_slot"}
    rescheduled = [case.known.id for case in known if case.known and moved & case.changes.keys()]
    tell_anew(session, rescheduled, now)


def _state_debts(
    session: Session, target: Target, batch: Batch, known: list[PlannedCase], now: datetime
) -> None:
    """Book what brings each balance, already set, to what the file says is owed."""
    moved = [
        (case.known.id, case.row) for case in known if case.known and "debt_cents" in case.changes
    ]
    standing = accounts(session, [case_id for case_id, _ in moved])
    entries: list[Entry] = []
    for case_id, row in moved:
        if row.debt_cents is None:
            continue
        entries += [
            Entry(case_id, movement.kind, movement.amount_cents, target.as_of, batch.file_name)
            for movement in rules.stated(standing[case_id], row.debt_cents)
        ]
    ledger.book(session, entries, now=now, batch_id=batch.id, move_balance=False)


def mark_missing(session: Session, batch: Batch, missing: Iterable[MissingCase]) -> int:
    """Note the cases that the file no longer names; returns how many."""
    marked = 0
    for some in chunks((case.case_id for case in missing), PIECE):
        marked += len(some)
        absent = among(session, Case.id, some)
        session.execute(
            update(Case)
            .where(absent)
            .values(missing_since_batch_id=batch.id, missing_asked_at=None),
            execution_options={"synchronize_session": False},
        )
    return marked


def _tell_known(people: People, case: PlannedCase, note: Before) -> dict[int, Known]:
    """Put what the line says to a person that is there already; {id: who changes by it}."""
    person = case.person
    note["new_phones"] = people.add_phones(person, case.said.phones)
    if former := people.add_remarks(person, case.said):
        note["remarks"] = former
    changes = person.changes(case.said, believed=case.believed)
    if person.id is None or not changes:
        return {}
    note["person"] = {name: old for name, (old, _) in changes.items()}
    person.values.update({name: new for name, (_, new) in changes.items()})
    return {person.id: person}


def _write_people(
    session: Session,
    people: People,
    planned: list[PlannedCase],
    before: dict[int, Before],
    now: datetime,
) -> dict[int, int]:
    """{row number of a new case: id of its person}; notes in `before` what an undo needs."""
    owners: dict[int, Known] = {}
    changed: dict[int, Known] = {}
    news: dict[int, int] = {}  # by identity of the object: the line that brings somebody new
    told: set[int] = set()  # likewise: who may stand otherwise than when the lines were compared
    for case in planned:
        person, note = case.person, before[case.row.row_number]
        if person.id is None and id(person) not in news:
            news[id(person)] = case.row.row_number
        elif case.known is None or case.tells_of_person or (case.changes and id(person) in told):
            changed |= _tell_known(people, case, note)
            told.add(id(person))
        owners[case.row.row_number] = person
    saved = people.save(now)
    for number, person in owners.items():
        note = before[number]
        if numbers := note.pop("new_phones", None):
            note["phones"] = [person.phones[e164] for e164 in numbers]
        if news.get(id(person)) == number:
            note["new_person"] = person.id
        if "person" in note:
            note["person_id"] = person.id
    if saved.moved_households and planned:
        moved = {str(person): old for person, old in saved.moved_households.items()}
        before[planned[0].row.row_number]["households"] = moved
    _update_people(session, [(person.id, person.values) for person in changed.values()])
    return {number: person.id for number, person in owners.items() if person.id is not None}


def _update_people(
    session: Session, changed: list[tuple[int | None, dict[str, str | None]]]
) -> None:
    rows = [
        {
            "id": person_id,
            "name_key": name_key(values["last_name"] or "", values["first_name"]),
            **values,
        }
        for person_id, values in changed
    ]
    update_rows(session, Person, rows)
    search.keep_names(session, [str(row["name_key"]) for row in rows])


def _outcome_row(
    batch: Batch,
    number: int,
    reference: str | None,
    outcome: RowOutcome,
    case_ids: dict[int, int],
    before: dict[int, Before],
) -> dict[str, Any]:
    """The values of a `BatchRow`; `case_ids` and `before` are by line number."""
    return {
        "batch_id": batch.id,
        "row_number": number,
        "reference": reference,
        "outcome": outcome,
        "case_id": case_ids.get(number),
        "before": before.get(number) or None,
        "raw": None,
    }


def _write_rows(
    session: Session,
    batch: Batch,
    rows: list[dict[str, Any]],
    rejected: Iterable[RejectedRow],
    problems: Iterable[Problem],
) -> None:
    """Keep the outcome of each line; the cells themselves for lines left aside only."""
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for problem in problems:
        told[problem.row].append(problem.as_kept())
    everything = rows + [
        {
            **_outcome_row(batch, row.row_number, row.reference, row.outcome, {}, {}),
            "raw": row.raw,
        }
        for row in rejected
    ]
    for row in everything:
        found = told.get(row["row_number"])
        row["problems"] = {"items": found} if found else None
    if everything:
        everything.sort(key=lambda row: int(row["row_number"]))
        insert_rows(session, BatchRow, everything)
