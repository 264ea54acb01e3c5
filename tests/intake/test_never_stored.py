"""What must never be kept leaves no trace: not in a table, not in a file to mend, not in a report.

The raw file is the exception, kept apart for as long as its retention says (docs/choices.md).
"""

import json
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import db
from energymed.intake import queries
from energymed.intake.batches import uploads
from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.codes import SensitiveKind
from energymed.intake.mapping.headers import suggest
from energymed.intake.mapping.sensitive_columns import (
    sensitive_columns,
    sensitive_kind,
)
from energymed.intake.models import Batch
from energymed.intake.reading.reader import read
from energymed.intake.rows import Sheet
from energymed.intake.synonyms import (
    CASE_SYNONYMS,
    PAYMENT_SYNONYMS,
)
from tests.intake.books import csv_bytes, xlsx_bytes
from tests.intake.imports import Desk
from tests.intake.private_numbers import cards, ibans, nirs, spaced, tax_numbers
from tests.intake.rejects import rejects, saved

COUNT = 12
NIRS, IBANS, CARDS, TAXES = nirs(COUNT), ibans(COUNT), cards(COUNT), tax_numbers(COUNT)
BORN = [f"{1 + at:02d}/0{1 + at % 9}/19{50 + at}" for at in range(COUNT)]
BORN_AT = [f"ZZVILLE{at}" for at in range(COUNT)]
TITLES = (
    "Référence", "Nom", "Prénom", "Téléphone", "Montant", "N° client", "NIR", "Né(e) le",
    "Lieu de naissance", "Divers", "Zone 7", "Moyen", "Id 2", "Commentaire",
)  # fmt: skip
LEFT_OUT = {
    "N° client": "nir", "NIR": "nir", "Né(e) le": "birth", "Lieu de naissance": "birth",
    "Divers": "bank", "Zone 7": "tax", "Moyen": "card", "Id 2": "nir",
}  # fmt: skip


def line(at: int, reference: str, amount: str) -> tuple[str, ...]:
    """A line whose every private number is its own; some are written in groups."""
    comment = (
        f"née le {BORN[at]}, sécu {spaced(NIRS[at], 1, 2, 2, 2, 3, 3)}, "
        f"IBAN {spaced(IBANS[at], *[4] * 6)}, CB {spaced(CARDS[at], 4, 4, 4)}, rappeler à 18 h"
    )
    return (
        reference, f"DURAND{at}", "Léa", "06 39 98 45 27", amount, NIRS[at], NIRS[at], BORN[at],
        BORN_AT[at], IBANS[at], TAXES[at], spaced(CARDS[at], 4, 4, 4), NIRS[at][:13], comment,
    )  # fmt: skip


def sensitive_in(sheet: Sheet) -> dict[str, SensitiveKind]:
    return sensitive_columns(sheet.headers, sheet.sample)


def lines() -> list[tuple[str, ...]]:
    """Good lines, then lines rejected in every way, then a repeated one."""
    good = [line(at, f"R{at}", "12,50") for at in range(COUNT - 5)]
    bad = [
        line(COUNT - 5, "", "12,50"),
        line(COUNT - 4, "B1", "abc"),
        line(COUNT - 3, "B2", "-3,00"),
        line(COUNT - 2, "B3", "1,00"),
        line(COUNT - 1, "B3", "2,00"),
    ]
    return [*good, *bad, good[0]]


def secrets() -> set[str]:
    """Every private value, plain and in the groups in which the file has it."""
    grouped = {spaced(number, 1, 2, 2, 2, 3, 3) for number in NIRS}
    grouped |= {spaced(number, *[4] * 6) for number in IBANS}
    grouped |= {spaced(number, 4, 4, 4) for number in CARDS}
    short = {number[:13] for number in NIRS}
    return {*NIRS, *short, *IBANS, *CARDS, *TAXES, *BORN, *BORN_AT, *grouped}


def stored(session: Session) -> str:
    """All that the database holds: every byte of the SQLite files, every row of PostgreSQL."""
    session.commit()
    if db.engine.dialect.name == "sqlite":
        path = Path(str(db.engine.url.database))
        files = [path, path.with_name(f"{path.name}-wal")]
        # by another process: to close the file in this one would drop SQLite's locks on it
        command = ["cat", *(str(one) for one in files if one.exists())]
        return subprocess.run(command, capture_output=True, check=True).stdout.decode("latin-1")
    rows: list[str] = []
    for table in db.metadata.sorted_tables:
        rows += session.scalars(text(f'SELECT t::text FROM "{table.name}" t'))
    return "\n".join(rows)


