"""The check page says what it leaves aside: private columns, and other sheets of a workbook."""

from tests.intake.books import LINE, TITLES, csv_bytes, xlsx_bytes
from tests.intake.private_numbers import ibans
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import LeadDesk

PRIVATE = (*TITLES, "N° sécurité sociale", "Né(e) le", "Zone")


def book() -> bytes:
    """Two tables; the first has private columns, one of them by its values only."""
    lines = [
        (f"EDF{at}", *LINE[1:], "1 85 05 78 006 084 36", "12/03/1980", number)
        for at, number in enumerate(ibans(3))
    ]
    return xlsx_bytes({"Électricité": [PRIVATE, *lines], "Gaz": [TITLES, LINE]})


def test_what_is_not_read_is_said_and_nowhere_shown(desk: LeadDesk) -> None:
    address = desk.send(book(), "f.xlsx", kind="unpaid_bill").headers["Location"]
    answer = desk.client.get(address)
    said = [item.get_text(" ", strip=True) for item in soup(answer).select(".notice li")]
    assert said == [
        "La colonne « N° sécurité sociale » n'est pas lue : ses données (numéro de sécurité "
        "sociale) ne sont jamais conservées.",
        "La colonne « Né(e) le » n'est pas lue : ses données (naissance ou âge) ne sont jamais "
        "conservées.",
        "La colonne « Zone » n'est pas lue : ses données (coordonnées bancaires) ne sont jamais "
        "conservées.",
        "La feuille « Gaz » du classeur n'est pas lue : si ses lignes sont à importer aussi, "
        "enregistrez-la dans un fichier à part.",
    ]
    page = text_of(answer)
    for number in ("1 85 05", "12/03/1980", *ibans(3)):
        assert number not in page


def test_a_file_that_is_read_whole_says_nothing(desk: LeadDesk) -> None:
    address = desk.send_sample("edf-impayes-2026-S47.csv")
    assert "n'est pas lue" not in text_of(desk.client.get(address))


def test_how_the_columns_were_read_is_said_and_asked_about(desk: LeadDesk) -> None:
    titles = (*TITLES, "Échéance")
    lines = [
        (f"EDF{at}", *LINE[1:], day)
        for at, day in enumerate(("13/11/2026", "11/13/2026", "11/02/2026"))
    ]
    content = csv_bytes(*lines, titles=titles)
    address = desk.send(content, "f.csv", kind="unpaid_bill").headers["Location"]
    said = text_of(desk.client.get(address))
    assert "« Échéance » : l'ordre du jour et du mois n'est pas sûr, il est à décider." in said
    assert "« 11/02/2026 » se lit de deux façons" in said
    assert "Lire le mois avant le jour" in said
    data = {"code": "date_order", "choice": "month_first"}
    desk.client.post(f"{address}/decide", data=data)
    said = text_of(desk.client.get(address))
    assert "« Échéance » : le mois est lu avant le jour." in said
    assert "Des dates se lisent de deux façons" not in said or "Lire le jour avant le mois" in said


def test_a_reference_that_no_line_can_do_without_leaves_nothing_to_decide(desk: LeadDesk) -> None:
    lines = [(12.5, *LINE[1:]), ("EDF1", *LINE[1:])]
    content = xlsx_bytes({"Feuil1": [TITLES, *lines]})
    address = desk.send(content, "f.xlsx", kind="unpaid_bill").headers["Location"]
    page = soup(desk.client.get(address))
    assert "n'est plus une référence" in page.get_text()
    assert page.select("[name=code][value=reference_damaged]") == []
