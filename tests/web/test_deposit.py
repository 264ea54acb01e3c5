"""A partner deposits a file, the lead is told and decides, the partner reads what became of it."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from energymed.accounts.models import Site, User
from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.cases.models import Case
from energymed.intake.batches import deposits, inbox, uploads
from energymed.intake.models import Batch
from energymed.partners.models import Partner
from energymed.partners.rulebook import load_deposits_per_hour
from tests.conftest import SAMPLES
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_site, make_user
from tests.intake.books import LINE, csv_bytes
from tests.web.helpers import sign_in, soup, table_rows, text_of
from tests.web.lead.conftest import SECOND_FACTOR
from tests.web.lead.test_bad_files import bomb

CONTENT = csv_bytes(LINE)
WAITS = "L'association le vérifie avant l'import."


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Both:
    """A partner and a lead who take turns at the same browser."""

    def __init__(self, client: FlaskClient, session: Session) -> None:
        self.client, self.session = client, session
        self.site: Site = make_site(session, "valence")
        self.edf: Partner = make_partner(session, "edf")
        self.partner: User = make_user(session, "partner", partner=self.edf, name="Léo d'EDF")
        self.lead: User = make_user(session, "lead", site=self.site, **SECOND_FACTOR)
        session.commit()
        sign_in(client, self.partner)

    def deposit(
        self, content: bytes = CONTENT, name: str = "f.csv", **form: object
    ) -> TestResponse:
        """The partner posts the form, at the only site unless told otherwise."""
        data = {"file": (BytesIO(content), name), "site_id": self.site.id, **form}
        return self.client.post("/partner/deposit", data=data, content_type="multipart/form-data")

    def own(self, query: str = "") -> list[dict[str, str]]:
        """The partner's list."""
        sign_in(self.client, self.partner)
        return table_rows(self.client.get(f"/partner/deposit{query}"))

    def batches(self) -> list[Batch]:
        self.session.expire_all()
        return list(self.session.scalars(select(Batch).order_by(Batch.id)))


@pytest.fixture
def both(client: FlaskClient, session: Session) -> Both:
    return Both(client, session)


def test_a_deposit_waits_and_writes_no_case(both: Both, session: Session) -> None:
    assert "Aucun dépôt pour l'instant" in text_of(both.client.get("/partner/deposit"))
    answer = both.deposit()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/partner/deposit")
    page = text_of(both.client.get("/partner/deposit"))
    assert f"« f.csv » est déposé : 1 ligne lue. {WAITS}" in page
    (row,) = both.own()
    assert row["Fichier"] == "f.csv Médiation sur impayés"
    assert row["Déposé"].endswith("Léo d'EDF")
    assert (row["Lignes"], row["État"]) == ("1", "En attente de validation")
    (batch,) = both.batches()
    assert (batch.state, batch.origin, batch.week) == ("deposited", "desk", "2026-W48")
    assert session.scalar(select(func.count(Case.id))) == 0


@pytest.mark.slow
def test_the_lead_is_told_approves_and_the_partner_sees_it(both: Both, session: Session) -> None:
    both.deposit((SAMPLES / "edf-pieges-2026-S46.csv").read_bytes(), "edf-pieges-2026-S46.csv")
    sign_in(both.client, both.lead)
    for address in ("/files", "/team"):
        menu = soup(both.client.get(address)).select_one("nav[aria-label='Menu principal']")
        assert menu is not None
        assert "Fichiers 1 (1 fichier déposé à valider)" in " ".join(menu.get_text(" ").split())
    page = both.client.get("/files")
    assert "1 fichier déposé à valider." in text_of(page)
    (row,) = table_rows(both.client.get("/files?state=deposited"))
    assert row["État"] == "Déposé, à valider"
    batch_id = both.batches()[0].id
    page = both.client.get(f"/files/{batch_id}")
    assert "Rien n'est encore importé" in text_of(page)
    assert "par Léo d'EDF" in text_of(page)
    assert both.client.post(f"/files/{batch_id}/import").status_code == 303
    assert "fichier déposé à valider" not in text_of(both.client.get("/files"))
    assert session.scalar(select(func.count(Case.id))) > 0
    (row,) = both.own()
    assert row["État"] == "Importé"
    assert "lignes n'ont pas pu être retenues." in row["Réponse de l'association"]


