"""Two weekly files by the lead's pages: the second names one case of four."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.cases.models import Case
from energymed.partners.models import Partner
from tests.web.lead.conftest import LeadDesk

OWED = {1: "1,00", 2: "50,00", 3: "200,00", 4: "3,00"}


def weekly(prefix: str, numbers: tuple[int, ...], names: dict[int, str] | None = None) -> bytes:
    """A weekly file that names these references; `names` gives another reference."""
    lines = [
        f"{(names or {}).get(at, f'{prefix}{at}')};DURAND;Léa;{OWED[at]}\r\n" for at in numbers
    ]
    return ("Référence;Nom;Prénom;Montant dû\r\n" + "".join(lines)).encode()


def weeks(
    desk: LeadDesk,
    *,
    partner: Partner | None = None,
    prefix: str = "R",
    names: dict[int, str] | None = None,
) -> tuple[str, str]:
    """Import both files; their addresses. Cases 2, 3 and 4 are missing from the second."""
    given = {"partner_id": (partner or desk.partner).id}
    addresses = []
    for name, numbers in (("s46.csv", (1, 2, 3, 4)), ("s47.csv", (1,))):
        answer = desk.send(weekly(prefix, numbers, names), name, **given)
        addresses.append(answer.headers["Location"])
        assert desk.client.post(f"{addresses[-1]}/import").status_code == 303
    return addresses[0], addresses[1]


def case_of(session: Session, reference: str) -> Case:
    """The case of this reference."""
    return session.scalars(select(Case).where(Case.reference == reference)).one()


def cases_of(desk: LeadDesk, *references: str) -> list[int]:
    """Ids of the cases of these references."""
    found = select(Case.id).where(Case.reference.in_(references)).order_by(Case.id)
    return list(desk.session.scalars(found))
