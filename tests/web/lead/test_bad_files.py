"""Bad files by the upload page: one clear sentence each, and nothing is written."""

import io
import zipfile
from functools import cache

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.files import purge_files
from energymed.cases.models import Case
from energymed.intake.models import RAW_KEPT_FOR, Batch
from tests.factories import make_case, make_partner
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import LeadDesk

TITLES = "Référence;Nom;Prénom;Téléphone;Montant dû\r\n"
LINES = "".join(f"X{n};NOM{n};Léa;06 39 98 00 {n:02d};10,00\r\n" for n in range(10, 18))


@cache
def bomb() -> bytes:
    """A small archive named like a workbook whose content unpacks to 500 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _turn in range(500):
                member.write(b"0" * 1024 * 1024)
    return out.getvalue()


def counts(session: Session) -> tuple[int, int]:
    session.rollback()
    batches = session.scalar(select(func.count()).select_from(Batch)) or 0
    return batches, session.scalar(select(func.count()).select_from(Case)) or 0


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "vide.csv", "vide.csv » est vide"),
        (b"%PDF-1.7 a page", "liste.csv", "un document PDF, pas un tableau"),
        (b"MZ\x90\x00\x03\x00\x00\x00" * 100, "liste.csv", "un programme, pas un tableau"),
        (b"\x00\x01\x02\xff\xfe\x80" * 500, "binaire.csv", "binaire.csv"),
        (b"PK\x03\x04 not an archive", "liste.xlsx", "abîmé ou incomplet"),
        (TITLES.encode(), "titres.csv", "titres.csv"),
        (b"\xff\xd8\xff\xe0 a photo", "photo.jpg", "une image, pas un tableau"),
    ],
    ids=["empty", "pdf", "program", "binary", "broken-zip", "headers-only", "image"],
)
def test_a_bad_file_is_refused_in_one_sentence(
    desk: LeadDesk, session: Session, content: bytes, name: str, said: str
) -> None:
    answer = desk.send(content, name)
    assert answer.status_code == 422
    error = soup(answer).select_one("#file-error")
    assert error is not None
    assert said in " ".join(error.get_text(" ").split())
    assert counts(session) == (0, 0)


@pytest.mark.slow
def test_a_zip_bomb_is_not_opened(desk: LeadDesk, session: Session) -> None:
    answer = desk.send(bomb(), "liste.xlsx")
    assert answer.status_code == 422
    assert "volume anormal" in text_of(answer)
    assert counts(session) == (0, 0)


def test_thirty_megabytes_are_too_much(desk: LeadDesk, session: Session) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="gros.csv"\r\n\r\n'
    body = head + b"a;b\r\n" * 6_300_000 + b"\r\n--x--\r\n"
    answer = desk.client.post(
        "/files/new", data=body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413
    assert "dépasse 25 Mo. Rien n'a été enregistré" in text_of(answer)
    assert counts(session) == (0, 0)


def test_a_file_without_its_columns_asks_for_them(desk: LeadDesk, session: Session) -> None:
    content = "Référence;Prénom;Téléphone;Truc\r\nR1;Léa;06 39 98 00 01;x\r\n".encode()
    page = desk.client.get(desk.send(content, "f.csv", kind="unpaid_bill").headers["Location"])
    assert "Il manque encore une colonne pour : Nom, Montant dû." in text_of(page)
    assert [one.get_text(strip=True) for one in soup(page).select(".column-what label")] == [
        "Référence", "Prénom", "Téléphone", "Truc",
    ]  # fmt: skip
    assert soup(page).select_one("form[action$='/import']") is None
    assert counts(session) == (1, 0)


def test_importing_it_anyway_changes_nothing(desk: LeadDesk, session: Session) -> None:
    content = "Référence;Prénom;Téléphone;Truc\r\nR1;Léa;06 39 98 00 01;x\r\n".encode()
    address = desk.send(content, "f.csv", kind="unpaid_bill").headers["Location"]
    answer = desk.client.post(address.replace("columns", "import"), follow_redirects=True)
    assert "Aucune colonne reconnue pour" in text_of(answer)
    assert counts(session) == (1, 0)


def test_repeated_headers_are_told(desk: LeadDesk) -> None:
    content = (
        "Référence;Nom;Prénom;Téléphone;Téléphone;Montant dû\r\n"
        "R1;DURAND;Zoé;06 39 98 00 01;04 65 71 00 02;120,50\r\n"
    )
    page = desk.client.get(desk.send(content.encode(), "f.csv").headers["Location"])
    assert "En-têtes présents plusieurs fois : Téléphone" in text_of(page)


def test_a_file_of_another_partner_is_refused(desk: LeadDesk, session: Session) -> None:
    other = make_partner(session, "engie")
    for number in range(10, 18):
        make_case(session, site=desk.site, partner=other, reference=f"X{number}")
    session.commit()
    address = desk.send((TITLES + LINES).encode(), "f.csv").headers["Location"]
    page = desk.client.get(address)
    assert "sont celles d'un autre partenaire" in text_of(page)
    assert soup(page).select_one("form[action$='/import']") is None
    answer = desk.client.post(f"{address}/import", follow_redirects=True)
    assert "sont celles d'un autre partenaire" in text_of(answer)
    assert counts(session) == (1, 8)


def test_an_older_file_is_announced(desk: LeadDesk) -> None:
    desk.bring("edf-impayes-2026-S47.csv")
    page = desk.client.get(desk.send_sample("edf-impayes-2026-S46.csv"))
    assert "« edf-impayes-2026-S47.csv », est déjà importé" in text_of(page)


def test_a_file_no_longer_kept_is_told(desk: LeadDesk) -> None:
    address = desk.send((TITLES + LINES).encode(), "f.csv").headers["Location"]
    with transaction() as writing:
        purge_files(Context(writing, SYSTEM, now() + RAW_KEPT_FOR))
    page = desk.client.get(address)
    assert page.status_code == 200
    assert "Le fichier d'origine n'est plus conservé" in text_of(page)
