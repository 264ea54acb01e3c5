"""What an index costs an import: a file of new cases before and after it is added.

    python -m benchmarks.import_cost ROWS REPEATS PATIENCE_S POSTGRES|0 INDEX

Started by `benchmarks.reports` with --index. Every import is rolled back, so that each finds the
same database. INDEX is a whole CREATE INDEX, or several between semicolons, or DROP INDEX of one
that is there. Prints JSON: processor time of both, and their ratio.
"""

import json
import statistics
import sys

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.files import weekly_file
from benchmarks.processor import Processor
from energymed.accounts.service import site_by_code
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cli.common import app_context
from energymed.intake.batches.imports import import_file
from energymed.intake.batches.uploads import Upload
from energymed.partners.service import partner_by_code

FIRST = 5_000_000  # number of a customer whom nobody knows


class TakeBack(Exception):
    """Ends a transaction without keeping it."""


def main() -> None:
    """Measure in pairs, after one import that warms the caches, and print."""
    rows, repeats, patience, postgres = map(int, sys.argv[1:5])
    once = Processor(postgres or None, 1, float(patience))
    content = weekly_file(range(FIRST, FIRST + rows))
    with app_context():
        _import(once, content, None)
        pairs = [
            (_import(once, content, None), _import(once, content, sys.argv[5]))
            for _each in range(repeats)
        ]
    before, after = (round(statistics.median(side), 1) for side in zip(*pairs, strict=True))
    told = {"rows": rows, "of": repeats, "without_ms": before, "with_ms": after}
    print(json.dumps({**told, "ratio": round(after / before, 3)}))  # noqa: T201


def _import(once: Processor, content: bytes, index: str | None) -> float:
    """Milliseconds of one import, with the index made before it, and all of it taken back."""
    took = 0.0
    try:
        with transaction() as session:
            for words in (index or "").split(";"):
                if words.strip():
                    session.execute(text(words))
            upload = Upload(
                partner_by_code(session, "edf"), site_by_code(session, "pdp"), content,
                "semaine.csv", "unpaid_bill",
            )  # fmt: skip
            took = once.measure(lambda: _bring(session, upload))["ms"]
            raise TakeBack
    except TakeBack:
        return took


def _bring(session: Session, upload: Upload) -> None:
    import_file(Context(session, SYSTEM), upload)
    session.flush()


if __name__ == "__main__":
    main()
