"""The figures of a period in one statement of SQL, written for the benchmark alone.

What DuckDB is given to do, and SQLite and PostgreSQL beside it. The only truth stays
`reporting.definitions`: `benchmarks.reports` tells every figure in which the two differ.
"""

from collections.abc import Iterable

from energymed.base.periods import Period
from energymed.calling.codes import ANSWERED, MET, REACHED, WRITTEN
from energymed.cases.codes import REPAID
from energymed.reporting.facts import DECIDED, GRANTED

STATEMENT = """
WITH cases AS (
    SELECT id, campaign_kind, opening_debt_cents AS opening, opened_batch_id, opened_at,
        told_in_time, told_at
    FROM {of}case_file WHERE partner_id NOT IN (SELECT id FROM {of}partner WHERE practice)
), contacts AS (
    SELECT c.id, c.case_id, c.person_id, c.channel, c.exchange_result, c.call_of_id, campaign_kind,
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
        COUNT(*) AS made,
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
), earlier AS (
    SELECT case_id FROM {of}contact WHERE started_at < {begins} AND voided_at IS NULL
        AND (result IS NULL OR result <> 'technical')
    UNION SELECT case_id FROM {of}act WHERE acted_on < {first} AND voided_at IS NULL
), paid AS (
    SELECT case_id, opening, case_id IN (SELECT id FROM handled) AS now,
        case_id IN (SELECT case_id FROM earlier) AS earlier,
        -SUM(CASE WHEN on_date < {first} THEN amount_cents ELSE 0 END) AS before,
        -SUM(CASE WHEN on_date <= {last} THEN amount_cents ELSE 0 END) AS by_end,
        -SUM(amount_cents) AS to_date
    FROM {of}ledger_entry JOIN cases ON cases.id = case_id
    WHERE kind IN ({repaid}) AND opening IS NOT NULL
    GROUP BY case_id, opening
), capped AS (
    SELECT now, now OR earlier AS ever, earlier,
        CASE WHEN before <= 0 THEN 0 WHEN before > opening THEN opening ELSE before END AS before,
        CASE WHEN by_end <= 0 THEN 0 WHEN by_end > opening THEN opening ELSE by_end END AS by_end,
        CASE WHEN to_date <= 0 THEN 0 WHEN to_date > opening THEN opening ELSE to_date END
            AS to_date
    FROM paid
), standing AS (
    SELECT id FROM {of}act WHERE voided_at IS NULL AND case_id IN (SELECT id FROM cases)
), moves AS (
    SELECT one.act_id, one.id, one.kind, one.state, one.on_date, one.cents FROM {of}act_move AS one
    WHERE act_id IN (SELECT id FROM standing)
), ends AS (
    SELECT one.state, one.on_date FROM moves AS one
    WHERE one.kind = 'plan' AND one.on_date BETWEEN {first} AND {last}
        AND one.state IN ('completed', 'broken') AND NOT EXISTS (
            SELECT 1 FROM {of}act_move AS later WHERE later.act_id = one.act_id
            AND later.kind = 'plan' AND later.id > one.id AND later.on_date <= one.on_date)
), grants AS (
    SELECT cents FROM moves WHERE state IN ({granted}) AND on_date BETWEEN {first} AND {last}
        AND id IN (SELECT MAX(id) FROM moves WHERE kind = 'aid' AND state IN ({decided})
            GROUP BY act_id)
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
    (SELECT COUNT(DISTINCT contacts.id) FROM contacts JOIN {of}act ON act.contact_id = contacts.id
        WHERE act.voided_at IS NULL) AS contacts_acted,
    (SELECT SUM(CASE WHEN ever THEN by_end ELSE 0 END) - SUM(CASE WHEN earlier THEN before ELSE 0
        END) FROM capped) AS payments_confirmed_cents,
    (SELECT SUM(by_end) FROM capped WHERE now) AS debt_cleared_cents,
    (SELECT SUM(to_date) FROM capped WHERE now) AS debt_cleared_to_date_cents,
    (SELECT COUNT(*) FROM cases WHERE campaign_kind = 'cutoff_notice' AND told_in_time
        AND told_at >= {begins} AND told_at < {ends}) AS cutoff_told_in_time,
    (SELECT COUNT(*) FROM {of}partner_request WHERE kind = 'hold'
        AND avoided_on BETWEEN {first} AND {last}
        AND act_id IN (SELECT id FROM standing)) AS interventions_avoided
FROM (
    SELECT SUM(calls) AS calls_out, SUM(out) AS contacts_out, SUM(mails) AS mails_letters,
        SUM(visits) AS visits, SUM(made) AS contacts_made
    FROM worked
) AS of_work, (
    SELECT COUNT(*) AS cases_handled, SUM(reached) AS cases_reached,
        SUM(opening) AS debt_total_cents,
        SUM(CASE WHEN campaign_kind = 'cutoff_notice' AND calls > 0 THEN 1 ELSE 0 END)
            AS cutoff_calls,
        SUM(CASE WHEN campaign_kind = 'appointment' THEN 1 ELSE 0 END) AS appointment_calls
    FROM handled
) AS of_cases, (
    SELECT
        (SELECT COUNT(*) FROM {of}payment_plan WHERE agreed_on BETWEEN {first} AND {last}
            AND act_id IN (SELECT id FROM standing)) AS plans_negotiated,
        (SELECT COUNT(*) FROM (SELECT MIN(id) AS id FROM moves WHERE kind = 'plan'
            AND state = 'confirmed' GROUP BY act_id) AS firsts JOIN moves ON moves.id = firsts.id
            WHERE on_date BETWEEN {first} AND {last}) AS plans_confirmed,
        (SELECT COUNT(*) FROM ends WHERE state = 'completed') AS plans_kept,
        (SELECT COUNT(*) FROM ends WHERE state = 'broken') AS plans_broken
) AS of_plans, (
    SELECT
        (SELECT COUNT(*) FROM {of}aid_request WHERE opened_on BETWEEN {first} AND {last}
            AND act_id IN (SELECT id FROM standing)) AS aids_created,
        (SELECT COUNT(*) FROM grants) AS aids_granted,
        (SELECT COALESCE(SUM(cents), 0) FROM grants) AS aids_granted_cents
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
        decided=_in(DECIDED),
    )


def _in(codes: Iterable[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)
