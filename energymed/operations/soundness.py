"""Whether a database is whole: what SQLite says of its file, what refers to what, and the sums."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from energymed.base.i18n import N_
from energymed.cases.ledger import out_of_balance

_SOME = 5  # named in a sentence


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be; a msgid with its values."""

    sentence: str
    params: dict[str, object]

    def __str__(self) -> str:
        """The French sentence."""
        return self.sentence % self.params


def faults_of(connection: Connection) -> list[Fault]:
    """What is wrong with a database of the present schema; nothing, if all is well.

    PostgreSQL looks after its references itself, and its file is its own affair.
    """
    found = _file_faults(connection) if connection.dialect.name == "sqlite" else []
    if found:
        return found
    cases = connection.scalars(out_of_balance().limit(_SOME)).all()
    if cases:
        count = connection.scalar(select(func.count()).select_from(out_of_balance().subquery()))
        found.append(
            Fault(
                N_(
                    "Dossiers dont le solde n'est pas la somme des mouvements : %(count)s "
                    "(numéros %(cases)s…)."
                ),
                {"count": count, "cases": ", ".join(map(str, cases))},
            )
        )
    return found


def _file_faults(connection: Connection) -> list[Fault]:
    said = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
    if said != "ok":
        return [Fault(N_("Le fichier de la base est abîmé."), {})]
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is None:
        return []
    return [
        Fault(
            N_("Une ligne de la table %(table)s renvoie à une ligne de %(parent)s qui n'est plus."),
            {"table": broken[0], "parent": broken[2]},
        )
    ]
