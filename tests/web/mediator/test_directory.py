"""Funds and bodies at the desk: those of the person's place, what is told of them, what is kept."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.mediation.codes import Body, Fund
from energymed.mediation.directory_models import AidFund, SocialBody
from energymed.mediation.models import AidRequest, Referral
from tests.factories import make_user
from tests.web.helpers import soup, text_of
from tests.web.lead.test_query_counts import counted
from tests.web.mediator.conftest import LATER, REACHED, MediatorDesk

TODAY = date(2026, 11, 23)
AID = {"acts": "aid_opened", "aid_consent": "y"}
REFERRAL = {"acts": "referral", "referral_reason": "budget",
            "referral_mode": "coordinates_given", "referral_consent": "y"}  # fmt: skip


@pytest.fixture
def fsl(desk: MediatorDesk, session: Session) -> AidFund:
    """The fund of the Drôme, of which everything is known; the case is at Valence."""
    desk.case.postal_code, desk.case.commune = "26000", "Valence"
    row = AidFund(
        kind=Fund.FSL_ENERGY, name="FSL de la Drôme", department="26", phone="04 65 71 10 26",
        hours="le matin", checked_on=date(2025, 11, 22), ceiling_cents=110_000,
        ceiling_basis="quotient familial", most_cents=40_000, own_share=10, times_a_year=1,
        contract_months=2, filed_by="professional", documents=["income", "bill"],
        certainty="B", source="essai",
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


@pytest.fixture
def ccas(session: Session, fsl: AidFund) -> SocialBody:
    """The body of Valence."""
    row = SocialBody(
        kind=Body.CCAS, name="CCAS de Valence", department="26", commune="VALENCE",
        email="ccas@example.org", website="https://ccas.example.org", documents=["identity"],
        checked_on=TODAY, certainty="B", source="essai",
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row


def offered(page: Any, control: str) -> list[tuple[str, str]]:
    """(group, name) of each line of a select."""
    return [
        (str(line.parent.get("label", "")), line.get_text())
        for line in soup(page).select(f"#{control} option")
        if line.parent is not None
    ]


def test_the_nearest_are_offered_first(desk: MediatorDesk, ccas: SocialBody) -> None:
    page = desk.client.get(desk.next_call())
    assert offered(page, "aid_fund")[:3] == [
        ("", "—"), ("Dans le département", "FSL de la Drôme"), ("Partout", "FSL énergie"),
    ]  # fmt: skip
    assert offered(page, "referral_body")[:3] == [
        ("", "—"), ("Dans la commune", "CCAS de Valence"), ("Partout", "CCAS / CIAS"),
    ]  # fmt: skip


def test_elsewhere_there_are_those_for_everybody(
    desk: MediatorDesk, session: Session, fsl: AidFund
) -> None:
    here = desk.client.get(desk.next_call())
    assert ("Dans le département", "FSL de la Drôme") in offered(here, "aid_fund")
    desk.case.postal_code = "07000"
    session.commit()
    elsewhere = offered(desk.client.get(f"/call/{desk.case.id}"), "aid_fund")
    assert elsewhere[:2] == [("", "—"), ("", "FSL énergie")]
    assert len(elsewhere) == len(Fund) + 1


def test_the_lists_cost_one_statement(desk: MediatorDesk, ccas: SocialBody) -> None:
    address = desk.next_call()
    desk.client.get(address)
    desk.session.expire_all()
    with counted() as sent:
        desk.client.get(address)
    assert sum("aid_fund" in each for each in sent) == 1
    assert sum("social_body" in each for each in sent) == 1


def fund_line(desk: MediatorDesk, fund: object, **typed: Any) -> Any:
    query = {"aid_fund": str(fund), **typed}
    return desk.client.get(f"/cases/{desk.case.id}/directory/fund", query_string=query)


def papers(page: Any) -> list[str]:
    return [str(box["value"]) for box in soup(page).select("input[checked]")]


def test_the_rules_of_a_fund_are_told_and_its_papers_proposed(
    desk: MediatorDesk, fsl: AidFund
) -> None:
    line = fund_line(desk, fsl.id, aid_missing_documents="lease")
    told = text_of(line).replace("\u202f", " ").replace("\xa0", " ")
    for said in (
        "plafond 1 100,00 € (quotient familial)", "400,00 € au plus", "reste à charge 10 %",
        "1 fois par an", "clos depuis moins de 2 mois", "professionnel seulement",
        "04 65 71 10 26", "le matin", "vérifié le 22 nov. 2025", "à revérifier",
    ):  # fmt: skip
        assert said in told
    assert "déjà demandé" not in told
    assert papers(line) == ["income", "bill"]


def test_a_fund_without_known_papers_leaves_what_was_ticked(
    desk: MediatorDesk, session: Session, fsl: AidFund
) -> None:
    fsl.documents = []
    session.commit()
    assert papers(fund_line(desk, fsl.id, aid_missing_documents="lease")) == ["lease"]
    assert papers(fund_line(desk, "", aid_missing_documents="lease")) == ["lease"]


def test_the_contact_of_a_body_is_told(desk: MediatorDesk, ccas: SocialBody) -> None:
    answer = desk.client.get(
        f"/cases/{desk.case.id}/directory/body", query_string={"referral_body": ccas.id}
    )
    told = text_of(answer)
    assert "pièces : Pièce d'identité" in told
    assert "ccas@example.org" in told
    assert "vérifié le 23 nov. 2026" in told
    assert "à revérifier" not in told
    link = soup(answer).select_one("a[href]")
    assert link is not None
    assert (link["href"], link["rel"]) == ("https://ccas.example.org", ["noopener", "noreferrer"])


def test_a_second_request_of_the_year_is_told_before_it_is_made(
    desk: MediatorDesk, fsl: AidFund
) -> None:
    desk.save(desk.next_call(), **REACHED, **AID, **LATER, aid_fund=str(fsl.id))
    told = text_of(fund_line(desk, fsl.id))
    assert "déjà demandé une fois cette année" in told
    assert "n'aide pas plus souvent cette année" in told


def test_what_was_chosen_is_kept_and_shown_on_the_case(
    desk: MediatorDesk, session: Session, ccas: SocialBody, fsl: AidFund
) -> None:
    both = {**AID, **REFERRAL, "acts": ["aid_opened", "referral"]}
    saved = desk.save(
        desk.next_call(), **REACHED, **both, **LATER,
        aid_fund=str(fsl.id), referral_body=str(ccas.id), aid_missing_documents=["bill"],
    )  # fmt: skip
    assert saved.status_code == 303
    aid = session.scalars(select(AidRequest)).one()
    assert (aid.fund, aid.fund_id, aid.missing_documents) == (Fund.FSL_ENERGY, fsl.id, ["bill"])
    referral = session.scalars(select(Referral)).one()
    assert (referral.body, referral.body_id) == (Body.CCAS, ccas.id)
    told = text_of(desk.client.get(f"/cases/{desk.case.id}"))
    for said in ("FSL de la Drôme (FSL énergie)", "04 65 71 10 26",
                 "CCAS de Valence (CCAS / CIAS)", "ccas@example.org"):  # fmt: skip
        assert said in told


def test_a_kind_alone_as_older_drafts_have_it_is_the_row_for_everybody(
    desk: MediatorDesk, session: Session, fsl: AidFund
) -> None:
    address = desk.next_call()
    typed = {**desk.hidden(address), "acts": "aid_opened", "aid_fund": "fsl_energy"}
    assert desk.client.post(f"{address}/draft", json=typed).status_code < 400
    chosen = soup(desk.client.get(address)).select_one("#aid_fund option[selected]")
    assert chosen is not None
    assert chosen.get_text() == "FSL énergie"
    desk.save(address, **REACHED, **AID, **LATER, aid_fund="fsl_energy")
    aid = session.scalars(select(AidRequest)).one()
    assert aid.listed is not None
    assert aid.listed.department is None


@pytest.mark.parametrize("said", [{"department": "07"}, {"valid_until": TODAY - timedelta(days=1)},
                                  {"valid_from": TODAY + timedelta(days=1)}])  # fmt: skip
def test_what_is_not_offered_is_not_kept_nor_told(
    desk: MediatorDesk, session: Session, fsl: AidFund, said: dict[str, Any]
) -> None:
    for name, value in said.items():
        setattr(fsl, name, value)
    session.commit()
    answer = desk.save(desk.next_call(), **REACHED, **AID, **LATER, aid_fund=str(fsl.id))
    assert answer.status_code == 422
    error = soup(answer).select_one("#aid_fund-error")
    assert error is not None
    assert "choisissez dans la liste" in error.get_text()
    assert session.scalars(select(AidRequest)).all() == []
    assert "04 65 71 10 26" not in text_of(fund_line(desk, fsl.id))


def test_what_was_chosen_is_told_again_after_a_refused_save(
    desk: MediatorDesk, fsl: AidFund
) -> None:
    refused = desk.save(
        desk.next_call(), **REACHED, **AID, **LATER, aid_fund=str(fsl.id), aid_amount="-1"
    )
    assert refused.status_code == 422
    assert "04 65 71 10 26" in text_of(refused)
    chosen = soup(refused).select_one("#aid_fund option[selected]")
    assert chosen is not None
    assert chosen["value"] == str(fsl.id)


def test_an_exchange_on_another_channel_offers_them_too(
    desk: MediatorDesk, session: Session, fsl: AidFund
) -> None:
    page = desk.client.get(f"/cases/{desk.case.id}/contact")
    assert ("Dans le département", "FSL de la Drôme") in offered(page, "aid_fund")


def test_nothing_is_told_of_a_case_of_another_site(
    desk: MediatorDesk, client: FlaskClient, session: Session, fsl: AidFund
) -> None:
    desk.sign_in_as(make_user(session))
    assert fund_line(desk, fsl.id).status_code == 404
    assert client.get(f"/cases/{desk.case.id}/directory/body").status_code == 404