def told_in(where: str) -> list[str]:
    """The private values that a text holds."""
    return sorted(one for one in secrets() if one in where)


@pytest.mark.slow
def test_no_table_no_export_and_no_report_holds_a_private_value(desk: Desk) -> None:
    done = desk.bring(csv_bytes(*lines(), titles=TITLES), "impayes-2026-S46.csv")
    assert (done.created, done.rejected, done.duplicates) == (COUNT - 5, 5, 1)
    everything = stored(desk.session)
    assert "DURAND3" in everything  # it is the right place to look at
    assert "rappeler" in everything
    assert told_in(everything) == []
    assert told_in(json.dumps(done.as_dict(), ensure_ascii=False)) == []


def test_what_is_given_back_to_mend_holds_none_either(desk: Desk) -> None:
    done = desk.bring(csv_bytes(*lines(), titles=TITLES), "impayes-2026-S46.csv")
    batch = desk.session.get_one(Batch, done.batch)
    rejected = queries.rejected_lines(desk.session, batch)
    assert len(rejected) == 5
    as_text = rejected_file("csv", batch.headers, rejected).decode("utf-8-sig")
    book = read(rejected_file("xlsx", batch.headers, rejected), "rejets.xlsx")
    in_book = str([row.cells for row in book.rows])
    assert "DURAND7" in as_text
    assert "DURAND7" in in_book
    assert told_in(as_text) == told_in(in_book) == []


@pytest.mark.slow
def test_nor_does_a_file_that_only_waits(desk: Desk) -> None:
    """Received, looked at and given up: nothing of its lines was ever written."""
    upload = desk.upload(csv_bytes(*lines(), titles=TITLES))
    batch = uploads.receive(Context(desk.session, SYSTEM, desk.now), upload)
    desk.session.commit()
    seen = desk.checked(batch.id).summary
    assert seen is not None
    assert seen.left_out == LEFT_OUT
    assert told_in(stored(desk.session)) == []


@pytest.mark.slow
def test_a_file_without_titles_does_not_keep_its_first_line_as_titles(desk: Desk) -> None:
    rows = [f"{NIRS[at]};{IBANS[at]};{CARDS[at]};R{at}" for at in range(3)]
    upload = desk.upload("\n".join(rows).encode())
    batch = uploads.receive(Context(desk.session, SYSTEM, desk.now), upload)
    assert batch.headers == ["[…]", "[…] (2)", "[…] (3)", "R0"]
    assert told_in(stored(desk.session)) == []


def test_a_profile_cannot_bring_them_back(desk: Desk) -> None:
    sheet = read(csv_bytes(*lines(), titles=TITLES), "f.csv")
    profile = {"comment": "Divers", "customer_reference": "N° client", "contract_number": "NIR"}
    mapping = suggest(sheet.headers, "unpaid_bill", profile, sensitive_in(sheet))
    assert mapping.left_out == LEFT_OUT
    assert not set(mapping.fields.values()) & set(LEFT_OUT)
    assert not set(mapping.unmapped) & set(LEFT_OUT)


# -- by the shape of the values


