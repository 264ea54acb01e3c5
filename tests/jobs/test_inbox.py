"""The watched folder: whole files only, each taken once, whatever stops and whoever else runs."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.audit import AuditEvent
from energymed.base.db import db
from energymed.base.files import has_file, keep_file, read_file
from energymed.base.shared_folders import Folder
from energymed.cases.models import Case
from energymed.config import Settings
from energymed.intake.batches import deposits, uploads
from energymed.intake.batches.inbox import QUIET, is_unfinished
from energymed.intake.models import Batch
from energymed.jobs import inbox as job
from energymed.partners.models import Partner
from tests.factories import make_case, make_partner, make_site
from tests.intake.books import LINE, csv_bytes

CONTENT = csv_bytes(LINE)


class Stopped(BaseException):
    """The process ends here."""


class Watched:
    """A site, a partner 'edf' and an installation with a watched folder of its own."""

    def __init__(self, session: Session, instance: Path) -> None:
        self.session = session
        self.settings = Settings(instance=instance, database_url="")
        self.partner: Partner = make_partner(session, "edf")
        self.site: Site = make_site(session, "valence")
        session.commit()
        self.box = self.settings.inbox / "edf"
        self.box.mkdir(parents=True)

    def bring(self, name: str, content: bytes = CONTENT, folder: str = "") -> Path:
        """A transfer leaves a file."""
        path = self.box / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def round(self, later: timedelta = QUIET + timedelta(seconds=1)) -> int:
        """One round, that much after whatever happened in the folder last."""
        self.session.commit()
        return job.take_in_files(self.settings, self.moment() + later)

    def moment(self) -> datetime:
        """When anything last happened in the folder, by the system's clock."""
        times = [path.lstat().st_ctime for path in self.settings.inbox.rglob("*")]
        return datetime.fromtimestamp(max(times), UTC)

    def lying(self) -> set[str]:
        """The files in the partner's folder."""
        return {
            path.relative_to(self.box).as_posix() for path in self.box.rglob("*") if path.is_file()
        }

    def batches(self) -> list[Batch]:
        self.session.expire_all()
        return list(self.session.scalars(select(Batch).order_by(Batch.id)))


@pytest.fixture
def watched(session: Session, tmp_path: Path) -> Watched:
    return Watched(session, tmp_path)


def test_a_file_that_lies_still_becomes_a_deposit(watched: Watched, session: Session) -> None:
    watched.bring("impayés 2026-S46.csv")
    assert watched.round() == 1
    (batch,) = watched.batches()
    assert (batch.state, batch.origin, batch.file_name) == (
        "deposited", "inbox", "impayés 2026-S46.csv",
    )  # fmt: skip
    assert (batch.partner.code, batch.site_id, batch.rows) == ("edf", watched.site.id, 1)
    assert (batch.week, batch.uploaded_by_id) == ("2026-W46", None)
    assert read_file(watched.session, batch.sha256) == CONTENT
    assert watched.lying() == {".taken/impayés 2026-S46.csv"}
    assert session.scalar(select(func.count(Case.id))) == 0
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.entity == "batch"))
    assert (event.action, event.actor_role) == ("batch.received", "system")
    assert watched.round() == 0


def test_a_file_still_coming_in_is_left_alone(watched: Watched) -> None:
    path = watched.bring("f.csv", CONTENT[:20])
    assert watched.round(QUIET - timedelta(seconds=1)) == 0
    os.utime(path, (0, 0))  # a time of writing that the sender kept says nothing
    assert watched.round(QUIET - timedelta(seconds=1)) == 0
    with path.open("ab") as file:
        file.write(CONTENT[20:])
    assert watched.round(QUIET - timedelta(seconds=1)) == 0
    assert watched.lying() == {"f.csv"}
    assert watched.round() == 1
    assert read_file(watched.session, watched.batches()[0].sha256) == CONTENT


@pytest.mark.parametrize(
    "name",
    [
        "f.csv.part", "f.csv.filepart", "f.TMP", "f.csv~", ".f.csv", "~$f.xlsx", "f.crdownload",
        ".~lock.f.csv#", "Thumbs.db",
    ],
)  # fmt: skip
def test_names_of_files_on_their_way_are_ignored(watched: Watched, name: str) -> None:
    watched.bring(name)
    assert watched.round(timedelta(days=9)) == 0
    assert watched.lying() == {name}
    assert not is_unfinished("partial.csv")


