"""A backup of one database restored into another: every row, the numbers after it, and the work."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from energymed import create_app
from energymed.accounts.models import Site
from energymed.base.db import db, transaction
from energymed.cases.codes import LedgerKind
from energymed.cases.ledger import Entry, book
from energymed.cases.models import Case, LedgerEntry, Person
from energymed.config import Settings
from energymed.models import Model
from energymed.operations.backup import back_up
from energymed.operations.restore import check, restore
from energymed.operations.snapshot import own_engine, snapshot
from energymed.partners.models import Partner
from energymed.revisions import FOLDER, known_revisions
from tests.conftest import FreshClient
from tests.factories import MONDAY_MORNING, PASSWORD, make_person
from tests.operations.conftest import LIGHT, OWN, Place, rows_of, with_secrets
from tests.web.helpers import soup

pytestmark = pytest.mark.slow
KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, place: Place) -> Settings:
    return place(request.param)


def test_every_row_comes_back(lived: Settings, kept: Path, empty: Settings) -> None:
    done = restore(empty, kept, OWN)
    before = rows_of(lived)
    assert rows_of(empty) == before
    assert done.rows == {name: len(rows) for name, rows in before.items()}
    assert (done.made_with, done.revision) == (known_revisions()[-1],) * 2
    assert (done.files, done.faults) == (("secrets.toml",), [])
    assert before["delivery"]
    assert before["person"]


def test_both_databases_give_the_same_lines(lived: Settings, kept: Path, empty: Settings) -> None:
    restore(empty, kept, OWN)
    found = []
    for settings in (lived, empty):
        with snapshot(settings.database_url) as moment:
            found.append({shape.name: list(moment.rows(shape)) for shape in moment.shapes})
    assert found[0] == found[1]


def test_what_was_restored_makes_a_backup_of_its_own(
    lived: Settings, kept: Path, empty: Settings, tmp_path: Path
) -> None:
    restore(empty, kept, OWN)
    again = tmp_path / "again.backup"
    back_up(empty, again, LIGHT, MONDAY_MORNING)
    done = check(empty, again, LIGHT)
    assert done.rows == {name: len(rows) for name, rows in rows_of(lived).items()}
    assert not list(empty.instance.glob("*check*")) + list(empty.instance.glob(".*"))


def test_new_rows_have_new_numbers(lived: Settings, kept: Path, empty: Settings) -> None:
    restore(empty, kept, OWN)
    engine = create_engine(empty.database_url)
    with Session(engine) as session:
        highest = session.scalar(select(func.max(Person.id)))
        person = make_person(session, session.get_one(Site, 1), session.get_one(Partner, 1))
        assert highest == 3
        assert person.id > highest
    engine.dispose()


def test_a_number_that_was_given_once_is_not_given_again(
    lived: Settings, kept: Path, place: Place
) -> None:
    """The last person was deleted: PostgreSQL remembers, and so does its backup."""
    empty = place("postgresql")
    restore(empty, kept, OWN)
    with snapshot(lived.database_url) as moment:
        given = moment.counters()
    with snapshot(empty.database_url) as moment:
        restored = moment.counters()
    rows = rows_of(lived)
    for name, last in restored.items():
        highest = max(row[0] for row in rows[name])
        assert last == max(given.get(name, 0), highest)
    if given:
        assert given["person"] > max(row[0] for row in rows["person"])


@pytest.fixture
def at_home(kept: Path, empty: Settings) -> Iterator[Flask]:
    """The app in the restored place, as `serve` would make it."""
    restore(empty, kept, OWN)
    app = create_app(with_secrets(empty))
    app.test_client_class = FreshClient
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_people_go_on_working_in_the_restored_place(lived: Settings, at_home: Flask) -> None:
    assert at_home.extensions["energymed"].password_salt == lived.password_salt
    browser = at_home.test_client()
    field = soup(browser.get("/login")).select_one("input[name=csrf_token]")
    assert field is not None
    data = {"email": "amina@example.org", "password": PASSWORD, "csrf_token": field["value"]}
    assert browser.post("/login", data=data).status_code == 302
    page = browser.get("/queue")
    assert page.status_code == 200
    with at_home.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 3


def test_a_backup_of_an_older_revision_is_upgraded(
    lived: Settings, tmp_path: Path, empty: Settings
) -> None:
    """It goes back as it was, and is then migrated: with `who_noted` (0020) not yet there."""
    old = replace(lived, database_url=f"sqlite:///{tmp_path}/old.sqlite")
    _make_old(old, "0019")
    path = tmp_path / "old.backup"
    written = back_up(old, path, OWN.public_key(), MONDAY_MORNING)
    assert written.revision == "0019"
    done = restore(empty, path, OWN)
    assert (done.made_with, done.revision) == ("0019", known_revisions()[-1])
    found = rows_of(empty)
    assert [row[1] for row in found["site"]] == ["old"]
    assert len(found) == len(Model.metadata.tables)


def _make_old(settings: Settings, revision: str) -> None:
    engine = own_engine(settings.database_url, reading=False)
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.execute(text("INSERT INTO site (code, name) VALUES ('old', 'Vieux site')"))
    engine.dispose()


def test_people_work_during_a_backup(
    lived: Settings, stamped: Flask, tmp_path: Path, place: Place
) -> None:
    """Whole transactions or none: the balances are the sums, however busy it was."""
    over, begun = Event(), Event()
    booked = []

    def work() -> None:
        with stamped.app_context():
            case_ids = list(db.session.scalars(select(Case.id)))
            while not over.is_set():
                with transaction() as session:
                    for case_id in case_ids:
                        entry = Entry(case_id, LedgerKind.PAYMENT, -1, MONDAY_MORNING.date(), "x")
                        book(session, [entry], now=MONDAY_MORNING)
                        session.flush()
                booked.append(len(case_ids))
                begun.set()
            db.session.remove()

    worker = Thread(target=work)
    worker.start()
    assert begun.wait(20)
    paths = [tmp_path / f"{number}.backup" for number in range(3)]
    for path in paths:
        back_up(lived, path, OWN.public_key(), MONDAY_MORNING)
    over.set()
    worker.join()
    aside = place("sqlite")
    found = [check(aside, path, OWN) for path in paths]
    assert [done.faults for done in found] == [[], [], []]
    counts = [done.rows["ledger_entry"] for done in found]
    total = db.session.scalar(select(func.count()).select_from(LedgerEntry))
    assert counts == sorted(counts)
    assert 3 < counts[0] < total
    assert all(count % 3 == 0 for count in counts)


def test_a_balance_that_is_not_its_sum_is_told(
    lived: Settings, session: Session, tmp_path: Path, place: Place
) -> None:
    number = session.scalar(select(Case.id).order_by(Case.id))
    session.execute(text("UPDATE case_file SET debt_cents = 1 WHERE id = :id"), {"id": number})
    session.commit()
    path = tmp_path / "off.backup"
    back_up(lived, path, OWN.public_key(), MONDAY_MORNING)
    empty = place("sqlite")
    (fault,) = check(empty, path, OWN).faults
    assert fault.params == {"count": 1, "cases": str(number)}
    assert restore(empty, path, OWN).faults == [fault]
