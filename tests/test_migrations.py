"""Migrations: up and down on both databases, and the head equals the models."""

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import check, downgrade, revision, upgrade
from sqlalchemy import CheckConstraint, Index, MetaData, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.files import StoredFile, read_file
from energymed.base.text.folding import name_key
from energymed.calling.calls.linked_cases import Agreed
from energymed.calling.queue.automatic_closures import close_never_called
from energymed.calling.queue.claims import claim_case
from energymed.config import ROOT
from energymed.models import Model
from energymed.partners import rulebook
from energymed.reporting.deliveries import deliver
from energymed.reporting.models import Delivery
from tests.calling.conftest import NOW, Desk
from tests.calling.test_correction_of_parts import settled
from tests.calling.test_household_call import twin
from tests.factories import make_case, make_partner, make_person, make_site, make_user
from tests.reporting.makers import NOVEMBER

pytestmark = pytest.mark.slow

Texts = dict[tuple[str, str], str]  # (table, name of a check or an index) → its condition

LISTED = re.compile(r"'[^']*'[^',()\]]*(?:,\s*'[^']*'[^',()\]]*)+")
LATER = NOW + timedelta(days=3)
FOLDER = ROOT / "energymed" / "migrations"


@pytest.fixture
def bare_app(database_app: Flask) -> Iterator[Flask]:
    """The app with an empty schema; every table is made again afterwards."""
    with database_app.app_context():
        Model.metadata.drop_all(db.engine)
        yield database_app
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
        Model.metadata.drop_all(db.engine)
        Model.metadata.create_all(db.engine)


def conditions() -> Texts:
    """What Alembic does not compare: the text of each CHECK, and the WHERE of each index."""
    found: Texts = {}
    db.engine.dispose()  # SQLite tells of indexes from what a connection remembers of the schema
    inspector = inspect(db.engine)
    where = f"{db.engine.dialect.name}_where"
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        for constraint in inspector.get_check_constraints(table):
            found[table, str(constraint["name"])] = in_order(constraint["sqltext"])
        for index in inspector.get_indexes(table):
            condition = index.get("dialect_options", {}).get(where, "")
            found[table, str(index["name"])] = in_order(str(condition))
    return found


def in_order(condition: str) -> str:
    """The condition with the values of each list sorted: their order means nothing."""

    def put_in_order(match: re.Match[str]) -> str:
        return ",".join(sorted(each.strip() for each in match.group(0).split(",")))

    return LISTED.sub(put_in_order, " ".join(condition.split()))


def differences(metadata: MetaData) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """(in the database, in `metadata`) where a condition differs; the database is left empty.

    The conditions of `metadata` are read from a database too, so that it has put both in its words.
    """
    migrated = conditions()
    Model.metadata.drop_all(db.engine)
    metadata.create_all(db.engine)
    modelled = conditions()
    metadata.drop_all(db.engine)
    return {
        key: (migrated.get(key), modelled.get(key))
        for key in migrated.keys() | modelled.keys()
        if migrated.get(key) != modelled.get(key)
    }


def copied_models() -> MetaData:
    """The tables of the models, to be changed by a test."""
    copied = MetaData(naming_convention=Model.metadata.naming_convention)
    for table in Model.metadata.sorted_tables:
        table.to_metadata(copied)
    return copied


def test_head_equals_models(bare_app: Flask) -> None:
    upgrade()
    db.engine.dispose()  # see `conditions`
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []
    check()  # as Alembic's own command sees it
    assert differences(Model.metadata) == {}


def test_a_new_code_without_a_migration_is_found(bare_app: Flask) -> None:
    upgrade()
    models = copied_models()
    stop = models.tables["stop"]
    (kinds,) = (check for check in stop.constraints if check.name == "ck_stop_kind")
    assert isinstance(kinds, CheckConstraint)
    stop.constraints.remove(kinds)
    CheckConstraint(str(kinds.sqltext).replace("(", "('asleep',"), name=kinds.name, table=stop)
    found = differences(models)
    assert list(found) == [("stop", "ck_stop_kind")]
    assert "'asleep'" in str(found["stop", "ck_stop_kind"][1])


