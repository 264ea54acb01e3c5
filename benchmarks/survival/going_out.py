"""What leaves the house: an export into a file, a return for a partner, a backup."""

import json
import zipfile
from datetime import date, timedelta
from itertools import product
from pathlib import Path

from sqlalchemy import Connection, select

from benchmarks.survival.installation import command, rows
from benchmarks.survival.operations import (
    Fate,
    HalfWritten,
    Operation,
    Token,
    all_or_nothing,
    events,
)
from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError
from energymed.base.periods import parse_period
from energymed.base.private_files import DRAFTS
from energymed.operations.archive import Reader
from energymed.partners.service import partner_by_code
from energymed.reporting.deliveries import deliver

PERIOD = "2026-W48"
FORMATS = ("json", "xlsx")
MONDAY = date(2026, 11, 23)


class Export(Operation):
    """The return of a partner, into a file that was there before in half of the cases."""

    name = "export"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        kind = FORMATS[number % 2]
        path = self.installation.folder / "out" / f"return-{self.turn}-{number}.{kind}"
        path.parent.mkdir(exist_ok=True)
        if number // 2 % 2:
            path.write_bytes(b"what was there before")
        return [str(path)]

    def do(self, token: Token) -> int:
        """See `Operation`; the size of the file."""
        place = ("--partner", "edf", "--period", PERIOD, "--format", Path(token[0]).suffix[1:])
        command("export", *place, "-o", token[0])
        return Path(token[0]).stat().st_size

    def fate(self, _connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`."""
        path = Path(token[0])
        if not path.exists() or path.read_bytes() == b"what was there before":
            return Fate.ABSENT
        if said not in (None, path.stat().st_size):
            raise HalfWritten(f"{path.stat().st_size} bytes of {said}")
        try:
            if path.suffix == ".json":
                json.loads(path.read_bytes())
            elif zipfile.ZipFile(path).testzip():
                raise HalfWritten(path.name)
        except (ValueError, zipfile.BadZipFile) as error:
            raise HalfWritten(f"{path.name}: {error}") from None
        return Fate.WHOLE


class Delivery(Operation):
    """A return on the partner's desk."""

    name = "delivery"

    def prepare(self, number: int) -> Token:
        """See `Operation`: a week and a format that were not handed over yet."""
        with self.installation.app.app_context():
            sites = db.session.scalars(select(Site.id).order_by(Site.id)).all()
            db.session.remove()
        kinds = list(product(sites, ("csv", *FORMATS)))
        week, kind = divmod(self.turn * 20 + number, len(kinds))
        year, of_year, _day = (MONDAY - timedelta(weeks=week)).isocalendar()
        site, file_format = kinds[kind]
        return [site, f"{year}-W{of_year:02d}", file_format]

    def do(self, token: Token) -> int:
        """See `Operation`; the delivery."""
        site, period, file_format = token
        with self.installation.app.app_context(), transaction() as session:
            partner = partner_by_code(session, "edf")
            made = deliver(
                Context(session, SYSTEM), partner_id=partner.id, site_id=site,
                period=parse_period(period), file_format=file_format,
            )  # fmt: skip
            return made.id

    def fate(self, connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`."""
        site, period, file_format = token
        found = rows(connection, "SELECT id, sha256 FROM delivery WHERE site_id = :site AND "
                     "period = :period AND format = :kind",
                     site=site, period=period, kind=file_format)  # fmt: skip
        if not found:
            return Fate.ABSENT
        (made,) = found
        kept = rows(connection, "SELECT id FROM stored_file WHERE sha256 = :digest",
                    digest=made["sha256"])  # fmt: skip
        return all_or_nothing({
            "file": (len(kept), 1),
            "trail": (events(connection, "delivery.made", made["id"]), 1),
            "told": (said in (None, made["id"]), 1),
        })  # fmt: skip


class Backup(Operation):
    """A backup of everything."""

    name = "backup"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        path = self.installation.folder / "backups" / f"{self.turn}-{number}.backup"
        path.parent.mkdir(exist_ok=True)
        return [str(path)]

    def do(self, token: Token) -> int:
        """See `Operation`; the size of the file."""
        return int(json.loads(command("backup", token[0], "--json"))["bytes"])

    def fate(self, _connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`: read to its end, where the whole is judged."""
        path = Path(token[0])
        if not path.exists():
            return Fate.ABSENT
        try:
            with path.open("rb") as file:
                backup = Reader(file, self.installation.key, path.name)
                backup.files()
                for _shape, some in backup.tables():
                    for _rows in some:
                        pass
        except DomainError as error:
            raise HalfWritten(str(error)) from None
        if said not in (None, path.stat().st_size):
            raise HalfWritten(f"{path.stat().st_size} bytes of {said}")
        path.unlink()
        return Fate.WHOLE


def unnamed_leftovers(folder: Path) -> list[str]:
    """Files in a folder that are neither whole nor known as drafts, which a job removes."""
    return [
        path.name
        for path in folder.iterdir()
        if path.name.startswith(".") and not path.name.endswith(DRAFTS)
    ]
