"""The batch of letters: what prints, what does not and why, and the two doors that settle it."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.calling.calls.record import record_contact
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.library import seed_letter_texts
from energymed.messages.letters.models import LetterText, LetterToPrint
from energymed.messages.letters.to_print import ask_for_letter
from energymed.messages.templates import set_sender
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_case, make_partner, make_person
from tests.web.helpers import soup, text_of
from tests.web.lead.conftest import LeadDesk

HOME = {"address": "3 rue du Lac", "postal_code": "26000", "commune": "Valence"}


@pytest.fixture
def signed(desk: LeadDesk, session: Session) -> LeadDesk:
    seed_letter_texts(session, now=NOW)
    set_sender(Context(session, SYSTEM, NOW), desk.site.id, "PIMMS", "0465710000")
    session.commit()
    return desk


def asked(desk: LeadDesk, session: Session, reference: str, **values: Any) -> LetterToPrint:
    """A letter of the cascade that waits."""
    partner = values.pop("partner", desk.partner)
    person = make_person(session, desk.site, partner)
    case = make_case(
        session, site=desk.site, partner=partner, person=person, reference=reference,
        **{**HOME, **values},
    )  # fmt: skip
    ctx = Context(session, SYSTEM, NOW)
    letter = ask_for_letter(ctx, case, LetterKind.UNREACHABLE, LetterVariant.USUAL)
    session.commit()
    return letter


def state_of(session: Session, letter: LetterToPrint) -> str:
    session.rollback()
    return session.get_one(LetterToPrint, letter.id).state


def ticks(page: Any) -> list[str]:
    return [str(each["value"]) for each in soup(page).select("input[data-tick]")]


def lost(session: Session, letter: LetterToPrint) -> None:
    record_contact(Context(session, SYSTEM, NOW), letter.case_id, "letter", result="returned")
    session.commit()


def test_the_page_speaks_of_all_kinds(signed: LeadDesk, session: Session) -> None:
    asked(signed, session, "A")
    said = text_of(signed.client.get("/letters/print"))
    assert "les lettres aux personnes que les appels ne joignent pas" in said
    assert "Personne injoignable par téléphone" in said
    assert "1 courrier, 1 page" in said


def test_one_that_may_not_leave_holds_no_other_back(signed: LeadDesk, session: Session) -> None:
    good, wrong = asked(signed, session, "A"), asked(signed, session, "B", address="9 rue du Lac")
    lost(session, wrong)
    page = signed.client.get("/letters/print")
    assert ticks(page) == [str(good.id)]
    (held,) = soup(page).select("form[aria-labelledby=held]")
    assert "pas été trouvée à cette adresse" in held.get_text()
    assert signed.client.get("/letters/print.pdf").data[:5] == b"%PDF-"


def test_one_without_a_text_holds_no_other_back(signed: LeadDesk, session: Session) -> None:
    good = asked(signed, session, "A")
    other = make_partner(session)
    asked(signed, session, "B", partner=other)
    for text in session.scalars(select(LetterText).where(LetterText.kind == "unreachable")):
        text.partner_id = signed.partner.id
    session.commit()
    page = signed.client.get("/letters/print")
    assert ticks(page) == [str(good.id)]
    (unready,) = soup(page).select("form[aria-labelledby=unready]")
    assert "Aucun texte n'est proposé" in unready.get_text()
    assert "B" in unready.get_text()
    assert signed.client.get("/letters/print.pdf").data[:5] == b"%PDF-"


def test_without_a_signature_the_page_says_so_and_answers(desk: LeadDesk, session: Session) -> None:
    seed_letter_texts(session, now=NOW)
    letter = asked(desk, session, "A")
    page = desk.client.get("/letters/print")
    assert (page.status_code, ticks(page)) == (200, [])
    assert "où rappeler" in text_of(page)
    assert desk.client.get("/letters/print.pdf").status_code == 302
    desk.client.post("/letters/withdrawn", data={"withdraw": letter.id})
    assert state_of(session, letter) == "withdrawn"


def test_the_whole_list_prints_without_the_one_that_cannot(
    signed: LeadDesk, session: Session
) -> None:
    other = make_partner(session)
    for reference, partner in (("A", signed.partner), ("B", other)):
        person = make_person(session, signed.site, partner, phones=())
        make_case(session, site=signed.site, partner=partner, person=person, reference=reference)
    for text in session.scalars(select(LetterText).where(LetterText.kind == "unreachable")):
        text.partner_id = signed.partner.id
    session.commit()
    assert signed.client.get("/letters/batch.pdf").data[:5] == b"%PDF-"
    assert "Pas dans le lot : B." in text_of(signed.client.get("/letters"))


def test_withdrawing_sends_nothing_even_what_is_ticked(signed: LeadDesk, session: Session) -> None:
    ticked, named = asked(signed, session, "A"), asked(signed, session, "B")
    form = {"letter": [ticked.id, named.id], "withdraw": named.id}
    told = signed.client.post("/letters/withdrawn", data=form, follow_redirects=True)
    assert "1 courrier ne sera pas imprimé." in text_of(told)
    assert (state_of(session, ticked), state_of(session, named)) == ("waiting", "withdrawn")
    told = signed.client.post("/letters/withdrawn", data=form, follow_redirects=True)
    assert "n'attendaient plus" in text_of(told)
    assert session.scalars(select(Contact)).all() == []


def test_an_address_lost_meanwhile_is_not_noted_as_written_to(
    signed: LeadDesk, session: Session
) -> None:
    letter = asked(signed, session, "A")
    lost(session, letter)
    told = signed.client.post("/letters/printed", data={"letter": letter.id}, follow_redirects=True)
    assert "1 courrier retiré" in text_of(told)
    assert state_of(session, letter) == "withdrawn"
    sent = select(Contact).filter_by(exchange_result="sent")
    assert session.scalars(sent).all() == []


def test_a_printed_letter_is_on_file(signed: LeadDesk, session: Session) -> None:
    letter = asked(signed, session, "A")
    signed.client.post("/letters/printed", data={"letter": letter.id})
    assert state_of(session, letter) == "sent"
    contact = session.scalars(select(Contact)).one()
    assert (contact.channel, contact.exchange_result) == ("letter", "sent")
    assert session.get_one(Case, contact.case_id).reference == "A"