def test_the_lead_refuses_with_a_reason_that_the_partner_reads(
    both: Both, session: Session
) -> None:
    both.deposit()
    batch_id = both.batches()[0].id
    sign_in(both.client, both.lead)
    page = both.client.get(f"/files/{batch_id}")
    link = soup(page).select_one(f"a[href='/files/{batch_id}/discard']")
    assert link is not None
    assert link.get_text(strip=True) == "Refuser ce dépôt"
    assert both.client.get(f"/files/{batch_id}/discard").status_code == 200
    answer = both.client.post(
        f"/files/{batch_id}/discard", data={"reason": "period", "note": "Il nous faut\nla 48."}
    )
    assert answer.status_code == 303
    assert "Ce n'est pas la période attendue. Il nous faut la 48." in text_of(
        both.client.get(f"/files/{batch_id}")
    )
    (row,) = both.own()
    assert row["État"] == "Refusé"
    assert row["Réponse de l'association"] == (
        "Ce n'est pas la période attendue. Il nous faut la 48."
    )
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.after) == (
        "batch.discarded", {"state": "discarded", "reason": "period"},
    )  # fmt: skip
    assert both.deposit().status_code == 303  # the same file may come again


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choisissez un motif"),
        ({"reason": "nonsense"}, "Motif"),
        ({"reason": "other", "note": "  "}, "Dites en quelques mots pourquoi"),
        ({"reason": "other", "note": "x" * 501}, "dépasse 500 caractères"),
        ({"reason": "errors", "note": "1 85 05 78 006 084 36"}, "ne se note jamais"),
    ],
)
def test_a_deposit_is_not_given_up_without_an_answer(
    both: Both, form: dict[str, str], said: str
) -> None:
    both.deposit()
    batch_id = both.batches()[0].id
    sign_in(both.client, both.lead)
    answer = both.client.post(f"/files/{batch_id}/discard", data=form)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert both.batches()[0].state == "deposited"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "vide.csv", "vide.csv » est vide"),
        (b"%PDF-1.7 a page", "liste.csv", "un document PDF, pas un tableau"),
        (b"PK\x03\x04 not an archive", "liste.xlsx", "abîmé ou incomplet"),
        (CONTENT + b"\r\nR;N;P;;1" * 50_000, "long.csv", "plus de 50000 lignes"),
    ],
    ids=["empty", "pdf", "broken-zip", "rows"],
)
def test_a_bad_file_is_refused_in_one_sentence(
    both: Both, content: bytes, name: str, said: str
) -> None:
    refused(both, content, name, said)


@pytest.mark.slow
def test_a_zip_bomb_is_not_opened(both: Both) -> None:
    refused(both, bomb(), "liste.xlsx", "volume anormal")


def refused(both: Both, content: bytes, name: str, said: str) -> None:
    """Deposit a file that is answered by one sentence at its field, and kept nowhere."""
    answer = both.deposit(content, name)
    assert answer.status_code == 422
    error = soup(answer).select_one("#file-error")
    assert error is not None
    assert said in " ".join(error.get_text(" ").split())
    assert both.batches() == []