def test_an_index_on_other_rows_is_found(bare_app: Flask) -> None:
    upgrade()
    models = copied_models()
    table = models.tables["case_file"]
    (ready,) = (index for index in table.indexes if index.name == "ix_case_file_ready")
    table.indexes.remove(ready)
    queued = text("state = 'queued'")
    columns = [table.c[column.name] for column in ready.columns]
    Index(ready.name, *columns, sqlite_where=queued, postgresql_where=queued)
    assert list(differences(models)) == [("case_file", "ix_case_file_ready")]


def test_down_to_nothing_and_up_again(bare_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "case_file" in inspect(db.engine).get_table_names()


# what 0003 fills from the trail; `form_hash` was in the trail until then, and is not any more
CAUSES = {
    "case_move": "case_id, actor_id, from_state, from_reason, from_until, to_state, contact_id",
    "person": "opposed_by_contact_id, deceased_by_contact_id, rests_by_contact_id",
    "case_file": "last_claimed_by_id, told_by_contact_id",
    "contact": "recorded_by_id",
    "follow_up": "made_by_id, made_by_contact_id, put_off_by_contact_id, settled_by_contact_id,"
                 " former_due_at",
}  # fmt: skip


def a_day(desk: Desk) -> None:
    """Calls of every consequence; a job that follows; a case that somebody has in call."""
    for result in ("moved", "callback_set", "language_barrier", "refused", "wrong_number"):
        desk.call(desk.case(), result, at=desk.now + timedelta(minutes=1))
    put_off = desk.case(queue_reason="callback")
    desk.now += timedelta(minutes=1)
    desk.promise(put_off, "2026-11-23 09:30")
    desk.call(put_off, "technical", at=desk.now + timedelta(minutes=1, microseconds=7))
    opposed = desk.case()
    desk.now += timedelta(minutes=1)
    desk.promise(opposed, "2026-11-25 10:00")
    desk.call(opposed, "opposed", at=desk.now + timedelta(minutes=1))
    later = desk.case(person=opposed.person)
    desk.now += timedelta(minutes=1)
    desk.promise(later, "2026-11-26 10:00")
    desk.now += timedelta(minutes=1)
    close_never_called(desk.session, now=desk.now)
    case = desk.case()
    values = {"debt_cents": None, "cutoff_date": date(2026, 11, 24)}
    notice = twin(desk, case, campaign_kind="cutoff_notice", **values)
    desk.now += timedelta(minutes=1)
    settled(desk, Agreed(notice.id, "close", "informed_only"), case=case)
    unassigned = desk.case(state="to_assign", queue_reason=None, assigned_to=None)
    later_on = desk.now + timedelta(minutes=1)
    claim_case(Context(desk.session, desk.actor, later_on), unassigned.id)


def causes() -> dict[str, list[tuple[object, ...]]]:
    with db.engine.connect() as connection:
        return {
            table: [tuple(row) for row in connection.execute(
                text(f"SELECT {columns} FROM {table} ORDER BY id")
            )]
            for table, columns in CAUSES.items()
        }  # fmt: skip


def test_causes_are_found_in_the_trail(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
        site, partner = make_site(session), make_partner(session)
        user = make_user(session, site=site)
        a_day(Desk(session, site, partner, user, user.as_actor(), NOW))
    known = causes()
    assert all(any(any(row) for row in rows) for rows in known.values())
    downgrade(revision="0002")
    upgrade()
    for table, rows in causes().items():
        assert rows == known[table], table


def test_who_is_known_already_is_found_by_the_same_words(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
        site, partner = make_site(session), make_partner(session)
        for last, first in (("LE GOFF", "Zoé"), ("JACQUET", "Jean-Luc"), ("ŒUVRARD", None)):
            person = make_person(
                session, site, partner, last_name=last, first_name=first,
                name_key=name_key(last, first),
            )  # fmt: skip
            make_case(
                session, site=site, partner=partner, person=person, address="3 rue Félix Faure",
                postal_code="26000", commune="Valence", delivery_point="26123456789012",
            )  # fmt: skip
    known = words()
    assert len(known) > 20
    downgrade(revision="0010")
    upgrade()
    assert words() == known
    with transaction() as session:
        make_person(session, site, partner, last_name="NEUF", name_key="neuf")


def test_addresses_and_closures_are_carried_over_both_ways(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
        for closure, address in (("repeated", "012, Av. de la Gare"), ("settled", "3 r. Œuvre")):
            make_case(session, state="closed", closure=closure, address=address)
    known = closures()
    assert known[0] == ("repeated", "26000 12 avenue gare")
    downgrade(revision="0014")
    with db.engine.connect() as connection:
        former = connection.scalars(text("SELECT closure FROM case_file ORDER BY id")).all()
    assert former == ["duplicate", "settled"]
    upgrade()
    assert closures() == [("duplicate", known[0][1]), known[1]]
    change = text("UPDATE case_file SET closure = :code")
    with db.engine.begin() as connection:
        connection.execute(change, {"code": "intervention_avoided"})
    with pytest.raises(IntegrityError), db.engine.begin() as connection:
        connection.execute(change, {"code": "forgotten"})


def test_returns_keep_their_bytes_both_ways(bare_app: Flask) -> None:
    upgrade()
    with transaction() as session:
        rulebook.seed(session)
        site, partner = make_site(session), make_partner(session)
        given = {"partner_id": partner.id, "site_id": site.id, "period": NOVEMBER}
        for at, file_format in ((NOW, "json"), (NOW, "csv"), (LATER, "csv")):
            deliver(Context(session, SYSTEM, at), file_format=file_format, **given)
        make_case(session, site=site, partner=partner)
        deliver(Context(session, SYSTEM, LATER), file_format="csv", **given)
        frozen = {sha256: read_file(session, sha256)
                  for sha256 in session.scalars(select(Delivery.sha256))}  # fmt: skip
        kept_until = terms(session)
    assert len(frozen) == 3
    downgrade(revision="0020")
    with db.engine.connect() as connection:
        former = connection.execute(text("SELECT sha256, content FROM delivery")).all()
    assert {row.sha256: bytes(row.content) for row in former} == frozen
    upgrade()
    with transaction() as session:
        assert {sha256: read_file(session, sha256) for sha256 in frozen} == frozen
        assert terms(session).keys() == kept_until.keys()
        assert all(found <= kept_until[sha256] for sha256, found in terms(session).items())


def terms(session: Session) -> dict[str, datetime]:
    """Until when each stored file is kept."""
    asked = select(StoredFile.sha256, StoredFile.kept_until)
    return {sha256: until for sha256, until in session.execute(asked) if until is not None}


def closures() -> list[tuple[object, ...]]:
    asked = text("SELECT closure, address_key FROM case_file ORDER BY id")
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(asked)]


def words() -> set[tuple[object, ...]]:
    """Each word of each person and place, with its keys; and the ends of numbers."""
    named = text(
        "SELECT p.id, NULL, word, mirrored, sound, w.place FROM person p"
        " JOIN search_text t ON t.text = p.name_key AND NOT t.place"
        " JOIN text_word h ON h.text_id = t.id JOIN search_word w ON w.id = h.word_id"
    )
    housed = text(
        "SELECT NULL, c.id, word, mirrored, sound, w.place FROM case_file c"
        " JOIN text_word h ON h.text_id = c.place_id JOIN search_word w ON w.id = h.word_id"
    )
    numbered = text("SELECT person_id, e164, ending FROM phone")
    with transaction() as session:
        return {tuple(row) for each in (named, housed, numbered) for row in session.execute(each)}


def imported(path: Path) -> set[str]:
    """The first names of all that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).split(".")[0])
    return found


def test_a_migration_is_frozen_it_imports_nothing_of_the_rooms() -> None:
    of_python = {
        "collections", "datetime", "hashlib", "re", "typing", "unicodedata", "zlib", "zoneinfo",
    }  # fmt: skip
    for path in sorted((FOLDER / "versions").glob("*.py")):
        assert imported(path) <= {"sqlalchemy", "alembic", *of_python}, path.name


def test_a_generated_migration_is_frozen_and_makes_the_models(
    bare_app: Flask, tmp_path: Path
) -> None:
    for name in ("env.py", "script.py.mako", "alembic.ini"):
        shutil.copy(FOLDER / name, tmp_path)
    (tmp_path / "versions").mkdir()
    revision(directory=str(tmp_path), message="all", autogenerate=True, rev_id="0001")
    (path,) = (tmp_path / "versions").glob("*.py")
    assert imported(path) == {"sqlalchemy", "alembic"}
    upgrade(directory=str(tmp_path))
    assert differences(Model.metadata) == {}
