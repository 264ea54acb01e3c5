"""Files by the command line: a weekly file, its undo, a file of payments."""

import json
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from benchmarks.files import weekly_file
from benchmarks.survival.children import answer
from benchmarks.survival.installation import Installation, command, one, rows
from benchmarks.survival.operations import (
    Fate,
    HalfWritten,
    Operation,
    Token,
    all_or_nothing,
    events,
)

KNOWN = 200  # cases that every file names
NEW = 20  # cases that one file alone names
PAID = 100
MOST_TURNS = 50  # of one process
COUNTS = ("created", "updated", "unchanged", "recorded", "rejected", "held", "duplicates")


def first_import(installation: Installation) -> None:
    """The file of the known cases, before anything else; done once."""
    path = installation.folder / "first.csv"
    if not path.exists():
        path.write_bytes(weekly_file(range(1, KNOWN + 1)))
        answer(lambda _tell: take_in(path))


def take_in(path: Path) -> int:
    """Import a weekly file; its batch."""
    place = ("--partner", "edf", "--site", "pdp", "--json")
    return int(json.loads(command("import", str(path), *place))["batch"])


class _WithFiles(Operation):
    first_serial = 0  # of an operation whose files are like nobody else's

    def serial(self, number: int) -> int:
        """Another one each time."""
        return self.first_serial + self.turn * MOST_TURNS + number

    def weekly(self, number: int) -> tuple[Path, str]:
        """A file like no other: the known cases of this week or of the one before, and new ones."""
        serial = self.serial(number)
        first = 10_000 + serial * NEW
        known = weekly_file(range(1, KNOWN + 1), week=serial % 2)
        new = weekly_file(range(first, first + NEW)).partition(b"\r\n")[2]
        path = self.installation.folder / f"week-{self.turn % 3}.csv"
        path.write_bytes(known + new)
        return path, sha256(known + new).hexdigest()


class Import(_WithFiles):
    """A weekly file."""

    name = "import"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        path, digest = self.weekly(number)
        return [str(path), digest]

    def do(self, token: Token) -> int:
        """See `Operation`; the batch."""
        return take_in(Path(token[0]))

    def fate(self, connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`."""
        return fate_of_file(connection, token[1], KNOWN + NEW, created=NEW)


class Payments(_WithFiles):
    """A file of payments."""

    name = "payments"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        serial = self.serial(number)
        lines = [
            "Référence dossier;Date règlement;Montant réglé;Mode de paiement;Référence règlement"
        ]
        lines += [f"EDF{n:09d};20/11/2026;0,10;CB;REG{serial}-{n}" for n in range(1, PAID + 1)]
        path = self.installation.folder / f"payments-{self.turn % 3}.csv"
        content = "".join(f"{line}\r\n" for line in lines).encode()
        path.write_bytes(content)
        return [str(path), sha256(content).hexdigest()]

    def do(self, token: Token) -> int:
        """See `Operation`; the batch."""
        return take_in(Path(token[0]))

    def fate(self, connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`."""
        found = fate_of_file(connection, token[1], PAID, created=0)
        booked = "SELECT count(*) FROM ledger_entry e JOIN batch b ON b.id = e.batch_id "
        booked += "WHERE b.sha256 = :digest AND e.kind = 'payment'"
        there = int(one(connection, booked, digest=token[1]))
        return all_or_nothing({"file": (found == Fate.WHOLE, 1), "entries": (there, PAID)})


class Undo(_WithFiles):
    """A weekly file, just imported, is taken back."""

    name = "undo"
    first_serial = 20_000

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        path, digest = self.weekly(number)
        return [take_in(path), digest]

    def do(self, token: Token) -> str:
        """See `Operation`; the state of the batch."""
        return str(json.loads(command("undo-import", str(token[0]), "--json"))["state"])

    def fate(self, connection: Connection, token: Token, said: str | None) -> Fate:
        """See `Operation`."""
        batch = token[0]
        made = "SELECT count(*) FROM case_file WHERE opened_batch_id = :batch"
        state = one(connection, "SELECT state FROM batch WHERE id = :batch", batch=batch)
        gone = NEW - int(one(connection, made, batch=batch))
        left = "SELECT coalesce(sum(e.amount_cents), 0) FROM ledger_entry e LEFT JOIN ledger_entry "
        left += "r ON r.reverses_id = e.id WHERE e.batch_id = :batch AND e.reverses_id IS NULL "
        left += "AND r.id IS NULL AND e.kind != 'opening'"
        booked = one(connection, left, batch=batch)
        found = all_or_nothing({
            "state": (state == "undone", 1),
            "cases": (gone, NEW),
            "trail": (events(connection, "batch.undone", batch), 1),
        })  # fmt: skip
        if found == Fate.WHOLE and booked:
            raise HalfWritten(f"{booked} cents of batch {batch} were not taken back")
        return found


def fate_of_file(connection: Connection, digest: str, lines: int, *, created: int) -> Fate:
    """What is there of an imported file; all of it is one batch with its lines and its cases."""
    batches = rows(connection, "SELECT * FROM batch WHERE sha256 = :digest", digest=digest)
    if not batches:
        return Fate.ABSENT
    (batch,) = batches
    noted = rows(connection, "SELECT outcome, count(*) AS n FROM batch_row WHERE batch_id = :batch "
                 "GROUP BY outcome", batch=batch["id"])  # fmt: skip
    outcomes = {str(row["outcome"]): row["n"] for row in noted}
    made = "SELECT count(*) FROM case_file WHERE opened_batch_id = :batch"
    checks = {
        "state": (batch["state"] == "committed", 1),
        "rows": (sum(outcomes.values()), lines),
        "counted": (sum(batch[name] for name in COUNTS), lines),
        "created": (batch["created"], created),
        "trail": (events(connection, "batch.committed", batch["id"]), 1),
        "file": (one(connection, "SELECT count(*) FROM stored_file WHERE sha256 = :digest",
                     digest=digest), 1),
    }  # fmt: skip
    if created:
        checks["cases"] = (one(connection, made, batch=batch["id"]), created)
    return all_or_nothing(checks)
