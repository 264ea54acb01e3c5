"""What is known since when: the journal of acts, of customers told, and when all was recorded.

States that are on file get a move for each day that their rows carry, as if it had been recorded
at the start of that day; what became of a record in between is not known. An act or a call that
took another's place was recorded when that one was crossed out. Of a case
that was closed and opened again, how it was closed is told by the trail as long as that is kept.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
PARIS = ZoneInfo("Europe/Paris")
PIECE = 5_000
CLOSURES = (
    "'settled','plan_running','aid_pending','referred','promise','informed_only','unreachable',"
    "'refused','opposed','wrong_data','deceased','moved','not_customer','disputed',"
    "'recalled_by_partner','duplicate','too_late','repeated','unjustified','followed_elsewhere',"
    "'lost_after_contact','self_solved','advised','intervention_avoided'"
)
STATES = {
    "plan": "'proposed','agreed','confirmed','kept','broken','completed','cancelled',"
    "'renegotiated'",
    "aid": "'identified','consent_given','documents_pending','complete','submitted',"
    "'granted_full','granted_partial','granted_loan','refused','adjourned','withdrawn','lapsed',"
    "'paid_to_supplier','never_paid'",
    "request": "'to_write','asked','granted','refused','no_answer','with_mediator','ended'",
    "word": "'kept','not_kept','dropped'",
    "intervention": "'avoided','not_avoided'",
}
# added in place: to write a table anew would delete what refers to its rows in SQLite
RECORDED = "recorded_at {instant} DEFAULT '2000-01-01 00:00:00' NOT NULL"
CLOSURE = (
    "closure VARCHAR(24) CONSTRAINT ck_case_move_closure"
    f" CHECK (closure IS NULL OR closure IN ({CLOSURES}))"
)
# {table: when each row was recorded, as far as one can tell}
KNOWN_AT = {
    "act": "coalesce((SELECT f.voided_at FROM act f WHERE f.id = act.corrects_id), created_at)",
    "contact": "coalesce((SELECT f.voided_at FROM contact f WHERE f.id = contact.corrects_id),"
    " ended_at, started_at)",
}
GRANTED = ("granted_full", "granted_partial", "granted_loan")
Move = dict[str, Any]


def upgrade() -> None:
    instant = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for table, known_at in KNOWN_AT.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN {RECORDED.format(instant=instant)}")
        op.execute(f"UPDATE {table} SET recorded_at = {known_at}")
    _tell_closures()
    moves = _make_moves()
    told = _make_told()
    _fill(moves, [*_plans(), *_aids(), *_requests(), *_words()])
    told_at = "told_at, told_in_time, told_at"
    op.execute(
        f"INSERT INTO {told.name} (case_id, told_at, in_time, recorded_at)"
        f" SELECT id, {told_at} FROM case_file WHERE told_at IS NOT NULL ORDER BY id"
    )


def downgrade() -> None:
    op.drop_table("cutoff_told")
    op.drop_table("act_move")
    op.drop_index("ix_case_move_closed", "case_move")
    op.execute("ALTER TABLE case_move DROP COLUMN closure")
    for table in KNOWN_AT:
        op.execute(f"ALTER TABLE {table} DROP COLUMN recorded_at")


def _tell_closures() -> None:
    """How each case was closed, by the trail; the last time also by the case itself."""
    op.execute(f"ALTER TABLE case_move ADD COLUMN {CLOSURE}")
    sqlite = op.get_bind().dialect.name == "sqlite"
    said = "json_extract(e.after, '$.closure')" if sqlite else "e.after ->> 'closure'"
    told = (
        f"SELECT {said} FROM audit_event e WHERE e.entity = 'case_file'"
        " AND e.entity_id = case_move.case_id AND e.action = 'case.closed'"
        f" AND e.at = case_move.at AND {said} IN ({CLOSURES}) ORDER BY e.id DESC LIMIT 1"
    )
    last = (
        "SELECT c.closure FROM case_file c"
        " WHERE c.id = case_move.case_id AND c.closed_at = case_move.at"
    )
    op.execute(
        f"UPDATE case_move SET closure = coalesce(({last}), ({told})) WHERE to_state = 'closed'"
    )
    closed = sa.text("to_state = 'closed'")
    op.create_index(
        "ix_case_move_closed", "case_move", ["at"], sqlite_where=closed, postgresql_where=closed
    )


def _make_moves() -> sa.Table:
    kinds = ",".join(f"'{kind}'" for kind in STATES)
    states = " OR ".join(f"(kind = '{kind}' AND state IN ({of}))" for kind, of in STATES.items())
    made = op.create_table(
        "act_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(24), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("cents", sa.BigInteger()),
        sa.Column("asked_on", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.CheckConstraint(f"kind IN ({kinds})", name=op.f("ck_act_move_kind")),
        sa.CheckConstraint(states, name=op.f("ck_act_move_state")),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_act_move_act_id_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act_move")),
    )
    op.create_index("ix_act_move_act_id_kind", "act_move", ["act_id", "kind"])
    op.create_index("ix_act_move_kind_state_on_date", "act_move", ["kind", "state", "on_date"])
    return made


def _make_told() -> sa.Table:
    made = op.create_table(
        "cutoff_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("told_at", INSTANT),
        sa.Column("in_time", sa.Boolean()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case_file.id"], name=op.f("fk_cutoff_told_case_id_case_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cutoff_told")),
    )
    op.create_index("ix_cutoff_told_case_id", "cutoff_told", ["case_id"])
    return made


def _fill(table: sa.Table, moves: list[Move]) -> None:
    for start in range(0, len(moves), PIECE):
        op.bulk_insert(table, moves[start : start + PIECE])


def _move(row: Any, kind: str, state: str, on: date | None, **values: Any) -> Move:
    """A move of an act's record, on a day that its row tells, else on that of the act."""
    day = on or row.acted_on
    recorded = datetime.combine(day, time(), PARIS).astimezone(UTC)
    empty = {"subject": "", "cents": None, "asked_on": None, "until": None}
    told = {"act_id": row.act_id, "kind": kind, "state": state, "on_date": day}
    return {**empty, **told, "recorded_at": recorded, **values}


