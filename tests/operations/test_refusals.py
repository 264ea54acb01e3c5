"""What is not restored: a place that is taken, a backup that is not whole; and nothing is left."""

import errno
import gc
import sqlite3
from base64 import b64encode
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from energymed.base.db.trouble import BUSY, database_trouble
from energymed.base.errors import Refused
from energymed.config import Settings
from energymed.models import Model
from energymed.operations import restore as restoring
from energymed.operations.alone import IN_USE
from energymed.operations.archive import NEWER, NO_BACKUP, Writer
from energymed.operations.backup import back_up
from energymed.operations.codes import Holds
from energymed.operations.restore import check, restore, restore_secrets
from energymed.operations.snapshot import Shape, snapshot
from tests.factories import MONDAY_MORNING
from tests.operations.conftest import HEAD, OWN, SECRETS, Place, rows_of

pytestmark = pytest.mark.slow  # warnings are errors: what a generator says at its end is one
KINDS = ("sqlite", "postgresql")
Shapes = list[tuple[Shape, list[tuple[object, ...]]]]


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, place: Place) -> Settings:
    return place(request.param)


def left_in(settings: Settings) -> tuple[set[str], set[str]]:
    """The tables and the files of a place."""
    files = {path.name for path in settings.instance.iterdir()}
    if settings.database_url.startswith("sqlite") and "energymed.sqlite" not in files:
        return set(), files
    engine = create_engine(settings.database_url)
    tables = set(inspect(engine).get_table_names())
    engine.dispose()
    return tables, files


def forged(
    path: Path, change: Callable[[Shapes], Shapes], source: Settings, **head: object
) -> Path:
    """A backup that somebody with the public key made, of tables to their liking."""
    with snapshot(source.database_url) as moment:
        tables: Shapes = [(shape, list(moment.rows(shape))) for shape in moment.shapes]
    with path.open("wb") as file:
        writer = Writer(file, OWN.public_key(), {**HEAD, **head})
        writer.put_file("secrets.toml", SECRETS)
        for shape, rows in change(tables):
            writer.put_table(shape, rows)
        writer.end({})
    return path


def test_a_place_with_accounts_is_left_as_it_is(
    lived: Settings, kept: Path, empty: Settings
) -> None:
    restore(empty, kept, OWN)
    before = rows_of(empty)
    with pytest.raises(Refused, match="n'est pas vide"):
        restore(empty, kept, OWN)
    assert rows_of(empty) == before


def test_a_place_that_was_only_made_ready_will_do(
    lived: Settings, kept: Path, empty: Settings
) -> None:
    engine = create_engine(empty.database_url)
    Model.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
    engine.dispose()
    restore(empty, kept, OWN)
    assert rows_of(empty) == rows_of(lived)


def test_secrets_of_another_installation_are_kept(
    lived: Settings, kept: Path, empty: Settings
) -> None:
    path = empty.instance / "secrets.toml"
    path.write_bytes(SECRETS)
    before = left_in(empty)
    with pytest.raises(Refused, match=r"a déjà un secrets\.toml"):
        restore(empty, kept, OWN)
    assert (left_in(empty), path.read_bytes()) == (before, SECRETS)
    path.write_bytes((lived.instance / "secrets.toml").read_bytes())
    assert restore(empty, kept, OWN).files == ()


def test_settings_go_back_unless_they_name_the_former_database(
    lived: Settings, place: Place, tmp_path: Path
) -> None:
    given = lived.instance / "energymed.toml"
    expected = {
        'log_level = "INFO"\n': "energymed.toml",
        'database_url = "sqlite:///x"\n': "energymed.toml.from-backup",
    }
    try:
        for number, (content, name) in enumerate(expected.items()):
            given.write_text(content, encoding="utf-8")
            path = tmp_path / f"{number}.backup"
            back_up(lived, path, OWN.public_key(), MONDAY_MORNING)
            empty = place("sqlite")
            assert restore(empty, path, OWN).files == ("secrets.toml", name)
            assert (empty.instance / name).read_text("utf-8") == content
            empty.instance.rename(tmp_path / f"done-{number}")
    finally:
        given.unlink()


def spoilt(tables: Shapes) -> Shapes:
    """The last table has a row without its number."""
    *others, (shape, rows) = tables
    nothing = tuple(None for _ in shape.columns)
    return [*others, (shape, [*rows, nothing])]


def test_a_restore_that_fails_leaves_nothing(
    lived: Settings, tmp_path: Path, empty: Settings
) -> None:
    before = left_in(empty)
    path = forged(tmp_path / "spoilt.backup", spoilt, lived)
    with pytest.raises(Refused, match="n'entre pas dans cette base"):
        restore(empty, path, OWN)
    assert left_in(empty) == before


def orphaned(tables: Shapes) -> Shapes:
    """Phones without their people."""
    return [
        (shape, [] if shape.name in ("person", "case_file", "ledger_entry") else rows)
        for shape, rows in tables
    ]


