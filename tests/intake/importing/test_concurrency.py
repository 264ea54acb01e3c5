"""Two leads at once, on the database at hand: nothing is doubled, nothing is half-written."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import Refused
from energymed.cases import ledger
from energymed.cases.models import Case, Household, LedgerEntry, Person
from energymed.intake.batches import imports, uploads
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch
from energymed.partners.models import Partner
from tests.factories import MONDAY_MORNING, make_partner
from tests.intake.books import csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk

LINES = [(f"R{n}", f"NOM{n}", "Léa", f"06 39 98 {n:04d}", "50,00") for n in range(200)]


def at_once(app: Flask, *works: Callable[[Session], Any]) -> list[Any]:
    """Run every work in a thread and a transaction of its own, started together."""
    start = Barrier(len(works))

    def one(work: Callable[[Session], Any]) -> Any:
        with app.app_context():
            start.wait()
            try:
                with transaction() as session:
                    return work(session)
            except Refused as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def importing(
    content: bytes, name: str, partner_id: int, site_id: int, **decided: str
) -> Callable[[Session], Any]:
    def work(session: Session) -> Any:
        partner = session.get_one(Partner, partner_id)
        site = session.get_one(Site, site_id)
        upload = uploads.Upload(partner, site, content, name, decisions=decided)
        return imports.import_file(Context(session, SYSTEM, MONDAY_MORNING), upload)

    return work


def test_the_same_file_twice_at_once_is_imported_once(
    app: Flask, desk: Desk, session: Session
) -> None:
    work = importing(csv_bytes(*LINES), "f.csv", desk.partner.id, desk.site.id)
    session.close()
    results = at_once(app, *[work] * 4)
    refused = [one for one in results if isinstance(one, Refused)]
    (done,) = [one for one in results if not isinstance(one, Refused)]
    assert done.created == len(LINES)
    assert {str(one) for one in refused} == {
        f"« f.csv » a déjà été importé le 23/11/2026 sous le nom « f.csv » (lot {done.batch})."
    }
    counts = [session.scalar(select(func.count(m.id))) for m in (Batch, Case, Person, LedgerEntry)]
    assert counts == [1, len(LINES), len(LINES), len(LINES)]


def test_two_weeks_at_once_give_one_case_each(app: Flask, desk: Desk, session: Session) -> None:
    partner_id, site_id = desk.partner.id, desk.site.id
    later = [(*line[:4], "60,00") for line in LINES]
    works = [
        importing(csv_bytes(*lines), name, partner_id, site_id)
        for lines, name in ((LINES, "2026-S46.csv"), (later, "2026-S47.csv"))
    ]
    session.close()
    results = at_once(app, *works)
    assert sorted(one.created for one in results) == [0, len(LINES)]
    balances = {case.debt_cents for case in session.scalars(select(Case))}
    assert balances == {6000}, "the later week counts, whichever came first"


def test_two_partners_at_once_join_their_households(
    app: Flask, desk: Desk, session: Session
) -> None:
    partners = [desk.partner.id, make_partner(session).id]
    site_id = desk.site.id
    session.commit()
    works = [
        importing(
            csv_bytes(*((f"P{at}-{line[0]}", *line[1:]) for line in LINES)),
            "f.csv",
            partner_id,
            site_id,
            known_elsewhere="go_on",
        )
        for at, partner_id in enumerate(partners)
    ]
    session.close()
    results = at_once(app, *works)
    assert [one.created for one in results] == [len(LINES)] * 2
    assert session.scalar(select(func.count(Person.id))) == 2 * len(LINES)
    assert session.scalar(select(func.count(Household.id))) == len(LINES)


def test_the_same_payment_in_two_files_at_once_is_booked_once(
    app: Flask, desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=6599)
    line = ("R1", "11/11/2026", "20,00", "CB", "REG1")
    works = [
        importing(
            csv_bytes(line, ("R0", "11/11/2026", "1,00", "CB", f"X{at}"), titles=PAYMENT_TITLES),
            f"{at}.csv",
            desk.partner.id,
            desk.site.id,
        )
        for at in range(3)
    ]
    session.close()
    results = at_once(app, *works)
    assert sorted(one.recorded for one in results) == [0, 0, 1]
    said = ledger.read_ledger(session, session.scalars(select(Case)).one())
    assert (said.balance_cents, said.repaid_cents) == (4599, 2000)


def test_an_undo_asked_twice_is_done_once(app: Flask, desk: Desk, session: Session) -> None:
    desk.owed(46, R1=6599)
    report = desk.owed(47, R1=5000)
    session.close()

    def work(writing: Session) -> int:
        return undo(Context(writing, SYSTEM, MONDAY_MORNING), report.batch or 0).id

    results = at_once(app, work, work)
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert session.scalars(select(Case.debt_cents)).one() == 6599
