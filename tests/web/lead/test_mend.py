"""Lines mended on screen: checked at once, imported as mended, the file left as it came."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.cases.models import Case, Person
from energymed.intake.models import Batch
from tests.factories import make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR, LeadDesk

FILE = (
    "Référence;Nom;Téléphone;Montant dû;IBAN\r\n"
    "R1;DURAND Zoé;06 39 98 00 01;abc;FR7630006000011234567890189\r\n"
    "R2;MARTIN Ali;nc;80,00;\r\n"
).encode()


def cells(desk: LeadDesk, address: str) -> dict[str, str]:
    """{label: control's name} of the line's form."""
    form = soup(desk.client.get(address))
    return {
        label.get_text(" ").split(" ")[0]: str(label["for"])
        for label in form.select(".mend-cells label")
    }


def test_a_rejected_line_is_mended_and_imported(desk: LeadDesk, session: Session) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    line = f"{file}/lines/2"
    assert "abc" in text_of(desk.client.get(line))
    names = cells(desk, line)
    still_wrong = desk.client.post(line, data={names["Montant"]: "-3"})
    assert still_wrong.status_code == 422
    assert "rejetée" in text_of(still_wrong)
    done = desk.client.post(line, data={names["Montant"]: "120,50"}, follow_redirects=True)
    assert "Ligne 2 corrigée" in text_of(done)
    assert "R1" not in str(table_rows(desk.client.get(f"{file}?outcome=rejected")))
    desk.client.post(f"{file}/import")
    session.rollback()
    assert session.scalar(select(Case.debt_cents).where(Case.reference == "R1")) == 12050


def test_what_is_never_kept_is_not_shown_nor_taken(desk: LeadDesk, session: Session) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    line = f"{file}/lines/2"
    assert "IBAN" not in cells(desk, line)
    assert "FR76" not in text_of(desk.client.get(line))
    desk.client.post(line, data={"cell-4": "FR7630006000011234567890189"})
    session.rollback()
    assert session.scalars(select(Batch.row_edits)).one() == {}


def test_a_doubtful_line_may_be_mended_too(desk: LeadDesk, session: Session) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    line = f"{file}/lines/3"
    assert "sera importée, avec une réserve" in text_of(desk.client.get(line))
    desk.client.post(line, data={cells(desk, line)["Téléphone"]: "06 39 98 00 02"})
    desk.client.post(f"{file}/import")
    session.rollback()
    person = session.scalars(select(Person).where(Person.last_name == "MARTIN")).one()
    assert [phone.e164 for phone in person.phones] == ["+33639980002"]


def test_the_same_again_changes_nothing(desk: LeadDesk, session: Session) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    line = f"{file}/lines/3"
    desk.client.post(line, data={cells(desk, line)["Téléphone"]: " nc "})
    mended = select(func.count()).where(AuditEvent.action == "batch.line_mended")
    session.rollback()
    assert session.scalar(mended) == 0


def test_no_line_of_an_imported_file_is_mended(desk: LeadDesk) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    desk.client.post(f"{file}/import")
    assert desk.client.post(f"{file}/lines/2", data={}).status_code == 303
    assert desk.client.get(f"{file}/lines/2").status_code == 409


def test_an_unknown_line_is_not_found(desk: LeadDesk) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    assert desk.client.get(f"{file}/lines/99").status_code == 404


def test_another_site_sees_nothing(desk: LeadDesk, session: Session) -> None:
    file = desk.send(FILE, "semaine.csv").headers["Location"]
    other = make_user(session, "lead", site=make_site(session, "lyon"), **SECOND_FACTOR)
    session.commit()
    sign_in(desk.client, other)
    assert desk.client.get(f"{file}/lines/2").status_code == 404
    assert desk.client.post(f"{file}/lines/2", data={"cell-3": "1,00"}).status_code == 404