def test_a_file_written_to_while_it_is_claimed_waits(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = watched.bring("f.csv", CONTENT[:20])
    handle = path.open("ab", buffering=0)
    move = Folder.move

    def written(folder: Folder, name: str, to: Folder, new_name: str) -> bool:
        if name == "f.csv":
            handle.write(CONTENT[20:])
        return move(folder, name, to, new_name)

    monkeypatch.setattr(Folder, "move", written)
    assert watched.round() == 0
    handle.close()
    monkeypatch.undo()
    assert watched.round(QUIET - timedelta(seconds=1)) == 0
    assert watched.round() == 1
    assert read_file(watched.session, watched.batches()[0].sha256) == CONTENT
    assert watched.lying() == {".taken/f.csv"}


def test_a_refused_file_has_the_reason_beside_it(watched: Watched) -> None:
    watched.bring("photo.csv", b"\xff\xd8\xff\xe0 a photo")
    assert watched.round() == 0
    assert watched.lying() == {".refused/photo.csv", ".refused/photo.csv.txt"}
    said = (watched.box / ".refused/photo.csv.txt").read_text(encoding="utf-8")
    sentence = "« photo.csv » est une image, pas un tableau. Formats acceptés : CSV, TXT, XLSX, "
    assert said == f"{sentence}XLS, ODS.\n"
    (batch,) = watched.batches()
    assert (batch.state, batch.discard_reason) == ("discarded", "on_arrival")
    assert f"{batch.discard_note}\n" == said
    assert not has_file(watched.session, batch.sha256)


def test_a_file_above_the_limit_is_not_read_whole(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched.bring("gros.csv", b"a;b\r\n").open("ab") as file:
        file.truncate(26 * 1024 * 1024)
    asked = []
    read = Folder.read
    monkeypatch.setattr(Folder, "read", lambda *args: asked.append(args[2]) or read(*args))
    assert watched.round() == 0
    assert asked == [25 * 1024 * 1024 + 1]
    assert "la limite est de 25 Mo" in (watched.batches()[0].discard_note or "")


def test_the_same_bytes_again_are_refused_once_on_the_desks(watched: Watched) -> None:
    for name in ("f.csv", "g.csv", "g.csv"):
        watched.bring(name)
        watched.round()
    first, second = watched.batches()
    assert (first.state, second.state) == ("deposited", "discarded")
    assert second.discard_note == (
        "« g.csv » est déjà déposé : l'association ne l'a pas encore vérifié."
    )
    names = {name for name in watched.lying() if name.startswith(".refused/g")}
    assert len(names) == 4  # each time the file and its reason, nothing written over


def test_a_box_for_each_site(watched: Watched, session: Session) -> None:
    lyon = make_site(session, "lyon")
    session.commit()
    lyon_id = lyon.id
    watched.bring("ici.csv", folder="lyon")
    watched.bring("ailleurs.csv", csv_bytes(("X1", *LINE[1:])))
    assert watched.round() == 1
    (batch,) = watched.batches()
    assert (batch.file_name, batch.site_id) == ("ici.csv", lyon_id)
    assert {".taken/ici.csv", ".refused/ailleurs.csv"} <= watched.lying()
    said = (watched.box / ".refused/ailleurs.csv.txt").read_text(encoding="utf-8")
    assert "dans le dossier de l'un d'eux (lyon, valence)" in said


def test_the_only_site_that_works_for_a_partner_needs_no_folder(
    watched: Watched, session: Session
) -> None:
    make_site(session, "lyon")
    make_case(session, site=watched.site, partner=watched.partner)
    session.commit()
    watched.bring("f.csv")
    assert watched.round() == 1
    assert watched.batches()[0].site_id == watched.site.id


def test_links_and_strange_folders_lead_nowhere(watched: Watched, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_bytes(CONTENT)
    (watched.box / "link.csv").symlink_to(outside / "secret.csv")
    os.link(outside / "secret.csv", watched.box / "second-name.csv")
    os.mkfifo(watched.box / "pipe.csv")
    (watched.box / "valence").symlink_to(outside)
    make_partner(watched.session, "engie")
    watched.session.commit()
    (watched.settings.inbox / "engie").symlink_to(outside)
    (watched.settings.inbox / "nobody").mkdir()
    (watched.settings.inbox / "nobody" / "f.csv").write_bytes(CONTENT)
    assert watched.round(timedelta(days=1)) == 0
    assert [path.name for path in outside.iterdir()] == ["secret.csv"]
    assert watched.batches() == []


@pytest.mark.parametrize("place", [".taking", ".taken", ".refused"])
def test_a_link_in_place_of_our_own_folders_is_not_written_through(
    watched: Watched, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (watched.box / place).symlink_to(outside)
    watched.bring("f.csv")
    watched.bring("photo.csv", b"\xff\xd8\xff\xe0 a photo")
    with pytest.raises(NotADirectoryError):
        watched.round()
    assert list(outside.iterdir()) == []
    (watched.box / place).unlink()
    watched.round()
    assert watched.lying() == {".taken/f.csv", ".refused/photo.csv", ".refused/photo.csv.txt"}
    assert sorted(batch.state for batch in watched.batches()) == ["deposited", "discarded"]


def test_what_fails_does_not_hold_back_the_others(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched.bring("a.csv")
    watched.bring("b.csv", csv_bytes(("X1", *LINE[1:])))
    receive = job.deposit_arrival

    def failing(session: Session, arrival: Any, **given: Any) -> Batch:
        if arrival.file_name == "a.csv":
            raise OSError("disk full")
        return receive(session, arrival, **given)

    monkeypatch.setattr(job, "deposit_arrival", failing)
    with pytest.raises(OSError, match="disk full"):
        watched.round()
    assert [batch.file_name for batch in watched.batches()] == ["b.csv"]
    monkeypatch.undo()
    assert watched.round() == 1
    assert watched.lying() == {".taken/a.csv", ".taken/b.csv"}


def test_copies_are_removed_in_time(watched: Watched) -> None:
    watched.bring("f.csv")
    watched.bring("photo.csv", b"\xff\xd8\xff\xe0 a photo")
    watched.round()
    watched.round(timedelta(days=8))
    assert watched.lying() == {".refused/photo.csv", ".refused/photo.csv.txt"}
    watched.round(timedelta(days=31))
    assert watched.lying() == set()


def test_a_name_that_no_table_holds_is_mended(watched: Watched) -> None:
    raw = os.fsencode(watched.box) + b"/impay\xe9s-" + b"x" * 230 + b".csv"
    Path(os.fsdecode(raw)).write_bytes(CONTENT)
    assert watched.round() == 1
    (batch,) = watched.batches()
    assert batch.file_name.endswith("x.csv")
    assert len(watched.lying()) == 1


def ends_before(watched: Watched, monkeypatch: pytest.MonkeyPatch, step: int) -> bool:
    """A round that ends before its step of that number; False when it has fewer steps."""
    count = 0

    def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **given: Any) -> Any:
            nonlocal count
            if count == step:
                raise Stopped
            count += 1
            return work(*args, **given)

        return counted

    with monkeypatch.context() as patch:
        for name in ("child", "move", "read", "write", "remove"):
            patch.setattr(Folder, name, stepping(getattr(Folder, name)))
        for name in ("flush", "commit"):
            patch.setattr(Session, name, stepping(getattr(Session, name)))
        patch.setattr(uploads, "keep_file", stepping(keep_file))
        try:
            watched.round()
        except Stopped:
            return True
    return False


@pytest.mark.parametrize(("head", "state"), [(b"", "deposited"), (b"%PDF-1.7 ", "discarded")])
def test_a_round_that_ends_anywhere_is_finished_by_the_next(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, head: bytes, state: str
) -> None:
    """Every step is the last one, in turn: nothing is taken twice and nothing is lost."""
    monkeypatch.setattr(deposits, "load_deposits_per_hour", lambda *_: 1_000)
    for step in range(100):
        watched.bring("f.csv", head + csv_bytes((f"R{step}", *LINE[1:])))
        ended = ends_before(watched, monkeypatch, step)
        watched.round()
        assert [batch.state for batch in watched.batches()] == [state] * (step + 1)
        shelf = ".taken" if state == "deposited" else ".refused"
        (kept,) = (name for name in watched.lying() if not name.endswith(".txt"))
        assert Path(kept) == Path(shelf, "f.csv"), step
        assert (".refused/f.csv.txt" in watched.lying()) == (shelf == ".refused")
        for name in watched.lying():
            (watched.box / name).unlink()
        if not ended:
            break
    assert not ended
    assert step > 10


def test_several_processes_take_each_file_once(app: Flask, watched: Watched) -> None:
    for number in range(6):
        watched.bring(f"{number}.csv", csv_bytes((f"R{number}", *LINE[1:])))
        watched.bring(f"{number}.jpg", b"\xff\xd8\xff\xe0" + bytes([number]))
    settings, at = watched.settings, watched.moment() + QUIET
    watched.session.close()
    start = Barrier(4)

    def one(_turn: int) -> int:
        with app.app_context():
            start.wait()
            try:
                return job.take_in_files(settings, at)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 6
    states = [batch.state for batch in watched.batches()]
    assert sorted(states) == ["deposited"] * 6 + ["discarded"] * 6
    assert watched.lying() == {
        *(f".taken/{number}.csv" for number in range(6)),
        *(f".refused/{number}.jpg" for number in range(6)),
        *(f".refused/{number}.jpg.txt" for number in range(6)),
    }


def test_more_files_than_an_hour_allows_wait_for_a_later_round(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deposits, "load_deposits_per_hour", lambda *_: 2)
    for at in range(3):
        watched.bring(f"{at}.csv", csv_bytes((f"R{at}", *LINE[1:])))
    assert watched.round() == 2
    assert watched.round() == 0
    assert [batch.state for batch in watched.batches()] == ["deposited"] * 2
    assert sum(name.startswith(".taking/") for name in watched.lying()) == 1
    assert watched.round(timedelta(hours=1, minutes=5)) == 1
    assert len(watched.batches()) == 3
