"""What the person takes along: each document says what was agreed, to whom it belongs alone."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest
from sqlalchemy.orm import Session

from energymed.base.pdf import Facts, Letter, Paragraph
from energymed.mediation.models import Act, AidRequest, Referral
from energymed.web.shared.letters import page
from tests.factories import make_user
from tests.web.mediator.conftest import MediatorDesk
from tests.web.mediator.test_solution import words_of

AGREED = {
    "result": "reached_holder", "identity_checked": "y",
    "acts": ["referral", "aid_opened", "info_given", "alert"],
    "referral_body": "ccas", "referral_reason": "budget", "referral_mode": "file_transmitted",
    "referral_consent": "y", "aid_fund": "fsl_energy", "aid_consent": "y",
    "aid_missing_documents": ["income", "bill"], "info_given_topics": "bill",
    "alert_action": "lead_informed", "next_step": "close", "closure": "referred",
}  # fmt: skip


@pytest.fixture
def letters() -> Iterator[list[Letter]]:
    """The letters that were written, besides their PDF."""
    made: list[Letter] = []
    real = page.write_pdf

    def keep(letter: Letter) -> bytes:
        made.append(letter)
        return real(letter)

    with patch.object(page, "write_pdf", keep):
        yield made


@pytest.fixture
def spoken(desk: MediatorDesk) -> MediatorDesk:
    """A call in which much was agreed."""
    assert desk.save(desk.next_call(), **AGREED).status_code == 303
    return desk


def told(letter: Letter) -> str:
    """All that a letter says."""
    words = [letter.title]
    for part in letter.parts:
        if isinstance(part, Facts):
            words += [f"{label}: {value}" for label, value in part.rows]
        if isinstance(part, Paragraph):
            words.append(part.text)
    return "\n".join(words)


def test_the_sheet_of_a_referral(spoken: MediatorDesk, letters: list[Letter]) -> None:
    referral = spoken.session.query(Referral).one()
    answer = spoken.client.get(f"/referrals/{referral.id}/sheet.pdf")
    assert words_of(answer) == "Fiche d’orientation"
    said = told(letters[0])
    assert "CCAS / CIAS" in said
    assert "Avec votre accord, nous transmettons" in said
    assert "FSL" not in said  # of the referral alone


def test_the_papers_of_a_request(spoken: MediatorDesk, letters: list[Letter]) -> None:
    aid = spoken.session.query(AidRequest).one()
    assert words_of(spoken.client.get(f"/aids/{aid.id}/papers.pdf"))
    said = told(letters[0])
    assert "justificatifs de ressources ; dernière facture" in said
    assert "ce fonds qui décide" in said


def test_the_sheet_of_the_cheque_has_the_days_of_the_campaign(
    spoken: MediatorDesk, letters: list[Letter]
) -> None:
    assert words_of(spoken.client.get(f"/cases/{spoken.case.id}/cheque.pdf"))
    said = told(letters[0])
    assert "À demander jusqu’au: 31 décembre 2026" in said
    assert "Protections jusqu’au: 30 avril 2027" in said


def test_what_was_agreed_leaves_out_what_does_not_lie_about(
    spoken: MediatorDesk, letters: list[Letter]
) -> None:
    contact_id = spoken.session.query(Act).first().contact_id  # type: ignore[union-attr]
    address = f"/contacts/{contact_id}/agreed.pdf"
    assert address in spoken.client.get(f"/cases/{spoken.case.id}").text
    assert words_of(spoken.client.get(address)) == "Ce que nous avons convenu"
    said = told(letters[0])
    assert "Orientation: CCAS / CIAS" in said
    assert "Information donnée: Lecture de la facture" in said
    assert "Alerte" not in said
    assert not any(word in said.lower() for word in ("devez", "mise en demeure", "sous huit jours"))


def test_what_was_crossed_out_is_written_no_more(spoken: MediatorDesk) -> None:
    referral = spoken.session.query(Referral).one()
    spoken.client.post(f"/acts/{referral.act_id}/void", data={"case_id": spoken.case.id})
    assert spoken.client.get(f"/referrals/{referral.id}/sheet.pdf").status_code == 404


def test_a_stranger_finds_none(spoken: MediatorDesk, session: Session) -> None:
    aid, referral = session.query(AidRequest).one(), session.query(Referral).one()
    contact_id = aid.act.contact_id
    spoken.sign_in_as(make_user(session))
    for address in (
        f"/referrals/{referral.id}/sheet.pdf", f"/aids/{aid.id}/papers.pdf",
        f"/cases/{spoken.case.id}/cheque.pdf", f"/contacts/{contact_id}/agreed.pdf",
    ):  # fmt: skip
        assert spoken.client.get(address).status_code == 404