def test_columns_are_known_by_title_or_by_shape() -> None:
    assert sensitive_in(read(csv_bytes(*lines(), titles=TITLES), "f.csv")) == LEFT_OUT
    assert sensitive_in(read(xlsx_bytes({"A": [TITLES, *lines()]}), "f.xlsx")) == LEFT_OUT
    assert set(LEFT_OUT.values()) <= set(SensitiveKind)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (NIRS, "nir"),
        ([spaced(one, 1, 2, 2, 2, 3, 3) for one in NIRS], "nir"),
        ([float(one) for one in NIRS], "nir"),
        ([one[:13] for one in NIRS], "nir"),
        ([spaced(one, *[4] * 6).lower() for one in IBANS], "bank"),
        (["DE89370400440532013000", "GB29NWBK60161331926819"], "bank"),
        ([spaced(one, 4, 4, 4) for one in CARDS], "card"),
        (TAXES, "tax"),
        ([*NIRS[:4], "", "", "", "", "", "inconnu"], "nir"),  # most of the filled ones
        ([*NIRS[:4], "absent", "absent", "absent", "absent"], None),  # no more than half
        ([f"{2026110000000 + at * 37}" for at in range(300)], None),  # references by the year
        ([f"{1850512345000 + at}" for at in range(300)], None),  # a series that looks like one
        ([f"{10000000000000 + at * 7919}" for at in range(300)], None),  # delivery points
        ([f"{73282932000000 + at * 97:014d}" for at in range(300)], None),
        ([f"06 39 98 {at:02d} 27" for at in range(99)], None),
        ([], None),
    ],
)
def test_shapes(values: list[object], kind: str | None) -> None:
    found = sensitive_columns(["Divers"], [(value,) for value in values])  # type: ignore[misc]
    assert found == ({"Divers": kind} if kind else {})


def test_values_that_come_late_in_a_long_file_are_seen() -> None:
    rows = [("R1", "X", "1", "")] * 300 + [
        ("R1", "X", "1", NIRS[at % COUNT]) for at in range(2_000)
    ]
    sheet = read(csv_bytes(*rows, titles=("Référence", "Nom", "Montant", "Zone")), "f.csv")
    assert sensitive_in(sheet) == {"Zone": "nir"}


# -- by the title


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("N° Sécurité Sociale", "nir"), ("N° SS", "nir"), ("NIR assuré", "nir"),
        ("N° INSEE", "nir"), ("IBAN / BIC", "bank"), ("RIB", "bank"),
        ("Réf. bancaires", "bank"), ("Coordonnées bancaires", "bank"), ("Mandat SEPA", "bank"),
        ("Numéro de carte bancaire", "card"), ("Cryptogramme", "card"), ("N° carte", "card"),
        ("Né(e) le", "birth"), ("Née le", "birth"), ("Dt naiss.", "birth"), ("DDN", "birth"),
        ("Lieu de naissance", "birth"), ("Âge", "birth"), ("Date of birth", "birth"),
        ("Nom de jeune fille de la mère", "family"), ("N° fiscal", "tax"), ("SPI", "tax"),
        ("Revenu fiscal de référence", "income"), ("Handicap (O/N)", "health"),
        ("Nationalité", "origin"), ("N° de pièce d'identité", "identity"),
        ("Mot de passe", "secret"),
    ],
)  # fmt: skip
def test_titles_of_what_is_never_kept(title: str, kind: str | None) -> None:
    assert sensitive_kind(title) == kind


@pytest.mark.parametrize(
    "title",
    ["Ne pas appeler", "Code INSEE", "Étage", "Agence", "Message", "Nom de naissance",
     "Montant réglé par carte bancaire", "Mode de paiement", "Date d'échéance", "Ménage"],
)  # fmt: skip
def test_titles_that_only_sound_like_it(title: str) -> None:
    assert not sensitive_kind(title)


def test_no_title_that_we_ask_for_is_private() -> None:
    asked = [*CASE_SYNONYMS.values(), *PAYMENT_SYNONYMS.values()]
    assert [one for titles in asked for one in titles.split("|") if sensitive_kind(one)] == []


def test_nor_do_rejected_lines_that_come_back(desk: Desk, session: Session) -> None:
    """What the values alone give away is left out of a continuation as of the first file."""
    titles = ("Référence", "Nom", "Téléphone", "Montant", "Zone 7")
    bad = [(f"T{at}", f"DURAND{at}", "06 39 98 45 27", "abc", TAXES[at]) for at in range(COUNT)]
    first = desk.bring(csv_bytes(*bad, titles=titles))
    header, *rows = rejects(session, first)
    refilled = [[*row[:4], TAXES[at], *row[5:]] for at, row in enumerate(rows)]
    again = desk.bring(saved([header, *refilled]), "encore.csv")
    batch = session.get_one(Batch, again.batch)
    assert (batch.continues_id, again.left_out) == (first.batch, ["Zone 7"])
    kept = [cell for line in queries.rejected_lines(session, batch) for cell in line.cells]
    assert not set(kept) & set(TAXES)
