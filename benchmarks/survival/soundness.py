"""Whether all that is in a database goes together: what the doctor examines, and the traces."""

from sqlalchemy import Connection

from benchmarks.survival.installation import rows
from energymed.base.clock import now
from energymed.operations.doctor.cases import case_findings
from energymed.operations.doctor.codes import Health
from energymed.operations.doctor.constraints import constraint_findings
from energymed.operations.doctor.files import file_findings
from energymed.operations.doctor.integrity import integrity_findings
from energymed.operations.doctor.ledger import ledger_findings

# {what is wrong: who finds it}; each gives no row when all is well
_QUESTIONS = {
    "a case does not stand where its last move led": """
        SELECT c.id FROM case_file c JOIN case_move m ON m.case_id = c.id
        WHERE m.id = (SELECT max(id) FROM case_move WHERE case_id = c.id)
        AND m.to_state != c.state AND c.state != 'in_call'""",  # the next call has no move
    "a call has no trace": """
        SELECT c.id FROM contact c WHERE c.request_key IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM audit_event e
            WHERE e.entity_id = c.id AND e.action = 'contact.recorded')""",
    "a call has no move": """
        SELECT c.id FROM contact c WHERE c.request_key IS NOT NULL AND c.channel = 'call_out'
        AND NOT EXISTS (SELECT 1 FROM case_move m WHERE m.contact_id = c.id)""",
    "a file does not have as many lines as it says": """
        SELECT b.id FROM batch b WHERE b.state IN ('committed', 'undone') AND b.rows != (
            SELECT count(*) FROM batch_row r WHERE r.batch_id = b.id)""",
    "a case of a file that was taken back is there": """
        SELECT c.id FROM case_file c JOIN batch b ON b.id = c.opened_batch_id
        WHERE b.state = 'undone'""",
    "a return has no file": """
        SELECT d.id FROM delivery d WHERE NOT EXISTS (
            SELECT 1 FROM stored_file f WHERE f.sha256 = d.sha256)""",
    "a plan has no instalments": """
        SELECT p.id FROM payment_plan p WHERE NOT EXISTS (
            SELECT 1 FROM instalment i WHERE i.plan_id = p.id)""",
}


def wrong_with(connection: Connection) -> list[str]:
    """Everything that is wrong with a database, in a few words each; nothing, if all is well."""
    examined = [
        *integrity_findings(connection),
        *ledger_findings(connection),
        *constraint_findings(connection),
        *file_findings(connection, now()),
        *case_findings(connection, demo=True),
    ]
    found = [str(finding) for finding in examined if finding.health == Health.WRONG]
    for wrong, question in _QUESTIONS.items():
        if some := rows(connection, f"{question} LIMIT 3"):
            found.append(f"{wrong}: {[row['id'] for row in some]}")
    return found
