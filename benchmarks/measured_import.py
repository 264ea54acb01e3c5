"""One import in a process of its own; prints its seconds, its memory, and the cost of cleaning."""

import json
import sys
import time
from pathlib import Path

from energymed.accounts.service import site_by_code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.db.bulk import at_scale
from energymed.base.db.chunks import chunks
from energymed.cli.common import app_context
from energymed.intake.batches.imports import import_file
from energymed.intake.batches.uploads import Upload
from energymed.intake.checking.fast_path import fast_rows
from energymed.intake.checking.row_checks import PIECE
from energymed.intake.checking.row_fields import columns_of
from energymed.intake.mapping.headers import suggest
from energymed.intake.reading.reader import read
from energymed.partners.service import partner_by_code


def main(path: Path) -> None:
    """Import the file and print JSON."""
    with app_context():
        start = time.perf_counter()
        with transaction() as session:
            upload = Upload(
                partner_by_code(session, "edf"), site_by_code(session, "pdp"),
                path.read_bytes(), path.name, "unpaid_bill",
            )  # fmt: skip
            done = import_file(Context(session, SYSTEM), upload)
        seconds = time.perf_counter() - start
        memory = peak_mb()
        db.session.remove()
    answer = {"seconds": seconds, "memory_mb": memory, "cleaning_us": cleaning(path) / done.rows}
    print(json.dumps(answer))  # noqa: T201


def peak_mb() -> float:
    """The most memory that this process ever held; `getrusage` would count its parent's as well."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def cleaning(path: Path) -> float:
    """Microseconds to clean every line once it is read."""
    sheet = read(path, max_bytes=None, max_rows=None)
    columns = columns_of(sheet, suggest(sheet.headers, "unpaid_bill"))
    spent = 0.0
    with app_context(), at_scale(db.session()):  # as the import does
        for rows in chunks(sheet.rows, PIECE):
            start = time.perf_counter()
            fast_rows(rows, columns, "unpaid_bill", surname_first=None)
            spent += time.perf_counter() - start
    return spent * 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]))
