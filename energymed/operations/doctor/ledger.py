"""Whether each balance is the sum of its movements."""

from sqlalchemy import Connection, func, select

from energymed.base.i18n import N_
from energymed.cases.ledger import out_of_balance
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import SOME, Finding, good, wrong


def ledger_findings(connection: Connection) -> list[Finding]:
    """Cases whose balance says something else than their ledger."""
    cases = connection.scalars(out_of_balance().limit(SOME)).all()
    if not cases:
        return [good(Check.LEDGER, N_("Chaque solde est la somme de ses mouvements."))]
    return [
        wrong(
            Check.LEDGER,
            N_(
                "Dossiers dont le solde n'est pas la somme des mouvements : %(count)s "
                "(numéros %(cases)s…)."
            ),
            N_("Comparez avec « energymed ledger » et le fichier du partenaire ; signalez-le."),
            count=connection.scalar(select(func.count()).select_from(out_of_balance().subquery())),
            cases=", ".join(map(str, cases)),
        )
    ]
