"""What the figures, the same in one statement, and a year's return take, on a filled database.

    python -m benchmarks.report_figures REPEATS PATIENCE_S [POSTGRES]

Processor time (`benchmarks.processor`), of this process and of the PostgreSQL of that number.
Started by `benchmarks.reports`; prints JSON.
"""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from benchmarks.processor import Processor
from benchmarks.year_figures import statement
from energymed.base.db import db
from energymed.base.periods import parse_period
from energymed.cases.models import Case
from energymed.cli.common import app_context
from energymed.reporting.codes import ExportFormat
from energymed.reporting.formats import WRITERS
from energymed.reporting.indicators import compute, compute_with_year_before
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope

PERIODS = ("2025", "2025-11", "2025-W47")
YEAR = parse_period(PERIODS[0])


def main() -> None:
    """Measure, and print."""
    processor = processor_of(sys.argv[1:])
    with app_context():
        session: Session = db.session()
        told = {
            "figures": _figures(session, processor),
            "one_statement": _one_statement(session, processor),
            "return_of_a_year": _return(session, processor),
        }
    print(json.dumps(told))  # noqa: T201


def processor_of(words: list[str]) -> Processor:
    """How to measure, of the words of the command line: REPEATS PATIENCE_S [POSTGRES]."""
    repeats, patience, *postgres = words
    return Processor(int(postgres[0]) if postgres else None, int(repeats), float(patience))


def largest(session: Session, *columns: Any) -> Any:
    """The values of these columns of `Case` that most cases have."""
    statement = select(*columns).group_by(*columns).order_by(func.count().desc()).limit(1)
    return session.execute(statement).one()


def _figures(session: Session, processor: Processor) -> dict[str, Any]:
    site_id = largest(session, Case.site_id)[0]
    partner_id, of_partner = largest(session, Case.partner_id, Case.site_id)
    asked: dict[str, dict[str, Any]] = {
        "network": {},
        "site": {"site_id": site_id},
        "partner and site": {"partner_id": partner_id, "site_id": of_partner},
    }
    ways: dict[str, Callable[[Session, Scope], Any]] = {
        "alone": compute,
        "with N-1": partial(compute_with_year_before, today=YEAR.end),
    }
    return {
        f"{name}, {code}, {way}": processor.measure(
            partial(_once, session, partial(work, session, Scope(parse_period(code), **bounds)))
        )
        for code in PERIODS
        for name, bounds in asked.items()
        for way, work in ways.items()
    }


def _once(session: Session, work: Callable[[], Any]) -> Any:
    """In a transaction of its own, that has read nothing yet."""
    found = work()
    session.rollback()
    session.expunge_all()
    return found


def _one_statement(session: Session, processor: Processor) -> dict[str, Any]:
    """The same figures by the benchmark's own statement, and in which they differ."""
    figures = compute(session, Scope(YEAR))
    ours = {code: one.value for code, one in figures.items() if one.terms is None}
    words = text(statement(YEAR).replace(":", r"\:"))
    (row,) = session.execute(words).mappings()
    values = {code: int(value or 0) for code, value in row.items()}
    work = partial(_once, session, lambda: session.execute(words).all())
    return {**processor.measure(work), "values": values, "differences": differences(ours, values)}


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """{figure: (ours, theirs)} where they are not the same."""
    codes = sorted({*ours, *theirs})
    return {
        code: (ours.get(code), theirs.get(code))
        for code in codes
        if ours.get(code) != theirs.get(code)
    }


def _return(session: Session, processor: Processor) -> dict[str, Any]:
    (partner_id,) = largest(session, Case.partner_id)
    scope, rows = Scope(YEAR, partner_id), 0

    def made(form: ExportFormat) -> None:
        nonlocal rows
        lines = return_lines(session, scope)
        rows = len(lines)
        WRITERS[form](lines, compute_with_year_before(session, scope, YEAR.end), scope)

    told = {
        str(form): processor.measure(partial(_once, session, partial(made, form)))
        for form in (ExportFormat.CSV, ExportFormat.XLSX)
    }
    lines = processor.measure(partial(_once, session, lambda: return_lines(session, scope)))
    return {**told, "lines alone": lines, "lines": rows}


if __name__ == "__main__":
    main()
