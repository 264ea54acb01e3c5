"""A waiting file set right on its pages: type, partner, former corrections, layouts, questions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.intake.importing.undo import undo
from energymed.intake.models import Batch
from energymed.partners.models import ColumnProfile
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_partner
from tests.intake.books import LINE, TITLES, csv_bytes
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import LeadDesk

MANY = [(f"R{n}", f"NOM{n}", "Léa", f"06 39 98 {n:04d}", "50,00") for n in range(20)]


def sent(desk: LeadDesk, content: bytes) -> int:
    """The number of the file that is waiting now."""
    answer = desk.send(content, "s47.csv")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def test_type_and_partner_are_changed_without_starting_again(
    desk: LeadDesk, session: Session
) -> None:
    engie = make_partner(session, "engie")
    session.commit()
    batch_id = sent(desk, csv_bytes(LINE))
    answer = desk.client.post(
        f"/files/{batch_id}/retarget",
        data={"kind": "appointment", "partner_id": engie.id},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    batch = session.get_one(Batch, batch_id, populate_existing=True)
    assert (batch.kind, batch.partner_id) == ("appointment", engie.id)
    assert batch.mapping["reference"] == "Référence dossier"


def test_corrections_of_an_undone_import_are_offered(desk: LeadDesk, session: Session) -> None:
    content = csv_bytes(LINE, ("EDF2", "PETIT", "Ali", "", "abc"))
    first = sent(desk, content)
    mended = ("EDF2", "PETIT", "Ali", "06 39 98 45 28", "3,00")
    cells = {f"cell-{at}": text for at, text in enumerate(mended)}
    desk.client.post(f"/files/{first}/lines/3", data=cells)
    desk.client.post(f"/files/{first}/import")
    undo(Context(session, SYSTEM, NOW), first)
    session.commit()
    again = sent(desk, content)
    page = desk.client.get(f"/files/{again}")
    assert "Ce fichier a déjà été importé, puis annulé" in text_of(page)
    assert "1 ligne y avait été corrigée." in text_of(page)
    page = desk.client.post(f"/files/{again}/corrections", follow_redirects=True)
    assert "1 ligne corrigée comme la première fois." in text_of(page)
    assert "puis annulé" not in text_of(page)
    session.expire_all()
    assert session.get_one(Batch, again).row_edits == session.get_one(Batch, first).row_edits


def test_a_layout_is_renamed_retired_and_used_again(desk: LeadDesk, session: Session) -> None:
    assert "Aucun modèle enregistré" in text_of(desk.client.get("/files/layouts"))
    layout = ColumnProfile(
        partner_id=desk.partner.id, kind="unpaid_bill", version=1, name="Hebdo",
        mapping={"reference": "Réf"}, headers=["Réf"], created_at=NOW,
    )  # fmt: skip
    session.add(layout)
    session.commit()
    address = f"/files/layouts/{layout.id}"
    desk.client.post(address, data={"do": "rename", "name": " Mensuel "})
    page = desk.client.post(address, data={"do": "retire"}, follow_redirects=True)
    assert "Modèle retiré." in text_of(page)
    session.expire_all()
    (layout,) = session.scalars(select(ColumnProfile))
    assert (layout.name, layout.retired_at is None) == ("Mensuel", False)
    desk.client.post(address, data={"do": "use"})
    session.expire_all()
    assert layout.retired_at is None
    answer = desk.client.post(address, data={"do": "rename", "name": ""}, follow_redirects=True)
    assert "Donnez un nom au modèle" in text_of(answer)


def test_a_doubtful_file_waits_for_an_answer(desk: LeadDesk, session: Session) -> None:
    desk.client.post(f"/files/{sent(desk, csv_bytes(*MANY))}/import")
    tenfold = [(*line[:4], "5000,00") for line in MANY]
    batch_id = sent(desk, csv_bytes(*tenfold))
    page = desk.client.get(f"/files/{batch_id}")
    assert "environ 100 fois plus élevés" in text_of(page)
    button = soup(page).select_one("form[action$='/import'] button")
    assert button is not None
    assert button.has_attr("disabled")
    answer = desk.client.post(f"/files/{batch_id}/import", follow_redirects=True)
    assert session.get_one(Batch, batch_id, populate_existing=True).state == "preview"
    assert "environ 100 fois plus élevés" in text_of(answer)
    desk.client.post(
        f"/files/{batch_id}/decide", data={"code": "amounts_jumped", "choice": "go_on"}
    )
    desk.client.post(f"/files/{batch_id}/import")
    assert session.get_one(Batch, batch_id, populate_existing=True).state == "committed"


def test_the_sum_of_columns_is_told_where_there_is_one(desk: LeadDesk) -> None:
    batch_id = sent(desk, csv_bytes((*LINE, "2,00"), titles=(*TITLES, "Frais")))
    page = text_of(desk.client.get(f"/files/{batch_id}/columns"))
    assert "elles sont additionnées" not in page
