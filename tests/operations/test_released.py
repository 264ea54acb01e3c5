"""Databases that earlier versions made, brought up to date: nothing is lost, and all has arrived.

They lie in `tests/fixtures/released` (its README says how they were made).
"""

import gzip
import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from energymed.config import Settings
from energymed.odd_schemas import NAMES as ODD_NAMES
from energymed.operations.backup import back_up
from energymed.operations.doctor.soundness import faults_of
from energymed.operations.migrating import migrate, tables_unlike_models
from energymed.operations.restore import restore
from energymed.operations.snapshot import VERSION_TABLE, own_engine, schema_of, snapshot
from energymed.revisions import known_revisions
from tests.factories import MONDAY_MORNING
from tests.operations.conftest import OWN, SECRETS, Place
from tests.test_migrations import in_order

pytestmark = [pytest.mark.slow, pytest.mark.once]
FOLDER = Path(__file__).parent.parent / "fixtures" / "released"
NAMES = sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))
# from the very first through all migrations, and what no chain of them makes
ALL_THE_WAY = ("0001", *sorted(ODD_NAMES))
Table = list[dict[str, object]]
Tables = dict[str, Table]

# what a migration takes away, or gives another name or place
# (missing papers are rows of their own since 0035: tests/test_aid_papers_migration.py; a sentence
# of two letters is another since 0038: tests/test_ways_declined_migration.py)
MOVED = {
    ("delivery", "content"), ("sign_in_tries", "account_key"),
    ("aid_request", "missing_documents"), ("letter_text", "body"),
}  # fmt: skip
# {what must survive: how it is counted}, in words that every version knows
FACTS = {
    "people": "SELECT count(*) FROM person",
    "cases": "SELECT count(*) FROM case_file",
    "states": "SELECT group_concat(state || coalesce(closure, '')) FROM"
              " (SELECT state, closure FROM case_file ORDER BY id)",
    "debts": "SELECT sum(debt_cents) FROM case_file",
    "balances": "SELECT group_concat(cents) FROM (SELECT sum(amount_cents) AS cents"
                " FROM ledger_entry GROUP BY case_id ORDER BY case_id)",
    "calls": "SELECT count(*) FROM contact WHERE result IS NOT NULL",
    "stops": "SELECT count(*) FROM stop",
    "opposed": "SELECT count(*) FROM person WHERE opposed_at IS NOT NULL",
    "plans": "SELECT count(*) FROM payment_plan",
    "instalments": "SELECT count(*) FROM instalment",
    "aids": "SELECT count(*) FROM aid_request",
    "returns": "SELECT count(*) FROM delivery",
    "trail": "SELECT count(*) FROM audit_event",
}  # fmt: skip
# {what a migration fills: rows that it should have filled and did not}
MISSING = {
    "0003 who called": "SELECT count(*) FROM contact WHERE recorded_by_id IS NULL",
    "0003 the call that opposed or told of a death":
        "SELECT count(*) FROM person WHERE (opposed_at IS NOT NULL AND opposed_by_contact_id"
        " IS NULL) OR (deceased_at IS NOT NULL AND deceased_by_contact_id IS NULL)",
    "0003 where each case went": "SELECT count(*) FROM case_file c WHERE state <> (SELECT to_state"
        " FROM case_move m WHERE m.case_id = c.id ORDER BY m.id DESC LIMIT 1)",
    "0003 moves of what was called": "SELECT count(*) FROM contact k WHERE k.result IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM case_move m WHERE m.case_id = k.case_id)",
    "0003 who promised": "SELECT count(*) FROM follow_up WHERE made_by_id IS NULL"
        " AND kind = 'callback'",
    "0010 the person's word": "SELECT 2 - count(*) FROM instalment WHERE said IS NOT NULL",
    "0010 the partner's": "SELECT 1 - count(*) FROM instalment_confirmation",
    "0012 names": "SELECT count(*) FROM person WHERE name_key NOT IN"
        " (SELECT text FROM search_text WHERE NOT place)",
    "0012 places": "SELECT count(*) FROM case_file WHERE commune IS NOT NULL AND (place_id IS NULL"
        " OR place_id NOT IN (SELECT text_id FROM text_word))",
    "0012 numbers": "SELECT count(*) FROM phone WHERE ending <> substr(e164, length(e164) - 3)",
    "0014 references": "SELECT count(*) FROM case_file WHERE bare_reference = ''",
    "0015 addresses": "SELECT count(*) FROM case_file WHERE address_key IS NULL"
        " AND address IS NOT NULL AND postal_code IS NOT NULL",
    "0038 letters to whom calls do not reach": "SELECT 2 - count(*) FROM letter_text"
        " WHERE kind = 'unreachable' AND body LIKE '%à vous joindre par téléphone%'",
    "0041 when calls were recorded": "SELECT count(*) FROM contact WHERE recorded_at < started_at",
    "0041 when acts were recorded": "SELECT count(*) FROM act WHERE recorded_at < created_at",
    "0041 where plans stand": "SELECT count(*) FROM payment_plan p WHERE state <> coalesce((SELECT"
        " m.state FROM act_move m WHERE m.act_id = p.act_id ORDER BY m.id DESC LIMIT 1), '')",
    "0041 where aids stand": "SELECT count(*) FROM aid_request r WHERE state <> coalesce((SELECT"
        " m.state FROM act_move m WHERE m.act_id = r.act_id ORDER BY m.id DESC LIMIT 1), '')",
    "0041 how cases were closed": "SELECT count(*) FROM case_file c WHERE closure <> (SELECT"
        " m.closure FROM case_move m WHERE m.case_id = c.id ORDER BY m.id DESC LIMIT 1)",
    "0021 returns": "SELECT count(*) FROM delivery WHERE sha256 NOT IN"
        " (SELECT sha256 FROM stored_file WHERE kind = 'delivery' AND kept_until IS NOT NULL)",
}  # fmt: skip


