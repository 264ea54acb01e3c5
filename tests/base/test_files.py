"""Files as rows: once by content, measured when they are read, gone when their time is over."""

import hashlib
import os
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.base.errors import NotFound, Refused
from energymed.base.files import StoredFile, StoredKind, has_file, keep_file, purge_files, read_file
from tests.factories import MONDAY_MORNING as NOW

MONTH, SECOND = timedelta(days=30), timedelta(seconds=1)


def keep(session: Session, content: bytes, until: object = NOW + MONTH) -> str:
    return keep_file(session, content, StoredKind.RAW, now=NOW, until=until)  # type: ignore[arg-type]


def row(session: Session) -> StoredFile:
    session.expire_all()
    return session.scalars(select(StoredFile)).one()


@pytest.mark.parametrize("content", [b"", b"a;b\r\n", b"\0\xff" * 40, b"x" * 3_000_000])
def test_a_file_comes_back_as_it_went(session: Session, content: bytes) -> None:
    sha256 = keep(session, content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert read_file(session, sha256) == content
    assert row(session).size_bytes == len(content)


def test_text_takes_less_room(session: Session) -> None:
    content = b"\r\n".join(b"R%06d;DURAND;12,50" % n for n in range(20_000))
    keep(session, content)
    assert len(row(session).packed) < len(content) / 3


def test_the_same_content_is_kept_once(session: Session) -> None:
    assert keep(session, b"a") == keep(session, b"a")
    assert row(session).kept_until == NOW + MONTH


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (NOW, NOW + SECOND, NOW + SECOND),
        (NOW + SECOND, NOW, NOW + SECOND),
        (NOW, None, None),
        (None, NOW, None),
    ],
)
def test_it_is_kept_as_long_as_anybody_asked(
    session: Session, first: object, second: object, kept: object
) -> None:
    keep(session, b"a", first)
    keep(session, b"a", second)
    assert row(session).kept_until == kept


def test_a_list_does_not_load_the_contents(session: Session) -> None:
    keep(session, b"a")
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        assert session.scalars(select(StoredFile)).one().size_bytes == 1
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
    assert asked
    assert not any("packed" in statement for statement in asked)


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"no zlib",
        zlib.compress(b"a;b\r\n")[:-6],
        zlib.compress(b"a;c\r\n"),
        zlib.compress(b"a;b\r\n" * 1_000_000),
    ],
    ids=["empty", "nonsense", "cut", "another", "longer"],
)
def test_a_damaged_file_says_so_and_the_same_given_again_mends_it(
    session: Session, damage: bytes
) -> None:
    sha256 = keep(session, b"a;b\r\n")
    session.execute(update(StoredFile).values(packed=damage))
    with pytest.raises(Refused, match="abîmé : donnez le même à nouveau"):
        read_file(session, sha256)
    keep(session, b"a;b\r\n")
    assert read_file(session, sha256) == b"a;b\r\n"


def test_a_damaged_length_is_mended_too(session: Session) -> None:
    sha256 = keep(session, b"a;b\r\n")
    session.execute(update(StoredFile).values(size_bytes=4))
    with pytest.raises(Refused, match="abîmé"):
        read_file(session, sha256)
    keep(session, b"a;b\r\n")
    assert read_file(session, sha256) == b"a;b\r\n"


def test_a_file_goes_when_its_time_is_over_and_the_trail_keeps_that_it_was(
    session: Session,
) -> None:
    sha256 = keep(session, b"x")
    for_ever = keep(session, b"y", None)
    assert purge_files(Context(session, SYSTEM, NOW + MONTH - SECOND)) == 0
    assert has_file(session, sha256)
    assert purge_files(Context(session, SYSTEM, NOW + MONTH)) == 1
    assert not has_file(session, sha256)
    assert has_file(session, for_ever)
    with pytest.raises(NotFound, match="conservé"):
        read_file(session, sha256)
    told = session.scalars(select(AuditEvent)).one()
    assert (told.action, told.entity, told.before) == (
        "file.purged",
        "stored_file",
        {"kind": "raw"},
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32])
def test_a_name_is_a_digest(session: Session, name: str) -> None:
    for asked in (read_file, has_file):
        with pytest.raises(ValueError, match="SHA-256"):
            asked(session, name)


def test_what_is_rolled_back_was_never_kept(session: Session) -> None:
    sha256 = keep(session, os.urandom(100))
    session.rollback()
    assert not has_file(session, sha256)
