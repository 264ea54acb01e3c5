"""Ways in which partners really write, found by writing their files: titles, totals, values."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import places
from energymed.base.context import SYSTEM, Context
from energymed.base.dates import parse_date
from energymed.base.money import parse_cents
from energymed.base.phones import phones_in
from energymed.base.text.names import split_name
from energymed.cases.models import Case
from energymed.intake import rules
from energymed.intake.batches import imports
from energymed.intake.importing.report import ImportReport
from energymed.intake.mapping.headers import suggest
from energymed.intake.reading.data_rows import is_total
from energymed.intake.rows import Cell
from energymed.intake.synonyms import (
    CASE_SYNONYMS,
    CASE_TITLES,
    PAYMENT_SYNONYMS,
    PAYMENT_TITLES,
    known_title,
)
from tests.intake.imports import Desk

HEADER = "Référence;Nom;Prénom;Mobile;Montant dû\n"
A1 = "A1;ROUX;Luc;0639981401;100,00\n"


def dry(desk: Desk, content: bytes) -> ImportReport:
    """What importing the bytes would do."""
    upload = desk.upload(content, kind="unpaid_bill")
    return imports.dry_run(Context(desk.session, SYSTEM, desk.now), upload)


def case(session: Session, reference: str) -> Case:
    return session.scalars(select(Case).where(Case.reference == reference)).one()


@pytest.mark.parametrize(
    ("synonyms", "titles"), [(CASE_SYNONYMS, CASE_TITLES), (PAYMENT_SYNONYMS, PAYMENT_TITLES)]
)
def test_every_title_of_the_table_reaches_the_field_that_lists_it(
    synonyms: dict[str, str], titles: dict[str, tuple[str, int]]
) -> None:
    for field, listed in synonyms.items():
        for title in listed.split("|"):
            found = known_title(titles, title)
            assert found is not None, title
            assert found[0] == field, title


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Dossier n°", "reference"), ("Référence EDF", "reference"), ("N° DPI", "reference"),
        ("Montant (TTC)", "amount"), ("Dette en euros", "amount"), ("Montant (euros)", "amount"),
        ("Montant dû au 15/11/2026", "amount"), ("Montant total des impayés", "amount"),
        ("Montant facture(s) impayée(s)", "amount"), ("Total dû TTC", "amount"),
        ("Prénom(s)", "first_name"), ("C.P.", "postal_code"), ("Redevable", "last_name"),
        ("Nom et prénom du titulaire du contrat", "full_name"), ("RefDossier", "reference"),
        ("Date et heure d'intervention", "cutoff_date"), ("Date intervention DPI", "cutoff_date"),
    ],
)  # fmt: skip
def test_other_spellings_of_a_title_are_known(title: str, field: str) -> None:
    assert (known_title(CASE_TITLES, title) or ("",))[0] == field


@pytest.mark.parametrize("title", ["Règlement", "Paiement", "Versement (€)", "Encaissement"])
def test_what_was_paid_and_when_are_told_apart(title: str) -> None:
    headers = ["Réf. dossier", "Date", title, "Réglé le"]
    assert suggest(headers, "payments").fields["amount"] == title
    assert suggest(["Réf. dossier", "Réglé le", title], "payments").fields["paid_on"] == "Réglé le"


@pytest.mark.parametrize(
    "titles",
    [("Montant TTC", "Reste à payer"), ("Montant", "Montant dû"), ("Montant total", "Solde dû"),
     ("Montant", "Impayé"), ("Montant TTC", "Créance")],
)  # fmt: skip
def test_what_is_still_due_wins_over_a_mere_amount(titles: tuple[str, str]) -> None:
    headers = ["N° dossier", "Nom", *titles]
    assert suggest(headers, "unpaid_bill").fields["amount"] == titles[1]


@pytest.mark.parametrize("title", ["Téléphones", "Portables", "Tél(s)"])
def test_phones_in_the_plural_are_phones(title: str) -> None:
    assert suggest(["Dossier", "Nom", title], "appointment").fields["phone_1"] == title


@pytest.mark.parametrize(
    "cells",
    [
        ("TOTAL", "", "", "", "100,00"), ("S/Total", "", "", "", "100,00"),
        ("Montant total", "", "", "", 100.0), ("Grand total", "", "", "", "100,00 € TTC"),
        ("TOTAL", "1 client", "", "", "100,00"), ("TOTAL", "au 16/11/2026", "", "", "100"),
        ("Total", "du 11/11 au 15/11", "14,70"), ("TOTAL", "1 règlement", "14,70"),
        ("Somme des montants", "", "", "", "EUR 100,00"), ("1", "TOTAL", "", "", "100,00"),
        (1.0, "Total", "", "", 100), ("2", "", "TOTAL", "", "20,00"),
        ("Nombre de dossiers : 1", "", "", "", "Total : 100,00 €"),
        ("Nombre de foyers", "12", "", "", ""), ("Nb : 1", "", "", "", "100,00"),
        ("Effectif total : 1", "", "", "", ""), ("1 dossier", "", "", "", "100,00"),
        ("Valence", "Total Valence", "", "", "10"), ("", "", "", "", "100,00"),
        ("", "", "", "", 100.0), ("Fin du fichier", "", "", "", ""),
        ("Édité le 16/11/2026 par X", "", "", "", ""), ("Page 1/1", "", "", "", ""),
    ],
)  # fmt: skip
def test_sums_and_footers_are_no_lines_of_data(cells: tuple[Cell, ...]) -> None:
    assert is_total(cells, 1)


@pytest.mark.parametrize(
    "cells",
    [
        ("12345", "TOTAL", "", "", "100,00"), (12345.0, "TOTAL", "", "", 100.0),
        (2, "TOTAL", "", 639982202, 10), ("2", "TOTAL", "", "06 39 98 22 02", "10"),
        ("TOTAL", "ENERGIES SAS", "", "", "100,00"), ("TT1", "TOTAL", "", "", "10"),
        ("Page", "Luc", "", "0639981401", "10"), ("Valence", "Valence", "", "", "10"),
        ("SOLDE", "Marie", "", "", "10"), ("A2", "", "", "", ""), ("98765", "", "", "", ""),
    ],
)  # fmt: skip
def test_a_customer_whose_name_is_such_a_word_keeps_the_line(cells: tuple[Cell, ...]) -> None:
    assert not is_total(cells, 1)


def test_a_file_with_such_lines_counts_them_apart(desk: Desk) -> None:
    text = HEADER + A1 + HEADER.upper() + "1;TOTAL;;;100,00\n;;;;100,00\nFin du fichier;;;;\n"
    done = dry(desk, text.encode())
    assert (done.rows, done.created, done.ignored, done.total_cents) == (1, 1, 4, 10_000)


@pytest.mark.parametrize("text", ["616,00EUR", "EUR616,00", "616,00 € TTC", "616.0000000000001"])
def test_amounts_with_their_currency_stuck_to_them(text: str) -> None:
    assert parse_cents(text) == 61_600


@pytest.mark.parametrize(
    "text",
    ["03-nov-26", "3 nov. 26", "03112026", "mardi 03/11/2026", "le 3/11/26", "03 / 11 / 2026"],
)
def test_days_as_spreadsheets_and_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("cell", "how_many"),
    [
        ("+33639982504 +33465712504", 2), ("06 39 98 25 04 & 04 65 71 25 04", 2),
        ("0639982504+0465712504", 2), ("Mme : 0639982504 M. : 0465712504", 2),
        ("06 39 98 25 04 (après 18h)", 1), ("N° 0639982504", 1), ("0639982504*", 1),
        ("06‑39‑98‑25‑04", 1),
    ],
)  # fmt: skip
def test_numbers_among_what_else_is_written(cell: str, how_many: int) -> None:
    found = phones_in(cell)
    assert len(found.numbers) == how_many
    assert found.numbers[0] == "+33639982504"
    assert not found.unread


def test_a_good_number_beside_a_damaged_one_is_kept_and_the_other_told() -> None:
    found = phones_in("0639982504 04657125090")
    assert (found.numbers, found.unread) == (("+33639982504",), ("04657125090",))


@pytest.mark.parametrize(
    ("text", "last", "first"),
    [
        ("LE GOFF", "LE GOFF", None), ("Mme DA SILVA", "DA SILVA", None),
        ("DE LA TOUR", "DE LA TOUR", None), ("EL AMRANI", "EL AMRANI", None),
        ("LE GOFF ANNE", "LE GOFF", "ANNE"), ("SCI LES PINS", "SCI LES PINS", None),
        ("Association Le Lien", "Association Le Lien", None), ("M.MOREAU Jean", "MOREAU", "Jean"),
        ("McDONALD Ian", "McDONALD", "Ian"),
    ],
)  # fmt: skip
def test_surnames_alone_and_names_in_one_piece(text: str, last: str, first: str | None) -> None:
    name = split_name(text)
    assert (name.last_name, name.first_name) == (last, first)


def test_numbers_that_went_through_a_program() -> None:
    assert rules.delivery_point("52385003284764.0") == "52385003284764"
    assert places.postal_code("26000 CEDEX 9") == "26000"


def test_empty_words_are_no_bad_dates_and_an_hour_is_kept(desk: Desk, session: Session) -> None:
    lines = ["N° DPI;Nom;Mobile;Date et heure d'intervention"]
    told = ["20/10/2026 08:30", "20/10/2026 14h", "20/10/2026", "n/c", "00/00/0000", "NULL"]
    lines += [f"D{at};ROUX;06399814{at:02};{text}" for at, text in enumerate(told)]
    done = desk.bring("\n".join(lines).encode(), kind="cutoff_notice")
    assert [problem.code for problem in done.problems] == []
    slots = [case(session, f"D{at}").cutoff_slot for at in range(len(told))]
    assert slots == ["08h30", "14h00", None, None, None, None]


def test_two_invoices_of_one_case_are_not_one_line_twice(desk: Desk) -> None:
    text = (
        "Référence;Nom;Mobile;N° facture;Montant dû\n"
        "I1;ROUX;0639981401;F001;50,00\nI1;ROUX;0639981401;F002;50,00\n"
        "I2;ROUX;0639981402;F003;50,00\nI2;ROUX;0639981402;F003;50,00\n"
    )
    done = dry(desk, text.encode())
    assert (done.created, done.rejected, done.duplicates) == (1, 2, 1)


def test_a_line_mended_by_the_partner_is_new_and_not_missing(desk: Desk, session: Session) -> None:
    bad = "A1;ROUX;Luc;0639981401;abc\n"
    desk.bring((HEADER + bad + A1.replace("A1", "A2")).encode(), "w1.csv")
    week = (HEADER + A1 + A1.replace("A1", "A2")).encode()
    foreseen = dry(desk, week)
    done = desk.bring(week, "w2.csv")
    for told in (foreseen, done):
        assert (told.created, told.unchanged, told.missing_from_file) == (1, 1, 0)
    assert case(session, "A1").missing_since_batch_id is None