def _table(name: str, columns: str, days: str = "", codes: str = "") -> sa.TableClause:
    typed: dict[str, Any] = {"details": sa.JSON, **dict.fromkeys(days.split(), sa.Date)}
    named = f"{columns} {days} {codes}".split()
    return sa.table(name, *(sa.column(each, typed.get(each)) for each in named))


ACT = _table("act", "id details kind", "acted_on kept_on", "kept")


def _of_acts(table: sa.TableClause, *besides: Any) -> Any:
    """The rows of a table of acts with the day of the act, in their order."""
    asked = sa.select(table, ACT.c.acted_on, ACT.c.details, *besides)
    asked = asked.join_from(table, ACT, ACT.c.id == table.c.act_id).order_by(table.c.id)
    return op.get_bind().execute(asked)


def _plans() -> Iterator[Move]:
    plan = _table("payment_plan", "id act_id state", "agreed_on confirmed_on ended_on")
    part = _table("instalment", "plan_id", "confirmed_on")
    paid_on = sa.select(sa.func.max(part.c.confirmed_on)).where(part.c.plan_id == plan.c.id)
    for row in _of_acts(plan, paid_on.scalar_subquery().label("paid_on")):
        first = "proposed" if row.state == "proposed" else "agreed"
        yield _move(row, "plan", first, row.agreed_on)
        last = first
        if row.confirmed_on:
            yield _move(row, "plan", last := "confirmed", row.confirmed_on)
        if row.state != last:
            paid_on = row.paid_on if row.state == "kept" else None
            known = row.ended_on or paid_on or row.confirmed_on or row.agreed_on
            yield _move(row, "plan", row.state, known)


def _aids() -> Iterator[Move]:
    aid = _table(
        "aid_request",
        "id act_id state amount_requested_cents amount_granted_cents loan_part_cents paid_cents",
        "opened_on submitted_on decision_on paid_on moved_on",
    )
    for row in _of_acts(aid):
        first = "identified" if row.state == "identified" else "consent_given"
        steps = [(first, row.opened_on, None)]
        if row.submitted_on:
            steps.append(("submitted", row.submitted_on, None))
        if row.decision_on:
            steps.append((decision := _decision(row), row.decision_on, _cents(row, decision)))
        if row.state != steps[-1][0]:
            on = row.paid_on if row.state == "paid_to_supplier" else row.moved_on
            steps.append((row.state, on, _cents(row, row.state)))
        for state, on, cents in steps:
            yield _move(row, "aid", state, on, cents=cents)


def _decision(row: Any) -> str:
    """What the fund decided, of a request that may have gone on since."""
    if row.state in (*GRANTED, "refused", "adjourned"):
        return str(row.state)
    granted, asked = row.amount_granted_cents, row.amount_requested_cents
    if granted is None:
        return "adjourned"
    if granted == row.loan_part_cents:
        return "granted_loan"
    return "granted_partial" if asked is not None and granted < asked else "granted_full"


def _cents(row: Any, state: str) -> int | None:
    if state in GRANTED:
        return row.amount_granted_cents  # type: ignore[no-any-return]
    return row.paid_cents if state == "paid_to_supplier" else None


def _requests() -> Iterator[Move]:
    request = _table(
        "partner_request", "id act_id kind subject state", "state_on asked_on until avoided_on"
    )
    for row in _of_acts(request):
        subject = {"subject": row.subject}
        for state, on, days in _asked(row):
            yield _move(row, "request", state, on, **subject, **days)
        if row.avoided_on:
            yield _move(row, "intervention", "avoided", row.avoided_on, **subject)


def _asked(row: Any) -> Iterator[tuple[str, date, dict[str, date | None]]]:
    """The states of a request to a partner that its row tells: the first one, and the last."""
    details, asked_on = row.details or {}, row.asked_on
    written_later = asked_on is None or asked_on > row.acted_on
    until = date.fromisoformat(details["until"]) if details.get("until") else row.until
    first = "asked"
    if row.kind == "dispute":
        if written_later:
            yield (first := "to_write"), row.acted_on, {}
        elif details.get("forwarded_to") == "mne":
            first = "with_mediator"
    if first != "to_write":
        yield first, row.acted_on, {"asked_on": asked_on, "until": until}
    elif asked_on is not None:
        yield (first := "asked"), asked_on, {"asked_on": asked_on}
    if row.state != first:
        yield row.state, row.state_on, {"asked_on": asked_on, "until": row.until}


def _words() -> Iterator[Move]:
    act = ACT
    asked = sa.select(act.c.id.label("act_id"), act.c.acted_on, act.c.kept, act.c.kept_on)
    for row in op.get_bind().execute(asked.where(act.c.kept.is_not(None)).order_by(act.c.id)):
        yield _move(row, "word", row.kept, row.kept_on)
