"""What a campaign of the energy cheque gives, on the administrator's desk."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from energymed.partners.cheque_band_rows import load_cheque_bands
from energymed.partners.cheque_bands import BAND_DEFAULTS, ChequeBand
from tests.web.helpers import soup, text_of

ADDRESS = "/admin/cheque-campaigns/2026/bands"
ONE = {
    "band_1_below_cents": "6 000", "band_1_one_cents": "200", "band_1_few_cents": "250",
    "band_1_many_cents": "280,50",
}  # fmt: skip
TWO = {name.replace("band_1", "band_2"): amount for name, amount in ONE.items()}


def test_the_bands_that_stand_are_shown(desk: FlaskClient, session: Session) -> None:
    page = soup(desk.get("/admin/cheque-campaigns/2026"))
    shown = page.select_one("#band_4_below_cents")
    assert shown is not None
    assert shown["value"] == "11000,00"
    assert load_cheque_bands(session, 2026) == list(BAND_DEFAULTS)


def test_bands_are_set_right(desk: FlaskClient, session: Session) -> None:
    page = desk.post(ADDRESS, data=ONE, follow_redirects=True)
    assert "Les tranches sont enregistrées." in text_of(page)
    assert load_cheque_bands(session, 2026) == [ChequeBand(1, 600_000, 20_000, 25_000, 28_050)]
    assert load_cheque_bands(session, 2025) == list(BAND_DEFAULTS)


def test_what_is_wrong_is_told_and_nothing_changes(desk: FlaskClient, session: Session) -> None:
    wrong = (
        {**ONE, "band_1_few_cents": ""},  # half filled
        TWO,  # the second without the first
        {**ONE, **TWO},  # thresholds that do not rise
        {**ONE, "band_1_one_cents": "0"},
        {**ONE, "band_1_one_cents": "beaucoup"},
    )
    for sent in wrong:
        answer = desk.post(ADDRESS, data=sent)
        assert answer.status_code == 422
        assert soup(answer).select_one(".field-error") is not None
    assert load_cheque_bands(session, 2026) == list(BAND_DEFAULTS)
    assert desk.post("/admin/cheque-campaigns/2031/bands", data=ONE).status_code == 404


def test_who_empties_the_bands_is_told_what_follows(desk: FlaskClient, session: Session) -> None:
    page = desk.post(ADDRESS, data={}, follow_redirects=True)
    assert "aucune estimation n'est proposée" in text_of(page)
    assert load_cheque_bands(session, 2026) == []
