"""The figures of a period in one statement of SQL, written for the benchmark alone.

What DuckDB is given to do, and SQLite and PostgreSQL beside it. The only truth stays
`reporting.definitions`: `benchmarks.reports` tells every figure in which the two differ.
"""

from collections.abc import Iterable

from energymed.base.periods import Period
from energymed.calling.codes import ANSWERED, MET, REACHED, WRITTEN
from energymed.cases.codes import REPAID
from energymed.reporting.definitions import GRANTED

STATEMENT = """
WITH cases AS (
    SELECT id, campaign_kind, opening_debt_cents AS opening, opened_batch_id, opened_at,
        told_in_time, told_at
    FROM {of}case_file WHERE partner_id NOT IN (SELECT id FROM {of}partner WHERE practice)
), contacts AS (
    SELECT c.case_id, c.person_id, c.channel, c.exchange_result, c.call_of_id, campaign_kind,
        c.channel IN ('call_out', 'visit')
            OR (c.channel IN ({written}) AND c.exchange_result = 'sent') AS goes_out,
        COALESCE(c.result IN ({reached}), FALSE) OR COALESCE(c.exchange_result IN ({met}), FALSE)
            AS reached
    FROM {of}contact AS c JOIN cases ON cases.id = c.case_id
    WHERE c.started_at >= {begins} AND c.started_at < {ends} AND c.voided_at IS NULL
        AND (c.result IS NULL OR c.result <> 'technical')
), worked AS (
    SELECT case_id, SUM(CASE WHEN channel = 'call_out' AND call_of_id IS NULL THEN 1 ELSE 0 END)
        AS calls,
        SUM(CASE WHEN goes_out AND call_of_id IS NULL THEN 1 ELSE 0 END) AS out,
        SUM(CASE WHEN goes_out AND call_of_id IS NULL AND channel IN ('email', 'letter')
            THEN 1 ELSE 0 END) AS mails,
        SUM(CASE WHEN channel = 'visit' AND call_of_id IS NULL THEN 1 ELSE 0 END) AS visits,
        MAX(CASE WHEN reached THEN 1 ELSE 0 END) AS reached
    FROM contacts GROUP BY case_id
), acted AS (
    SELECT DISTINCT case_id FROM {of}act
    WHERE voided_at IS NULL AND acted_on BETWEEN {first} AND {last}
), handled AS (
    SELECT cases.id, campaign_kind, opening, COALESCE(worked.calls, 0) AS calls,
        COALESCE(worked.reached, 0) AS reached
    FROM cases LEFT JOIN worked ON worked.case_id = cases.id
        LEFT JOIN acted ON acted.case_id = cases.id
    WHERE worked.case_id IS NOT NULL OR acted.case_id IS NOT NULL
), paid AS (
    SELECT case_id, -SUM(amount_cents) AS cents FROM {of}ledger_entry
    WHERE kind IN ({repaid}) AND on_date BETWEEN {first} AND {last} GROUP BY case_id
), standing AS (
    SELECT id FROM {of}act WHERE voided_at IS NULL AND case_id IN (SELECT id FROM cases)
)
SELECT
    (SELECT COUNT(*) FROM {of}batch WHERE state = 'committed' AND committed_at >= {begins}
        AND committed_at < {ends}
        AND partner_id NOT IN (SELECT id FROM {of}partner WHERE practice)) AS files_imported,
    (SELECT COUNT(*) FROM cases WHERE opened_batch_id IS NOT NULL AND opened_at >= {begins}
        AND opened_at < {ends}) AS cases_received,
    (SELECT COUNT(DISTINCT person_id) FROM contacts WHERE goes_out) AS people_contacted,
    of_work.*, of_cases.*, of_plans.*, of_aids.*,
    (SELECT COUNT(*) FROM {of}referral WHERE referred_on BETWEEN {first} AND {last}
        AND act_id IN (SELECT id FROM standing)) AS referrals,
    (SELECT COUNT(*) FROM {of}cheque_awareness WHERE given_on BETWEEN {first} AND {last}
        AND act_id IN (SELECT id FROM standing)) AS cheque_awareness,
    (SELECT SUM(CASE WHEN cents > opening THEN opening ELSE cents END)
        FROM paid JOIN handled ON handled.id = paid.case_id
        WHERE opening IS NOT NULL) AS debt_cleared_cents,
    (SELECT COUNT(*) FROM cases WHERE campaign_kind = 'cutoff_notice' AND told_in_time
        AND told_at >= {begins} AND told_at < {ends}) AS cutoff_told_in_time,
    (SELECT COUNT(*) FROM {of}partner_request WHERE kind = 'hold'
        AND avoided_on BETWEEN {first} AND {last}
        AND act_id IN (SELECT id FROM standing)) AS interventions_avoided
FROM (
    SELECT SUM(calls) AS calls_out, SUM(out) AS contacts_out, SUM(mails) AS mails_letters,
        SUM(visits) AS visits
    FROM worked
) AS of_work, (
    SELECT COUNT(*) AS cases_handled, SUM(reached) AS cases_reached,
        SUM(opening) AS debt_total_cents,
        SUM(CASE WHEN campaign_kind = 'cutoff_notice' AND calls > 0 THEN 1 ELSE 0 END)
            AS cutoff_calls,
        SUM(CASE WHEN campaign_kind = 'appointment' THEN 1 ELSE 0 END) AS appointment_calls
    FROM handled
) AS of_cases, (
    SELECT SUM(CASE WHEN agreed_on BETWEEN {first} AND {last} THEN 1 ELSE 0 END)
            AS plans_negotiated,
        SUM(CASE WHEN confirmed_on BETWEEN {first} AND {last} THEN 1 ELSE 0 END)
            AS plans_confirmed,
        SUM(CASE WHEN state IN ('kept', 'completed') AND ended_on BETWEEN {first} AND {last}
            THEN 1 ELSE 0 END) AS plans_kept,
        SUM(CASE WHEN state = 'broken' AND ended_on BETWEEN {first} AND {last}
            THEN 1 ELSE 0 END) AS plans_broken
    FROM {of}payment_plan WHERE act_id IN (SELECT id FROM standing)
) AS of_plans, (
    SELECT SUM(CASE WHEN opened_on BETWEEN {first} AND {last} THEN 1 ELSE 0 END) AS aids_created,
        SUM(CASE WHEN granted THEN 1 ELSE 0 END) AS aids_granted,
        SUM(CASE WHEN granted THEN amount ELSE 0 END) AS aids_granted_cents
    FROM (
        SELECT opened_on, COALESCE(amount_granted_cents, 0) AS amount,
            state IN ({granted}) AND decision_on BETWEEN {first} AND {last} AS granted
        FROM {of}aid_request WHERE act_id IN (SELECT id FROM standing)
    ) AS aids
) AS of_aids
"""


def statement(period: Period, of: str = "") -> str:
    """The one statement for a period of the whole network.

    Args:
        of: what stands before the name of a table, as "kept." for an attached database.
    """
    begins, ends = (at.strftime("'%Y-%m-%d %H:%M:%S.%f'") for at in period.bounds)
    return STATEMENT.format(
        of=of,
        begins=begins,
        ends=ends,
        first=f"'{period.start}'",
        last=f"'{period.end}'",
        written=_in(WRITTEN),
        reached=_in(REACHED),
        met=_in((*MET, *ANSWERED)),
        repaid=_in(REPAID),
        granted=_in(GRANTED),
    )


def _in(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
