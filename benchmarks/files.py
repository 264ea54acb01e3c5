"""Weekly files of any size, the same ones at every run."""

import csv
import io
from collections.abc import Iterable
from random import Random

HEADERS = [
    "Référence dossier", "N° client", "Civilité", "Nom", "Prénom", "Téléphone 1", "Téléphone 2",
    "E-mail", "Adresse", "Code postal", "Commune", "PDL", "Énergie", "Montant dû", "Date facture",
    "Échéance", "Nb relances", "Chèque énergie",
]  # fmt: skip
LAST_NAMES = (
    "ARNAUD", "BERTHET", "CHABERT", "DESCOURS", "EYRAUD", "FABRE", "GRANGE", "HAMIDI", "JULLIEN",
    "LE GOFF", "PEREZ", "RIVIÈRE", "SABATIER", "TOURÉ", "VILLARD", "DUPONT-ROCHE",
)  # fmt: skip
FIRST_NAMES = ("Isabelle", "Jean-Luc", "Mariam", "Paul", "Zoé", "Rachid", "Lucie", "Antoine")
COMMUNES = (("26000", "Valence"), ("26290", "Donzère"), ("26110", "Nyons"), ("26150", "Die"))


def weekly_file(numbers: Iterable[int], *, week: int = 0) -> bytes:
    """A customer file of 18 columns, a line per number; another `week`, other amounts.

    Numbers below 10 million have phones of their own.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows(line(number, week) for number in numbers)
    return text.getvalue().encode()


def line(number: int, week: int) -> list[str]:
    """One customer, as a partner's export writes it."""
    pick = Random(number)  # noqa: S311  # the same customer every week
    postal_code, commune = pick.choice(COMMUNES)
    cents = 8_000 + number * 37 % 150_000 + week * 700
    first_name = pick.choice(FIRST_NAMES)
    return [
        f"EDF{number:09d}",
        f"C{number:08d}",
        pick.choice(("M.", "Mme")),
        pick.choice(LAST_NAMES),
        first_name,
        f"06 1{number % 10:d} {number // 10 % 100:02d} {number // 1000 % 100:02d} "
        f"{number // 100_000 % 100:02d}",
        f"044{number % 10_000_000:07d}" if number % 3 == 0 else "",
        f"client{number}@example.org" if number % 2 else "",
        f"{number % 140 + 1} rue des Tilleuls",
        postal_code,
        commune,
        f"{26_000_000_000_000 + number}",
        pick.choice(("Électricité", "Gaz")),
        f"{cents // 100},{cents % 100:02d}",
        f"{number % 28 + 1:02d}/09/2026",
        f"{number % 28 + 1:02d}/10/2026",
        str(number % 4 + week),
        "O" if number % 2 else "N",
    ]
