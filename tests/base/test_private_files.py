"""Files of their owner alone, and files that appear whole or not at all."""

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from energymed.base import private_files
from energymed.base.private_files import (
    keep_to_owner,
    new_file,
    sweep_drafts,
    tighten_file,
    tighten_folder,
    write_whole,
)


@pytest.fixture
def _open_machine() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_open_machine")
def test_what_is_made_afterwards_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "before").write_text("x")
    keep_to_owner()
    (tmp_path / "after").write_text("x")
    (tmp_path / "folder").mkdir()
    modes = [mode(tmp_path / name) for name in ("before", "after", "folder")]
    assert modes == [0o644, 0o600, 0o700]


def test_what_was_open_is_tightened(tmp_path: Path) -> None:
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("x")
    folder.mkdir()
    file.chmod(0o664)
    folder.chmod(0o775)
    tighten_file(file)
    tighten_folder(folder)
    assert (mode(file), mode(folder)) == (0o600, 0o700)


def test_what_was_tighter_stays(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    file.chmod(0o400)
    tighten_file(file)
    assert mode(file) == 0o400


def test_a_folder_that_all_share_is_left_alone(tmp_path: Path) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    shared.chmod(0o1777)
    tighten_folder(shared)
    assert mode(shared) == 0o1777


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("x")
    target.chmod(0o644)
    (tmp_path / "link").symlink_to(target)
    tighten_file(tmp_path / "link")
    tighten_file(tmp_path / "missing")
    assert mode(target) == 0o644


def test_a_new_file_appears_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new"
    with new_file(path) as file:
        file.write(b"half")
        file.flush()
        assert not path.exists()
        file.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError), new_file(tmp_path / "new") as file:
        file.write(b"half")
        raise ValueError
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "new"
    path.write_text("old")
    with pytest.raises(FileExistsError), new_file(path):
        pytest.fail("it is refused at once")
    path.unlink()
    with pytest.raises(FileExistsError), new_file(path) as file:
        file.write(b"new")
        path.write_text("came meanwhile")
    assert path.read_text() == "came meanwhile"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_written_anew_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "file", tmp_path / "link"
    write_whole(path, b"first")
    link.symlink_to(path)
    write_whole(link, b"second")
    assert (path.read_bytes(), mode(path), link.is_symlink()) == (b"second", 0o600, True)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(private_files.os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_whole(path, b"third")
    assert path.read_bytes() == b"second"
    assert sorted(tmp_path.iterdir()) == [path, link]


def test_what_is_no_file_is_written_to_as_it_is() -> None:
    write_whole(Path(os.devnull), b"gone")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("meanwhile", [False, True])
def test_a_stick_without_links_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "not permitted")

    monkeypatch.setattr(private_files.os, "link", no_links)
    path = tmp_path / "new"
    if meanwhile:
        with pytest.raises(FileExistsError), new_file(path) as file:
            path.write_text("old")
            file.write(b"new")
        assert path.read_text() == "old"
    else:
        with new_file(path) as file:
            file.write(b"new")
        assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(private_files.os, "link", full)
    with pytest.raises(OSError, match="full"), new_file(tmp_path / "new"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_drafts_that_nobody_writes_any_more_are_swept(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC)
    (tmp_path / "ab").mkdir()
    for name, minutes in (("old.part", 1), ("ab/old.tmp", 1), ("young.part", -1), ("old.csv", 1)):
        path = tmp_path / name
        path.write_text("x")
        moment = (at - timedelta(minutes=minutes)).timestamp()
        os.utime(path, (moment, moment))
    assert sweep_drafts(tmp_path, at, below=False) == 1
    assert (tmp_path / "ab/old.tmp").exists()
    assert sweep_drafts(tmp_path, at) == 1
    left = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert left == ["old.csv", "young.part"]