@pytest.fixture(params=NAMES)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The database of a version."""
    path = tmp_path / "energymed.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress(
            (FOLDER / f"{request.param}.sql.gz").read_bytes()
        ).decode())  # fmt: skip
    return path


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A database that was made today."""
    engine = own_engine(f"sqlite:///{tmp_path_factory.mktemp('fresh')}/a.sqlite", reading=False)
    with engine.connect() as connection, connection.begin():
        migrate(connection)
        yield connection
    engine.dispose()


def all_of(path: Path) -> Tables:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]
            for (name,) in connection.execute(names).fetchall()
        }


def numbers(path: Path, questions: dict[str, str]) -> dict[str, object]:
    with closing(sqlite3.connect(path)) as connection:
        return {name: connection.execute(asked).fetchone()[0] for name, asked in questions.items()}


def upgraded(path: Path) -> list[str]:
    """Bring it up to date in one transaction; what is wrong with it then."""
    engine = own_engine(f"sqlite:///{path}", reading=False)
    with engine.connect() as connection, connection.begin():
        migrate(connection)
        found = [*map(str, faults_of(connection)), *tables_unlike_models(connection)]
    engine.dispose()
    return found


def conditions(connection: Connection) -> set[tuple[str, str, str]]:
    """(table, name, condition) of each check and index."""
    inspector = inspect(connection)
    found = set()
    for table in set(inspector.get_table_names()) - {VERSION_TABLE}:
        for check in inspector.get_check_constraints(table):
            found.add((table, str(check["name"]), in_order(check["sqltext"])))
        for index in inspector.get_indexes(table):
            where = index.get("dialect_options", {}).get("sqlite_where", "")
            found.add((table, str(index["name"]), f"{index['column_names']} {where}"))
    return found


def in_common(before: Tables, after: Tables) -> tuple[Tables, Tables]:
    """Both, with the columns that both have, by the first of them."""

    def only(tables: Tables, name: str, columns: set[str]) -> Table:
        kept = [{key: row[key] for key in columns} for row in tables[name]]
        return sorted(kept, key=lambda row: json.dumps(row, default=str, sort_keys=True))

    shared = {
        name: {key for key in rows[0].keys() & after[name][0].keys() if (name, key) not in MOVED}
        for name, rows in before.items()
        if rows and name != VERSION_TABLE and after[name]
    }
    return (
        {name: only(before, name, columns) for name, columns in shared.items()},
        {name: only(after, name, columns) for name, columns in shared.items()},
    )


def test_a_released_database_loses_nothing_and_gets_all(released: Path, fresh: Connection) -> None:
    before, facts = all_of(released), numbers(released, FACTS)
    assert all(facts.values()), facts
    assert upgraded(released) == []
    after = all_of(released)
    assert numbers(released, FACTS) == facts
    kept, found = in_common(before, after)
    assert {name for name, rows in before.items() if rows} - {VERSION_TABLE} == kept.keys()
    for name, rows in kept.items():
        lost = {key for row in before[name][:1] for key in row} - rows[0].keys()
        assert {(name, key) for key in lost} <= MOVED
        assert found[name] == rows, name
    assert {what: count for what, count in numbers(released, MISSING).items() if count} == {}
    for row in after["stored_file"]:
        content = zlib.decompress(row["packed"])  # type: ignore[arg-type]
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
    engine = own_engine(f"sqlite:///{released}", reading=True)
    with engine.connect() as connection:
        assert conditions(connection) == conditions(fresh)
    engine.dispose()


@pytest.mark.parametrize("released", ALL_THE_WAY, indirect=True)
def test_it_becomes_the_same_on_postgresql(released: Path, place: Place) -> None:
    """By a backup of the old schema, which is restored as it was and then brought up to date."""
    instance, path = released.parent, released.parent / "before.backup"
    (instance / "secrets.toml").write_bytes(SECRETS)
    home = Settings(instance, f"sqlite:///{released}", environment="test")
    back_up(home, path, OWN.public_key(), MONDAY_MORNING)
    there = place("postgresql")
    done = restore(there, path, OWN)
    assert (done.revision, done.faults) == (known_revisions()[-1], [])
    upgraded(released)
    assert rows_of_all(there) == rows_of_all(home)


def rows_of_all(settings: Settings) -> Tables:
    """Every row in the words of a backup; those of the search have numbers of no meaning."""
    with snapshot(settings.database_url) as moment:
        assert moment.revision == known_revisions()[-1]
        found: Tables = {
            shape.name: [dict(zip(shape.names, row, strict=True)) for row in moment.rows(shape)]
            for shape in moment.shapes
        }
    texts = {row["id"]: row["text"] for row in found.pop("search_text")}
    words = {row["id"]: row["word"] for row in found.pop("search_word")}
    for row in found["case_file"]:
        row["place_id"] = texts.get(row["place_id"])
    for row in found["text_word"]:
        row |= {"word_id": words[row["word_id"]], "text_id": texts[row["text_id"]]}
    found["text_word"].sort(key=lambda row: (str(row["word_id"]), str(row["text_id"])))
    for row in found["instalment_confirmation"]:
        row["recorded_at"] = "at the upgrade"
    return found


@pytest.mark.parametrize("name", NAMES)
def test_each_is_what_its_name_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(gzip.decompress((FOLDER / f"{name}.sql.gz").read_bytes()).decode())
    engine = own_engine(f"sqlite:///{path}", reading=True)
    with engine.connect() as connection:
        assert schema_of(connection) == name
    engine.dispose()