def test_rows_that_refer_to_nothing_are_found(
    lived: Settings, tmp_path: Path, place: Place
) -> None:
    path = forged(tmp_path / "orphaned.backup", orphaned, lived)
    (fault,) = check(place("sqlite"), path, OWN).faults
    assert str(fault) == "Une ligne de la table phone renvoie à une ligne de person qui n'est plus."
    with pytest.raises(Refused, match="table phone"):
        restore(place("postgresql"), path, OWN)


@pytest.mark.parametrize(
    ("change", "head", "message"),
    [
        (list, {"product": "another"}, NO_BACKUP),
        (list, {"format": 2}, NEWER),
        (list, {"revision": "9999"}, NEWER),
        (list, {"revision": None}, NEWER),
        (lambda tables: tables[1:], {}, "ne correspond pas"),
        (lambda tables: [(Shape("odd", (("x", Holds.TEXT),)), []), *tables], {}, "(table odd)"),
        (
            lambda tables: [(Shape(tables[0][0].name, tables[0][0].columns[1:]), []), *tables[1:]],
            {},
            "(table aid_fund)",
        ),
    ],
)
def test_what_is_not_known_is_refused(
    lived: Settings, tmp_path: Path, place: Place, change: object, head: dict[str, object],
    message: str,
) -> None:  # fmt: skip
    path = forged(tmp_path / "odd.backup", change, lived, **head)  # type: ignore[arg-type]
    empty = place("sqlite")
    with pytest.raises(Refused) as refusal:
        restore(empty, path, OWN)
    assert message == refusal.value.message or message in str(refusal.value)
    assert left_in(empty) == (set(), set())


def test_a_database_that_is_open_elsewhere_is_not_replaced(kept: Path, place: Place) -> None:
    empty = place("sqlite")
    with closing(sqlite3.connect(empty.instance / "energymed.sqlite")) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE site (id INTEGER)")
        with pytest.raises(Refused) as refusal:
            restore(empty, kept, OWN)
        assert refusal.value.message == IN_USE
        assert other.execute("SELECT count(*) FROM site").fetchone() == (0,)
    assert not (empty.instance / "secrets.toml").exists()


def test_tables_that_somebody_holds_are_not_waited_for(
    kept: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "WAIT_MS", 50)
    empty = place("postgresql")
    engine = create_engine(empty.database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE site (id INTEGER)"))
    with engine.begin() as connection:
        connection.execute(text("SELECT * FROM site"))
        with pytest.raises(DBAPIError) as failure:
            restore(empty, kept, OWN)
    assert database_trouble(failure.value).message == BUSY
    assert left_in(empty) == ({"site"}, set())
    engine.dispose()


def test_a_damaged_database_is_not_written_over(kept: Path, place: Place) -> None:
    empty = place("sqlite")
    (empty.instance / "energymed.sqlite").write_bytes(b"damaged" * 1000)
    with pytest.raises(Refused, match="rangez-le ailleurs"):
        restore(empty, kept, OWN)
    assert (empty.instance / "energymed.sqlite").read_bytes() == b"damaged" * 1000


def test_the_secrets_alone_go_back(lived: Settings, kept: Path, place: Place) -> None:
    empty = place("sqlite")
    restore_secrets(empty, kept, OWN)
    found = empty.instance / "secrets.toml"
    assert found.read_bytes() == (lived.instance / "secrets.toml").read_bytes()
    restore_secrets(empty, kept, OWN)
    found.write_bytes(b"")  # a full disk may leave that
    restore_secrets(empty, kept, OWN)
    assert found.stat().st_mode & 0o777 == 0o600
    found.write_bytes(SECRETS)
    with pytest.raises(Refused, match="a déjà"):
        restore_secrets(empty, kept, OWN)
    assert found.read_bytes() == SECRETS


def test_a_backup_never_replaces_another(lived: Settings, kept: Path) -> None:
    before = kept.read_bytes()
    with pytest.raises(Refused, match="existe déjà"):
        back_up(lived, kept, OWN.public_key(), MONDAY_MORNING)
    assert kept.read_bytes() == before
    assert [path.name for path in kept.parent.glob("*kept*")] == [kept.name]


def test_a_database_without_a_version_is_not_backed_up(
    settings: Settings, app: object, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="pas encore de version"):
        back_up(settings, tmp_path / "none.backup", OWN.public_key(), MONDAY_MORNING)
    assert list(tmp_path.iterdir()) == []


def test_no_secret_can_be_read_in_it(lived: Settings, kept: Path) -> None:
    content = kept.read_bytes()
    for word in (b"totp-secret-for-tests", b64encode(b"totp-secret"), b"amina", b"user_account"):
        assert word not in content


def test_a_disk_that_fills_up_leaves_no_backup_and_nothing_open(
    lived: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_writer: Writer, _shape: Shape, rows: Iterable[object]) -> None:
        for _row in rows:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Writer, "put_table", full)
    with pytest.raises(OSError, match="full"):
        back_up(lived, tmp_path / "new.backup", OWN.public_key(), MONDAY_MORNING)
    gc.collect()
    assert not list(tmp_path.glob("*new.backup*"))
