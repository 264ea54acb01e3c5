"""Five years of one association, made of the demo's: for what is measured on much that is stored.

    python -m benchmarks.years CASES SEED

Run by `benchmarks.reports` on an empty database. The product's own demo writes two years of four
missions about unpaid bills and of three of a network, a fifth of their size; copies move them back
in time (`benchmarks.clones`), by the same team, until there are so many CASES. Then what years at
work have and the demo has not: more calls, payments by instalments with some that were taken back,
the moves and events that they leave, and some cases of the last weeks that are still open. SEED
keeps the lines of the demo apart from those of another run. Prints {table: rows}.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import create_engine, make_url

from benchmarks.clones import TEAM, multiply
from energymed.base.db import db, measure_tables, transaction
from energymed.cli.common import app_context, password_hash
from energymed.demo.missions import MISSIONS, Mission
from energymed.demo.network import NetworkTotals
from energymed.demo.service import ensure_demo
from energymed.schema import prepare_database

CALLS, PAYMENTS = 4.0, 0.6  # of each case: a million of one, 150 000 of the other for 250 000
SMALLER = 5  # a network's missions are of one call each, and would outweigh all others
WEEKS_OF_FILES = 49  # of a year
PARTS = 1_000
ROUNDS = 12  # more than enough of what is added until there is so much
PAYERS = (
    "opening_debt_cents IS NOT NULL AND closure IN "
    "('settled', 'plan_running', 'promise', 'aid_pending', 'informed_only')"
)
COUNTED = (
    "case_file", "contact", "ledger_entry", "act", "payment_plan", "aid_request", "referral",
    "cheque_awareness", "partner_request", "case_move", "audit_event", "batch", "batch_row",
    "person", "follow_up",
)  # fmt: skip

# {later}: an instant some days after that of the row; {day}: the civil day of one
CALL = """
INSERT INTO contact (case_id, person_id, user_id, phone_id, channel, result, details, started_at,
    ended_at, voided_at)
SELECT case_id, person_id, user_id, phone_id, 'call_out',
    CASE id % 9 WHEN 0 THEN 'busy' WHEN 1 THEN 'voicemail_left' WHEN 2 THEN 'technical'
        WHEN 3 THEN 'callback_set' WHEN 4 THEN 'third_party' ELSE 'no_answer' END,
    '{{}}', {later}, {later}, CASE WHEN id % 97 = 0 THEN {later} END
FROM contact WHERE id <= {last} AND channel IN ('call_out', 'visit') AND id % {parts} < {share}
"""
PAYMENT = """
INSERT INTO ledger_entry (case_id, kind, amount_cents, on_date, recorded_at, source, payment_key,
    batch_id)
SELECT id, 'payment', -(opening_debt_cents / 14 + 1), {day}, {later}, 'paiements.csv',
    reference || '-{number}', last_batch_id
FROM case_file WHERE {payers} AND id % {parts} < {share}
"""
REVERSAL = """
INSERT INTO ledger_entry (case_id, kind, amount_cents, on_date, recorded_at, source, payment_key,
    reverses_id)
SELECT case_id, 'reversal', -amount_cents, {day}, {later}, 'paiements.csv',
    payment_key || '-r', id
FROM ledger_entry WHERE kind = 'payment' AND id % 97 = 0
"""
LEFT_BY_CALLS = (
    """INSERT INTO case_move (case_id, at, actor_id, from_state, to_state, contact_id)
    SELECT case_id, started_at, user_id, 'in_call', 'waiting', id FROM contact""",
    """INSERT INTO audit_event (at, actor_id, actor_role, action, entity, entity_id, before, after)
    SELECT started_at, user_id, 'mediator', 'contact.recorded', 'contact', id,
        '{"state": "queued"}', '{"state": "waiting"}' FROM contact""",
)
SETTLED = (  # by the indexes
    """UPDATE case_file SET debt_cents = (
        SELECT SUM(amount_cents) FROM ledger_entry WHERE case_id = case_file.id)
    WHERE opening_debt_cents IS NOT NULL""",
    """UPDATE case_file SET state = 'waiting', waiting_reason = 'retry', closure = NULL,
        closed_at = NULL, next_action_at = '2026-11-24 09:00:00.000000'
    WHERE state = 'closed' AND opened_at > '2026-10-12' AND id % 2 = 0 AND NOT EXISTS (
        SELECT 1 FROM case_file AS same WHERE same.partner_id = case_file.partner_id
            AND same.reference = case_file.reference AND same.id <> case_file.id)""",
    """UPDATE case_file SET state = 'queued', queue_reason = 'retry', waiting_reason = NULL,
        next_action_at = NULL
    WHERE state = 'waiting' AND opened_at > '2026-10-12' AND id % 8 = 0""",
)


def main() -> None:
    """Fill, and print how much there is."""
    cases = int(sys.argv[1])
    with app_context(upgrades=True) as app:
        prepare_database()
        ensure_demo(password_hash, progress=_say, missions=missions(cases))
        url = str(app.config["SQLALCHEMY_DATABASE_URI"])
        db.session.remove()
        db.engine.dispose()
        with _connected(url) as connection:
            rows = _grow(connection, cases)
        with transaction() as session:
            measure_tables(session)
    print(json.dumps(rows))  # noqa: T201


def missions(cases: int) -> list[Mission]:
    """Those of the demo, the network's smaller; all of them small for a trial with few cases."""
    unpaid = [one for one in MISSIONS if not isinstance(one.year, NetworkTotals)]
    chosen = unpaid[-1:] if cases < PARTS else unpaid
    network = [
        replace(one, year=_smaller(one.year))
        for one in MISSIONS
        if isinstance(one.year, NetworkTotals)
    ]
    return chosen if cases < PARTS else [*chosen, *network]