@pytest.mark.parametrize(
    ("megabytes", "status", "said"),
    [(25, 422, "la limite est de 25 Mo"), (30, 413, "dépasse 25 Mo. Rien n'a été enregistré")],
)
def test_more_than_25_megabytes_are_too_much(
    both: Both, megabytes: int, status: int, said: str
) -> None:
    part = "--x\r\nContent-Disposition: form-data; name="
    body = (
        f'{part}"site_id"\r\n\r\n{both.site.id}\r\n{part}"file"; filename="gros.csv"\r\n\r\n'
    ).encode() + CONTENT
    body += b" " * (megabytes * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = both.client.post(
        "/partner/deposit", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == status
    assert said in text_of(answer)
    assert both.batches() == []


def test_the_same_bytes_are_taken_once_and_refused_after_the_import(both: Both) -> None:
    both.deposit()
    answer = both.deposit(name="copie.csv")
    assert answer.status_code == 422
    assert "« copie.csv » est déjà déposé : l'association ne l'a pas encore vérifié" in text_of(
        answer
    )
    sign_in(both.client, both.lead)
    both.client.post(f"/files/{both.batches()[0].id}/import")
    sign_in(both.client, both.partner)
    answer = both.deposit(name="copie.csv")
    assert "a déjà été importé le 23/11/2026 sous le nom « f.csv »" in text_of(answer)
    assert len(both.batches()) == 1


def test_the_kind_may_be_said_and_the_form_names_what_is_missing(both: Both) -> None:
    assert both.deposit(kind="payments").status_code == 303
    assert both.batches()[0].kind == "payments"
    assert both.deposit(kind="nonsense").status_code == 422
    answer = both.client.post("/partner/deposit", data={"site_id": both.site.id})
    assert answer.status_code == 422
    assert "Choisissez un fichier." in text_of(answer)


def test_a_site_is_chosen_when_there_are_several(both: Both, session: Session) -> None:
    page = soup(both.client.get("/partner/deposit"))
    assert page.select_one("select[name=site_id]") is None
    lyon, lyon_id = make_site(session, "lyon"), None
    session.commit()
    lyon_id = lyon.id
    answer = both.deposit(site_id="")
    assert answer.status_code == 422
    assert "Choisissez le site à qui ce fichier est destiné." in text_of(answer)
    assert both.deposit(site_id=999).status_code == 422
    assert both.deposit(site_id=lyon_id).status_code == 303
    assert both.batches()[0].site_id == lyon_id
    sign_in(both.client, both.lead)
    assert both.client.get(f"/files/{both.batches()[0].id}").status_code == 404
    assert "fichier déposé à valider" not in text_of(both.client.get("/files"))
    make_case(session, site=both.site, partner=both.edf)
    session.commit()
    sign_in(both.client, both.partner)
    options = soup(both.client.get("/partner/deposit")).select("select[name=site_id] option")
    assert [one["value"] for one in options] == [str(both.site.id), str(lyon_id)]


def test_never_another_partners_deposit_nor_the_leads_own_files(
    both: Both, session: Session, client: FlaskClient
) -> None:
    both.deposit(name="edf.csv")
    sign_in(client, both.lead)
    data = {"partner_id": both.edf.id, "file": (BytesIO(CONTENT + b"\r\n"), "lead.csv")}
    sent = client.post("/files/new", data=data, content_type="multipart/form-data")
    assert sent.status_code == 303
    assert [row["Fichier"].split()[0] for row in both.own()] == ["edf.csv"]
    other = make_user(session, "partner")
    session.commit()
    sign_in(client, other)
    assert table_rows(client.get("/partner/deposit")) == []
    assert client.get("/files").status_code == 403
    for role in ("lead", "mediator", "admin"):
        sign_in(client, make_user(session, role, **SECOND_FACTOR))
        session.commit()
        assert client.get("/partner/deposit").status_code == 403


@pytest.mark.slow
def test_a_list_is_found_sorted_and_paged(both: Both) -> None:
    for number in range(27):
        both.deposit(csv_bytes((f"R{number}", *LINE[1:])), f"f{number:02d}.csv")
    assert len(both.own()) == 25
    assert len(both.own("?page=2")) == 2
    names = [row["Fichier"].split()[0] for row in both.own("?sort=file")]
    assert names[:2] == ["f00.csv", "f01.csv"]
    assert [row["Fichier"].split()[0] for row in both.own("?q=f13")] == ["f13.csv"]
    assert both.own("?state=committed") == []
    assert len(both.own("?state=nonsense&sort=nonsense")) == 25


def test_what_the_watched_folder_refused_is_told_to_both(
    both: Both, session: Session, tmp_path: Path
) -> None:
    arrival = inbox.Arrival("0" * 32, both.edf.id, both.site.id, "photo.csv", b"\xff\xd8\xff")
    inbox.note_refusal(session, arrival, "« photo.csv » est une image.", now=NOW)
    whole = inbox.Arrival("1" * 32, both.edf.id, both.site.id, "f.csv", CONTENT)
    inbox.deposit_arrival(session, whole, now=NOW)
    session.commit()
    rows = both.own("?sort=file")
    assert [row["Fichier"] for row in rows] == ["f.csv Médiation sur impayés", "photo.csv"]
    assert all("par transfert sécurisé" in row["Déposé"] for row in rows)
    assert rows[1]["Réponse de l'association"] == "« photo.csv » est une image."
    sign_in(both.client, both.lead)
    page = text_of(both.client.get("/files"))
    assert "1 fichier venu par transfert a été refusé à l'arrivée" in page
    assert "1 fichier déposé à valider" in page
    photo = next(batch for batch in both.batches() if batch.file_name == "photo.csv")
    assert "« photo.csv » est une image." in text_of(both.client.get(f"/files/{photo.id}"))
    later = deposits.arrivals(Context(session, SYSTEM, NOW + deposits.TOLD_FOR))
    assert (later.waiting, later.refused) == (1, 0)


@pytest.mark.slow
def test_so_many_deposits_an_hour_and_no_more(
    both: Both, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too many is not even read; a lead is not limited, nor another partner."""
    most = load_deposits_per_hour(session, NOW.date())
    for at in range(most):
        assert both.deposit(csv_bytes((f"R{at}", *LINE[1:]))).status_code == 303
    monkeypatch.setattr(uploads, "map_file", lambda *_, **__: pytest.fail("read"))
    with time_machine.travel(NOW + timedelta(minutes=59), tick=False):
        answer = both.deposit(csv_bytes(("LATE", *LINE[1:])))
    assert answer.status_code == 422
    assert f"{most} fichiers ont été déposés en moins d'une heure" in text_of(answer)
    monkeypatch.undo()
    with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
        assert both.deposit(csv_bytes(("LATE", *LINE[1:]))).status_code == 303
    assert len(both.batches()) == most + 1
