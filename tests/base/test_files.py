"""Raw files: whole or not at all, named by content."""

import os
from pathlib import Path

import pytest

from energymed.base.errors import NotFound
from energymed.base.files import FileStore


def test_a_file_comes_back_as_it_went(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    sha256 = store.put(b"a;b\r\n")
    assert store.put(b"a;b\r\n") == sha256
    assert store.get(sha256) == b"a;b\r\n"
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [sha256]


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    path = tmp_path / (sha256 := store.put(b"x"))[:2] / sha256
    assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def test_a_file_gone_says_so(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    sha256 = store.put(b"x")
    assert store.delete(sha256)
    assert not store.delete(sha256)
    assert not store.has(sha256)
    with pytest.raises(NotFound, match="conservé"):
        store.get(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "AB" * 32])
def test_a_name_is_a_digest(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        FileStore(tmp_path).get(name)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("energymed.base.files.os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        FileStore(tmp_path).put(b"x")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
