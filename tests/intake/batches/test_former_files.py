"""Raw files that still lie in the instance folder become rows, once, and none is lost."""

import hashlib
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.files import StoredFile, read_file
from energymed.config import Settings
from energymed.intake.batches import former_files
from energymed.intake.batches.former_files import TakenIn, take_in_former_files
from energymed.intake.models import RAW_KEPT_FOR
from tests.factories import MONDAY_MORNING


@pytest.fixture
def place(session: Session, settings: Settings, tmp_path: Path) -> Settings:
    """An installation of former times."""
    return replace(settings, instance=tmp_path)


def put(place: Settings, content: bytes, name: str = "") -> Path:
    """A file as it was kept then, in a folder of the first two letters."""
    name = name or hashlib.sha256(content).hexdigest()
    path = place.files / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    at = MONDAY_MORNING.timestamp()
    os.utime(path, (at, at))
    return path


def kept(session: Session) -> list[bytes]:
    session.rollback()
    names = session.scalars(select(StoredFile.sha256).order_by(StoredFile.id))
    return [read_file(session, name) for name in names.all()]


def test_they_become_rows_with_the_term_of_the_day_on_which_they_came(
    place: Settings, session: Session
) -> None:
    for content in (b"a", b"b"):
        put(place, content)
    assert take_in_former_files(place) == TakenIn(taken=2)
    assert sorted(kept(session)) == [b"a", b"b"]
    terms = set(session.scalars(select(StoredFile.kept_until)))
    assert terms == {MONDAY_MORNING + RAW_KEPT_FOR}
    assert not place.files.exists()


def test_a_second_time_there_is_nothing_to_do(place: Settings, session: Session) -> None:
    assert take_in_former_files(place) == TakenIn()
    put(place, b"a")
    take_in_former_files(place)
    assert take_in_former_files(place) == TakenIn()
    assert kept(session) == [b"a"]


def test_what_is_stopped_before_the_file_goes_is_taken_up_again(
    place: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(place, b"a")

    def stopped(_path: Path, *, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", stopped)
        with pytest.raises(KeyboardInterrupt):
            take_in_former_files(place)
    assert path.exists()
    assert kept(session) == [b"a"]
    assert take_in_former_files(place) == TakenIn(taken=1)
    assert kept(session) == [b"a"]
    assert not path.exists()


def test_what_is_stopped_before_the_row_is_there_keeps_the_file(
    place: Settings, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(place, b"a")

    def stopped(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(former_files, "keep_raw", stopped)
        with pytest.raises(KeyboardInterrupt):
            take_in_former_files(place)
    assert (path.exists(), kept(session)) == (True, [])


def test_what_is_not_what_its_name_says_stays_and_is_told(
    place: Settings, session: Session
) -> None:
    damaged = put(place, b"damaged", "ab" * 32)
    foreign = put(place, b"x", "notes.txt")
    link = place.files / "link"
    link.symlink_to(put(place, b"a"))
    assert take_in_former_files(place) == TakenIn(taken=1, left=2)
    assert damaged.exists()
    assert foreign.exists()
    assert link.is_symlink()
    assert kept(session) == [b"a"]


def test_halves_of_uploads_and_old_progress_are_swept(place: Settings, session: Session) -> None:
    half = put(place, b"half", "tmpx.part")
    (place.instance / "progress").mkdir()
    (place.instance / "progress" / "1.json").write_text("{}")
    assert take_in_former_files(place) == TakenIn()
    assert not half.exists()
    assert not (place.instance / "progress").exists()
    assert kept(session) == []


def test_a_file_that_was_sent_again_meanwhile_keeps_the_later_term(
    place: Settings, session: Session
) -> None:
    path = put(place, b"a")
    take_in_former_files(place)
    put(place, b"a")
    later = MONDAY_MORNING + timedelta(days=1)
    os.utime(path, (later.timestamp(), later.timestamp()))
    take_in_former_files(place)
    session.rollback()
    assert session.scalars(select(StoredFile.kept_until)).one() == later + RAW_KEPT_FOR