def _smaller(year: NetworkTotals) -> NetworkTotals:
    """A part of it, still a file every week."""
    a_week = year.cases_a_week // SMALLER
    return replace(year, cases=WEEKS_OF_FILES * a_week, cases_a_week=a_week)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    """The plain driver's connection to where the settings lead."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "", isolation_level=None)) as file:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("PRAGMA synchronous=OFF")
            file.execute("PRAGMA cache_size=-400000")
            yield file
        return
    pooled = create_engine(url).raw_connection()  # it reads the hosts of the address
    connection: Any = pooled.driver_connection
    with closing(connection):
        connection.autocommit = True
        yield connection


def _grow(connection: Any, cases: int) -> dict[str, int]:
    sqlite = isinstance(connection, sqlite3.Connection)
    indexes = _without_indexes(connection) if sqlite else []
    first = _count(connection, "case_file")
    _in_one(connection, lambda: multiply(connection, range(1, round(cases / first)), TEAM))
    _in_one(connection, lambda: _live(connection, sqlite=sqlite))
    for made in indexes:
        connection.execute(made)
    for statement in SETTLED:
        connection.execute(statement)
    connection.execute("VACUUM" if sqlite else "VACUUM ANALYZE")
    return {table: _count(connection, table) for table in COUNTED}


def _in_one(connection: Any, work: Any) -> None:
    connection.execute("BEGIN")
    work()
    connection.execute("COMMIT")


def _without_indexes(connection: Any) -> list[str]:
    """Drop the indexes that only make reading fast; gives the words that make them again."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'"
    ).fetchall()
    for name, _made in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [made for _name, made in found]


def _live(connection: Any, *, sqlite: bool) -> None:
    """Add what the demo's past has not."""
    cases = _count(connection, "case_file")
    (last,) = connection.execute("SELECT MAX(id) FROM contact").fetchone()
    called = _count(connection, "contact", f"id <= {last} AND channel IN ('call_out', 'visit')")
    for number in range(1, ROUNDS):
        share = _share(CALLS * cases - _count(connection, "contact"), called)
        later = _later("started_at", 2 * number, sqlite=sqlite)
        connection.execute(CALL.format(later=later, last=last, parts=PARTS, share=share))
    payers = _count(connection, "case_file", PAYERS)
    for number in range(1, ROUNDS):
        paid = _count(connection, "ledger_entry", "kind = 'payment'")
        later = _later("opened_at", 30 * number, sqlite=sqlite)
        words = {"later": later, "day": _day(later, sqlite=sqlite), "number": number}
        share = _share(PAYMENTS * cases - paid, payers)
        connection.execute(PAYMENT.format(**words, payers=PAYERS, parts=PARTS, share=share))
    later = _later("recorded_at", 9, sqlite=sqlite)
    connection.execute(REVERSAL.format(later=later, day=_day(later, sqlite=sqlite)))
    for statement in LEFT_BY_CALLS:
        connection.execute(statement)


def _share(missing: float, among: int) -> int:
    """How many of `PARTS` rows to take, so that what is missing comes of so many."""
    return min(PARTS, round(PARTS * missing / among)) if among and missing > 0 else 0


def _later(column: str, days: int, *, sqlite: bool) -> str:
    if sqlite:
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+{days} days')"
    return f"({column} + interval '{days} days')"


def _day(instant: str, *, sqlite: bool) -> str:
    return f"date({instant})" if sqlite else f"({instant})::date"


def _count(connection: Any, table: str, where: str = "1 = 1") -> int:
    found = connection.execute(f"SELECT COUNT(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
    return int(found[0])


if __name__ == "__main__":
    main()
